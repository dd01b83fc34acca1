import type { Command } from 'commander';
import type { Offer } from '../../shared/contract/offers.ts';
import { localTime, shortId } from './display.ts';
import { badUsage, type ExitCode } from './failure.ts';
import { follow } from './operation.ts';
import type { RunCommand } from './run-command.ts';
import { withEngine, withRepository, type Cli } from './session.ts';
import { tableLines } from './table.ts';
import { lifetime } from './tokens.ts';

type AddOptions = { to: string; source?: string; note?: string; expires?: number };

export function registerOffers(program: Command, run: RunCommand): void {
  const offers = program.command('offer').description('snapshots that the operator lets a tenant copy');
  offers
    .command('list', { isDefault: true })
    .description('list them: all, or with --tenant those made to a tenant')
    .action(() => run(list));
  offers
    .command('add')
    .description('offer a snapshot of a connected repository to a tenant')
    .argument('<snapshot>', 'an id, the beginning of one, or `latest`')
    .requiredOption('--to <tenant>', 'who may copy it')
    .option('--source <name>', 'the source that `latest` means')
    .option('--note <text>', 'what the tenant is told about it')
    .option('--expires <duration>', 'how long it stands, such as 12h or 30d (default: 7d)', lifetime)
    .action((snapshot: string, options: AddOptions) => run((cli) => add(cli, snapshot, options)));
  offers
    .command('withdraw')
    .description('take an offer back; what was copied stays')
    .argument('<offer>', 'its id, or the beginning of it')
    .action((offer: string) => run((cli) => withdraw(cli, offer)));
  offers
    .command('request')
    .description('copy what was offered into a repository of the tenant: holdfast --tenant NAME offer request …')
    .argument('<offer>', 'its id, or the beginning of it')
    .action((offer: string) => run((cli) => request(cli, offer)));
}

function list(cli: Cli): Promise<ExitCode> {
  return withEngine(cli, async ({ client, signal }) => {
    const { offers } = await client.offers.list({}, { signal });
    await cli.output.document(offers);
    const columns = ['OFFER', 'TENANT', 'SOURCE', 'TAKEN', 'STATE', 'EXPIRES', 'NOTE'].map((title) => ({ title }));
    await cli.output.lines(offers.length === 0 ? ['No offers.'] : tableLines(columns, offers.map(row)));
    return 0;
  });
}

function row({ id, tenant, source, takenAt, state, expiresAt, note }: Offer): string[] {
  return [shortId(id), tenant, source, localTime(takenAt), state, localTime(expiresAt), note];
}

function add(cli: Cli, snapshot: string, { to, source, note = '', expires }: AddOptions): Promise<ExitCode> {
  return withRepository(cli, async ({ client, signal, repository }) => {
    const { offer } = await client.offers.add(
      {
        tenant: to,
        repository,
        snapshot,
        note,
        ...(source === undefined ? {} : { source }),
        ...(expires === undefined ? {} : { lifetimeMs: expires }),
      },
      { signal },
    );
    await cli.output.document(offer);
    const until = localTime(offer.expiresAt);
    await cli.output.summary([
      `${offer.source} of ${localTime(offer.takenAt)} is offered to ${to} until ${until}, as ${shortId(offer.id)}.`,
    ]);
    return 0;
  });
}

function withdraw(cli: Cli, beginning: string): Promise<ExitCode> {
  return withEngine(cli, async ({ client, signal }) => {
    const { offer } = await client.offers.withdraw({ offer: await wholeId(client, beginning, signal) }, { signal });
    await cli.output.document(offer);
    await cli.output.summary([`The offer ${shortId(offer.id)} is withdrawn.`]);
    return 0;
  });
}

function request(cli: Cli, beginning: string): Promise<ExitCode> {
  return withRepository(cli, async ({ client, signal, repository }) => {
    const offer = await wholeId(client, beginning, signal);
    const events = await client.offers.request({ offer, repository }, { signal });
    const copied = await follow(cli.output, cli.world.monotonicMs, events);
    await cli.output.document(copied);
    await cli.output.summary([`${copied.offer.source} is here as snapshot ${shortId(copied.snapshot)}.`]);
    return 0;
  });
}

async function wholeId(
  client: Parameters<Parameters<typeof withEngine>[1]>[0]['client'],
  beginning: string,
  signal: AbortSignal,
): Promise<string> {
  const { offers } = await client.offers.list({}, { signal });
  const found = offers.filter(({ id }) => id.startsWith(beginning));
  if (found.length > 1) throw badUsage(`Several offers begin with ${beginning}.`);
  // One that there is not is said to be so by the engine.
  return found[0]?.id ?? beginning.padEnd(16, '0').slice(0, 16);
}
