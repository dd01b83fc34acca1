import type { Command } from 'commander';
import type { Peer, PeerSource } from '../../shared/contract/peers.ts';
import { formatCount, formatDuration } from '../../shared/model/units.ts';
import { collect } from './arguments.ts';
import { localTime, plural } from './display.ts';
import { badUsage, type ExitCode } from './failure.ts';
import type { RunCommand } from './run-command.ts';
import { secretValue } from './secret-values.ts';
import { withEngine, type Cli } from './session.ts';
import { factLines, tableLines } from './table.ts';

type AddOptions = { url: string; fingerprint?: string; secret?: string[] };

export function registerPeers(program: Command, run: RunCommand): void {
  const peers = program.command('peers').description('watch other consoles from this one');
  peers
    .command('list', { isDefault: true })
    .description('ask them all, and list how they stand')
    .action(() => run(list));
  peers
    .command('add')
    .description('watch another console: `holdfast serve` there, and a token made there (`holdfast token create`)')
    .argument('<name>', 'how it is called here')
    .requiredOption('--url <url>', 'where it answers, such as https://backup.example:7373')
    .option('--fingerprint <sha256>', 'of its certificate, where no authority vouches for it')
    .option('--secret <token=env:NAME>', 'its token, taken from an environment variable', collect)
    .action((name: string, options: AddOptions) => run((cli) => add(cli, name, options)));
  peers
    .command('show')
    .description('ask one, and show what it says')
    .argument('<peer>', 'its name or id')
    .action((peer: string) => run((cli) => show(cli, peer)));
  peers
    .command('protect')
    .description('take a snapshot there, now')
    .argument('<peer>', 'its name or id')
    .argument('<source>', 'a source of that console')
    .action((peer: string, source: string) => run((cli) => protect(cli, peer, source)));
  peers
    .command('open')
    .description('make a link that opens that console in a browser, once')
    .argument('<peer>', 'its name or id')
    .action((peer: string) => run((cli) => open(cli, peer)));
  peers
    .command('remove')
    .description('watch it no more, and forget its token')
    .argument('<peer>', 'its name or id')
    .action((peer: string) => run((cli) => remove(cli, peer)));
}

/** 3 where one does not answer, or has sources that are not as they should be. */
function list(cli: Cli): Promise<ExitCode> {
  return withEngine(cli, async ({ client, signal }) => {
    const { peers } = await client.peers.list({ ask: true }, { signal });
    await cli.output.document(peers);
    if (peers.length === 0) {
      await cli.output.lines(['No other console is watched; see `holdfast peers add --help`.']);
      return 0;
    }
    const columns = ['NAME', 'STATE', 'SOURCES', 'WORST LOSS', 'ALERTS', 'ADDRESS'].map((title) => ({ title }));
    const nowMs = cli.world.nowMs();
    await cli.output.lines(
      tableLines(
        columns,
        peers.map((peer) => row(peer, nowMs)),
      ),
    );
    return peers.every(isWell) ? 0 : 3;
  });
}

function isWell({ state, reading }: Peer): boolean {
  return state === 'answering' && reading !== null && reading.sources.never + reading.sources.overdue === 0;
}

function row(peer: Peer, nowMs: number): string[] {
  const { name, url, reading } = peer;
  if (reading === null) return [name, stateWords(peer), '', '', '', url];
  const { errors, warnings } = reading.alerts;
  const alerts = [errors > 0 ? plural(errors, 'error') : null, warnings > 0 ? plural(warnings, 'warning') : null];
  const told = alerts.filter((one) => one !== null).join(', ');
  return [name, stateWords(peer), sourceWords(peer), lossWords(reading.sources.worst, nowMs), told || 'none', url];
}

function stateWords({ state, since }: Peer): string {
  return state === 'answering' || since === null ? state : `${state} since ${localTime(since).slice(0, 16)}`;
}

function sourceWords({ reading }: Peer): string {
  if (reading === null) return 'unknown';
  const { total, never, overdue } = reading.sources;
  const parts = [overdue > 0 ? `${overdue} overdue` : null, never > 0 ? `${never} without a snapshot` : null];
  const bad = parts.filter((part) => part !== null).join(', ');
  return bad === '' ? `all ${formatCount(total)} well` : `${bad} of ${formatCount(total)}`;
}

function lossWords(worst: PeerSource | null, nowMs: number): string {
  if (worst === null) return '';
  if (worst.newestGoodAt === null) return `all of ${worst.name}`;
  return `${formatDuration(Math.max(0, nowMs - Date.parse(worst.newestGoodAt)))}, ${worst.name}`;
}

function add(cli: Cli, name: string, { url, fingerprint, secret = [] }: AddOptions): Promise<ExitCode> {
  const given = secret.map((text) => secretValue(cli, text));
  const [token] = given;
  if (token?.key !== 'token' || given.length > 1) throw badUsage('Give its token as --secret token=env:NAME.');
  return withEngine(cli, async ({ client, signal }) => {
    const input = { name, url, token: token.value, ...(fingerprint !== undefined && { fingerprint }) };
    const peer = await client.peers.add(input, { signal });
    await cli.output.document(peer);
    await cli.output.summary([`${name} is watched: Holdfast ${peer.reading?.version ?? ''}, ${sourceWords(peer)}.`]);
    return 0;
  });
}

function show(cli: Cli, which: string): Promise<ExitCode> {
  return withEngine(cli, async ({ client, signal }) => {
    const peer = await client.peers.show({ peer: which }, { signal });
    await cli.output.document(peer);
    await cli.output.lines(peerLines(peer, cli.world.nowMs()));
    return isWell(peer) ? 0 : 3;
  });
}

function peerLines(peer: Peer, nowMs: number): string[] {
  const { reading, problem } = peer;
  const facts = factLines([
    ['console', `${peer.name}, ${peer.url}`],
    ['state', stateWords(peer)],
    ...(problem === null ? [] : ([['problem', problem.message]] as const)),
  ]);
  if (reading === null) return [...facts, 'Nothing was heard of it since this engine began.'];
  const heard = factLines([
    ['heard', localTime(reading.at)],
    ['Holdfast', `${reading.version}, up since ${localTime(reading.startedAt)}`],
    ['may', reading.role],
    ['by itself', reading.active ? 'runs what is due' : 'nothing runs by itself there'],
    ['sources', sourceWords(peer)],
    ['worst loss', lossWords(reading.sources.worst, nowMs)],
  ]);
  const sources = reading.sources.list.map((source) => [source.name, source.freshness, lossWords(source, nowMs)]);
  const alerts = reading.alerts.list.map(({ level, title, raisedAt }) => [level, localTime(raisedAt), title]);
  return [
    ...facts,
    ...heard,
    '',
    ...tableLines([{ title: 'SOURCE' }, { title: 'FRESHNESS' }, { title: 'WOULD BE LOST' }], sources),
    ...(alerts.length === 0
      ? []
      : ['', ...tableLines([{ title: 'ALERT' }, { title: 'SINCE' }, { title: '' }], alerts)]),
  ];
}

function protect(cli: Cli, peer: string, source: string): Promise<ExitCode> {
  return withEngine(cli, async ({ client, signal }) => {
    const { job } = await client.peers.protect({ peer, source }, { signal });
    await cli.output.document({ job });
    await cli.output.summary([`${peer} protects ${source} now (job ${job} there).`]);
    return 0;
  });
}

function open(cli: Cli, peer: string): Promise<ExitCode> {
  return withEngine(cli, async ({ client, signal }) => {
    const link = await client.peers.link({ peer }, { signal });
    await cli.output.document(link);
    await cli.output.lines([link.url]);
    return 0;
  });
}

function remove(cli: Cli, peer: string): Promise<ExitCode> {
  return withEngine(cli, async ({ client, signal }) => {
    await cli.output.document(await client.peers.remove({ peer }, { signal }));
    await cli.output.summary([`${peer} is not watched any more. Revoke its token there, too.`]);
    return 0;
  });
}
