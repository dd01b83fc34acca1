import { InvalidArgumentError, type Command } from 'commander';
import type { SiteInvitation, SiteUser } from '../../shared/contract/site-server.ts';
import { formatBytes, formatCount, parseDuration } from '../../shared/model/units.ts';
import { sizeArgument } from './arguments.ts';
import { localTime } from './display.ts';
import { badUsage, type ExitCode } from './failure.ts';
import type { RunCommand } from './run-command.ts';
import { withEngine, type Cli } from './session.ts';
import { registerSiteLeases, userLeaseArgument } from './site-leases.ts';
import { tableLines } from './table.ts';

type TermsOptions = { appendOnly?: boolean; quota?: number; folder?: string };
type InviteOptions = TermsOptions & { expires?: number; address?: string };
type SetOptions = {
  appendOnly?: boolean;
  quota?: number | null;
  lease?: { name: string; holder: string } | null;
};

/** This home as a site that others push to, and the other end of it. */
export function registerSiteServer(program: Command, run: RunCommand): void {
  const site =
    program.commands.find((command) => command.name() === 'site') ??
    program.command('site').description('sites: places with a repository of their own, and this home as one of them');
  registerUsers(site, run);
  registerSiteLeases(site, run);
  withTerms(site.command('invite'))
    .description('make a code by which another Holdfast pairs with this site, once')
    .argument('<name>', 'what it is called here')
    .option('--expires <duration>', 'for how long the code is good, such as 2h (default: 1d)', lifetime)
    .option('--address <host[:port]>', 'where the other end reaches this site (default: a guess)')
    .action((name: string, options: InviteOptions) => run((cli) => invite(cli, name, options)));
  site
    .command('invitations')
    .description('list the codes that are still good')
    .action(() => run(invitations));
  site
    .command('revoke')
    .description('refuse a code from now on')
    .argument('<invitation>', 'its id, or the name it was made for')
    .action((invitation: string) => run((cli) => revoke(cli, invitation)));
  site
    .command('pair')
    .description('trade a code for the right to push to a site; the password is kept in the secret store')
    .argument('[code]', 'as `holdfast site invite` printed it there (default: it is asked for)')
    .action((code: string | undefined) => run((cli) => pair(cli, code)));
  site
    .command('server')
    .description('tell where this home is served as a site')
    .action(() => run(server));
}

function registerUsers(site: Command, run: RunCommand): void {
  const user = site.command('user').description('manage who may push to this site');
  withTerms(user.command('add'))
    .description('let somebody push here; the password is shown this once')
    .argument('<name>', 'the user, and the first part of the address')
    .action((name: string, options: TermsOptions) => run((cli) => add(cli, name, options)));
  user
    .command('list')
    .description('list who may push here, what they have and what they did')
    .action(() => run(list));
  user
    .command('set')
    .description('change what a user may do')
    .argument('<name>', 'the user')
    .option('--append-only', 'take what is new, remove and replace nothing')
    .option('--no-append-only', 'let it remove and replace')
    .option('--quota <size>', 'how much its repository may take, or `none`', quotaArgument)
    .option(
      '--lease <lease/holder>',
      'let it write only until another one takes that lease, or `none`',
      userLeaseArgument,
    )
    .action((name: string, options: SetOptions) => run((cli) => change(cli, name, options)));
  user
    .command('remove')
    .description('let a user in no more; the repository stays')
    .argument('<name>', 'the user')
    .action((name: string) => run((cli) => remove(cli, name)));
}

function withTerms(command: Command): Command {
  return command
    .option('--append-only', 'take what is new, remove and replace nothing')
    .option(
      '--quota <size>',
      'how much the repository may take, such as 500G (default: as much as the disk has)',
      sizeArgument,
    )
    .option('--folder <path>', 'where the repository lies, as an absolute path (default: in the home)');
}

function lifetime(text: string): number {
  const ms = parseDuration(text);
  if (ms !== null && ms >= 60_000) return ms;
  throw new InvalidArgumentError('Give a duration from a minute up, such as 30min, 2h or 7d.');
}

function quotaArgument(text: string): number | null {
  return text === 'none' ? null : sizeArgument(text);
}

function termsOf(name: string, { appendOnly = false, quota, folder }: TermsOptions) {
  return { name, appendOnly, quotaBytes: quota ?? null, folder: folder ?? null };
}

function add(cli: Cli, name: string, options: TermsOptions): Promise<ExitCode> {
  const { output } = cli;
  return withEngine(cli, async ({ client, signal }) => {
    const made = await client.siteServer.add(termsOf(name, options), { signal });
    await output.document(made);
    await output.lines([made.password]);
    output.note(`${name} pushes to ${made.path} of this site with that password. It is not shown again.`);
    return 0;
  });
}

function list(cli: Cli): Promise<ExitCode> {
  return withEngine(cli, async ({ client, signal }) => {
    const { users } = await client.siteServer.users({}, { signal });
    await cli.output.document(users);
    const columns = ['NAME', 'MODE', 'USED', 'QUOTA', 'RECEIVED', 'REQUESTS', 'LAST USED', 'FROM', 'FOLDER'];
    const titles = columns.map((title) => ({ title }));
    await cli.output.lines(users.length === 0 ? ['Nobody may push here.'] : tableLines(titles, users.map(userRow)));
    return 0;
  });
}

function userRow(user: SiteUser): string[] {
  const { name, appendOnly, usedBytes, quotaBytes, receivedBytes, requests, lastUsedAt, lastAddress, folder } = user;
  return [
    name,
    modeWords(appendOnly),
    usedBytes === null ? 'unknown' : formatBytes(usedBytes),
    quotaWords(quotaBytes),
    formatBytes(receivedBytes),
    formatCount(requests),
    lastUsedAt === null ? 'never' : localTime(lastUsedAt),
    lastAddress ?? '',
    folder,
  ];
}

function change(cli: Cli, name: string, { appendOnly, quota, lease }: SetOptions): Promise<ExitCode> {
  if (appendOnly === undefined && quota === undefined && lease === undefined)
    throw badUsage('Nothing was given to change.');
  const terms = {
    ...(appendOnly !== undefined && { appendOnly }),
    ...(quota !== undefined && { quotaBytes: quota }),
    ...(lease !== undefined && { lease }),
  };
  return withEngine(cli, async ({ client, signal }) => {
    const user = await client.siteServer.update({ name, ...terms }, { signal });
    await cli.output.document(user);
    await cli.output.summary([`${name}: ${modeWords(user.appendOnly)}, quota ${quotaWords(user.quotaBytes)}.`]);
    return 0;
  });
}

function remove(cli: Cli, name: string): Promise<ExitCode> {
  return withEngine(cli, async ({ client, signal }) => {
    const user = await client.siteServer.remove({ name }, { signal });
    await cli.output.document(user);
    await cli.output.summary([`${name} is let in no more. The repository stays in ${user.folder}.`]);
    return 0;
  });
}

function invite(cli: Cli, name: string, { expires, address, ...options }: InviteOptions): Promise<ExitCode> {
  const { output } = cli;
  const more = { ...(expires !== undefined && { lifetimeMs: expires }), ...(address !== undefined && { address }) };
  return withEngine(cli, async ({ client, signal }) => {
    const made = await client.siteServer.invite({ ...termsOf(name, options), ...more }, { signal });
    await output.document(made);
    await output.lines([made.code]);
    const until = localTime(made.invitation.expiresAt);
    output.note(`Good once, until ${until}, at a machine that reaches ${made.address}: holdfast site pair <code>`);
    return 0;
  });
}

function invitations(cli: Cli): Promise<ExitCode> {
  return withEngine(cli, async ({ client, signal }) => {
    const { invitations: open } = await client.siteServer.invitations({}, { signal });
    await cli.output.document(open);
    const columns = ['ID', 'NAME', 'MODE', 'QUOTA', 'MADE', 'BY', 'EXPIRES'].map((title) => ({ title }));
    await cli.output.lines(open.length === 0 ? ['Nobody is invited.'] : tableLines(columns, open.map(invitationRow)));
    return 0;
  });
}

function invitationRow(row: SiteInvitation): string[] {
  const { id, name, appendOnly, quotaBytes, createdAt, createdBy, expiresAt } = row;
  const terms = [modeWords(appendOnly), quotaWords(quotaBytes)];
  return [id, name, ...terms, localTime(createdAt), createdBy, localTime(expiresAt)];
}

function revoke(cli: Cli, invitation: string): Promise<ExitCode> {
  return withEngine(cli, async ({ client, signal }) => {
    const revoked = await client.siteServer.revoke({ invitation }, { signal });
    await cli.output.document(revoked);
    await cli.output.summary([`The code for ${revoked.name} opens nothing any more.`]);
    return 0;
  });
}

async function pair(cli: Cli, given: string | undefined): Promise<ExitCode> {
  const { output, world } = cli;
  const code = given ?? (await world.askSecret?.('Registration code: '));
  if (code === undefined) throw badUsage('Give the code, as `holdfast site invite` printed it.');
  return withEngine(cli, async ({ client, signal }) => {
    const paired = await client.siteServer.pair({ code }, { signal });
    await output.document(paired);
    await output.lines([paired.location]);
    const { location, settings, appendOnly, quotaBytes } = paired;
    const { user, fingerprint } = settings;
    output.note(`Paired: ${modeWords(appendOnly)}, quota ${quotaWords(quotaBytes)}. To keep copies there:`);
    output.note(`holdfast site add <name> ${location} --reach user=${user} --reach fingerprint=${fingerprint}`);
    return 0;
  });
}

function server(cli: Cli): Promise<ExitCode> {
  return withEngine(cli, async ({ client, signal }) => {
    const status = await client.siteServer.status({}, { signal });
    await cli.output.document(status);
    await cli.output.lines(
      status.address === null ? ['This home is not served as a site.'] : siteLines(status.address),
    );
    return 0;
  });
}

/** Where a site is, and what shows that it is the one. */
export function siteLines(address: {
  readonly host: string;
  readonly port: number;
  readonly fingerprint: string | null;
}): string[] {
  const { host, port, fingerprint } = address;
  const scheme = fingerprint === null ? 'http' : 'https';
  const where = `Site on ${scheme}://${host.includes(':') ? `[${host}]` : host}:${port}/`;
  return fingerprint === null ? [where] : [where, `Its certificate: SHA-256 ${fingerprint}`];
}

function modeWords(appendOnly: boolean): string {
  return appendOnly ? 'append-only' : 'full';
}

function quotaWords(bytes: number | null): string {
  return bytes === null ? 'none' : formatBytes(bytes);
}
