import { InvalidArgumentError, Option, type Command } from 'commander';
import type { Token } from '../../shared/contract/tokens.ts';
import { parseRetentionDuration } from '../../shared/model/retention.ts';
import { roles, roleTable, type Role } from '../../shared/model/roles.ts';
import { localTime } from './display.ts';
import type { ExitCode } from './failure.ts';
import type { RunCommand } from './run-command.ts';
import { withEngine, type Cli } from './session.ts';
import { tableLines } from './table.ts';

type LinkOptions = { role?: Role; name?: string };
type CreateOptions = { role: Role; expires?: number };

export function registerTokens(program: Command, run: RunCommand): void {
  const token = program.command('token').description('manage the API tokens by which programs ask over HTTP');
  token
    .command('create')
    .description('make a token; it is shown this once')
    .argument('<name>', 'what it is for')
    .addOption(
      new Option('--role <role>', 'what it may do: look; also recover; also protect; everything')
        .choices(roles)
        .makeOptionMandatory(),
    )
    .option('--expires <duration>', 'how long it is valid, such as 12h, 90d or 1y (default: until revoked)', lifetime)
    .action((name: string, options: CreateOptions) => run((cli) => create(cli, name, options)));
  token
    .command('list')
    .description('list the tokens that are not revoked')
    .action(() => run(list));
  token
    .command('revoke')
    .description('refuse a token from now on')
    .argument('<token>', 'its name or id')
    .action((name: string) => run((cli) => revoke(cli, name)));
  program
    .command('console-link')
    .description('make a link that opens the console of `holdfast serve` in a browser, once')
    .addOption(new Option('--role <role>', 'what they may do; no more than you (default: as you)').choices(roles))
    .option('--name <name>', 'whom it is for, for the list of sessions and the audit log (default: you)')
    .action((options: LinkOptions) => run((cli) => link(cli, options)));
}

const hourMs = 60 * 60 * 1000;
const dayMs = 24 * hourMs;

/** Months count 30 days, years 365. */
export function lifetime(text: string): number {
  const duration = parseRetentionDuration(text);
  if (duration === null) throw new InvalidArgumentError('Give a duration such as 12h, 90d or 1y.');
  const { years, months, days, hours } = duration;
  const ms = (years * 365 + months * 30 + days) * dayMs + hours * hourMs;
  if (ms > 0 && ms <= 3660 * dayMs) return ms;
  throw new InvalidArgumentError('Give a duration from 1h to 10y.');
}

function create(cli: Cli, name: string, { role, expires }: CreateOptions): Promise<ExitCode> {
  const { output } = cli;
  return withEngine(cli, async ({ client, signal }) => {
    const made = await client.tokens.create({ name, role, lifetimeMs: expires ?? null }, { signal });
    await output.document(made);
    await output.lines([made.secret]);
    const until = made.token.expiresAt === null ? 'until it is revoked' : `until ${localTime(made.token.expiresAt)}`;
    output.note(`Token ${name} has the role ${roleTable[role].name}, ${until}. It is not shown again.`);
    return 0;
  });
}

function list(cli: Cli): Promise<ExitCode> {
  return withEngine(cli, async ({ client, signal }) => {
    const { tokens } = await client.tokens.list({}, { signal });
    await cli.output.document(tokens);
    const columns = ['NAME', 'ROLE', 'BEGINS', 'MADE', 'BY', 'EXPIRES', 'LAST USED'].map((title) => ({ title }));
    await cli.output.lines(tokens.length === 0 ? ['No tokens.'] : tableLines(columns, tokens.map(row)));
    return 0;
  });
}

function row({ name, role, prefix, createdAt, createdBy, expiresAt, expired, lastUsedAt }: Token): string[] {
  const end = expiresAt === null ? 'never' : localTime(expiresAt);
  return [
    name,
    role,
    `${prefix}…`,
    localTime(createdAt),
    createdBy,
    expired ? `${end}, over` : end,
    lastUsedAt === null ? 'never' : localTime(lastUsedAt),
  ];
}

function revoke(cli: Cli, token: string): Promise<ExitCode> {
  return withEngine(cli, async ({ client, signal }) => {
    const revoked = await client.tokens.revoke({ token }, { signal });
    await cli.output.document(revoked);
    await cli.output.summary([`Token ${revoked.name} is refused from now on.`]);
    return 0;
  });
}

function link(cli: Cli, options: LinkOptions): Promise<ExitCode> {
  return withEngine(cli, async ({ client, signal }) => {
    const made = await client.console.link(options, { signal });
    await cli.output.document(made);
    await cli.output.lines([made.url]);
    return 0;
  });
}
