import { InvalidArgumentError, type Command } from 'commander';
import type { AutomaticState } from '../../shared/contract/automatic-failover.ts';
import { formatDuration, parseDuration } from '../../shared/model/units.ts';
import { collect } from './arguments.ts';
import { localTime } from './display.ts';
import { badUsage, type ExitCode } from './failure.ts';
import type { RunCommand } from './run-command.ts';
import { secretValue } from './secret-values.ts';
import { withEngine, type Cli } from './session.ts';
import { factLines, tableLines } from './table.ts';

type WitnessOptions = {
  readonly witness: string;
  readonly fingerprint?: string;
  readonly lease: string;
  readonly holder: string;
  readonly duration?: number;
  readonly secret?: string[];
};
type StandbyOptions = WitnessOptions & {
  readonly peer: string;
  readonly replica: string;
  readonly grace?: number;
  readonly maxAge?: number;
};
type Simple = 'off' | 'resume' | 'acknowledge' | 'giveBack';

/** Below `holdfast failover`. */
export function registerAutomatic(failover: Command, run: RunCommand): void {
  const automatic = failover
    .command('automatic')
    .description('let another console take over by itself; off by default');
  automatic
    .command('show', { isDefault: true })
    .description('show who has the lease, and what happens now')
    .action(() => run(show));
  withWitness(automatic.command('own'))
    .description('protect only while this console has the lease')
    .action((options: WitnessOptions) => run((cli) => own(cli, options)));
  withWitness(automatic.command('stand-by'))
    .description('take over where the owner is gone, and its lease has run out')
    .requiredOption('--peer <peer>', 'the console that is followed, as `holdfast peers` has it')
    .requiredOption('--replica <repository>', 'the connected repository with its copies')
    .option('--grace <duration>', 'how long it is still waited for (default: 5min)', duration)
    .option('--max-age <duration>', 'how old the newest copy of a source may be (default: 2d)', duration)
    .action((options: StandbyOptions) => run((cli) => standBy(cli, options)));
  automatic
    .command('check')
    .description('show what would happen if the owner fell silent now')
    .action(() => run(check));
  automatic
    .command('pause')
    .description('let nobody be promoted, at either end')
    .requiredOption('--reason <text>', 'why')
    .action(({ reason }: { reason: string }) => run((cli) => pause(cli, reason)));
  const simple = (name: string, call: Simple, description: string): void =>
    void automatic
      .command(name)
      .description(description)
      .action(() => run((cli) => change(cli, call)));
  simple('resume', 'resume', 'let the other console be promoted again');
  simple('acknowledge', 'acknowledge', 'say that a promotion was seen; this console is the owner from now on');
  simple(
    'give-back',
    'giveBack',
    'give the lease back, and do nothing any more, so that the other console can have it',
  );
  simple('off', 'off', 'ask for no lease any more, and stand by for nobody');
}

function withWitness(command: Command): Command {
  return command
    .requiredOption('--witness <url>', 'the site server that keeps the lease, such as https://third.example:8000')
    .option('--fingerprint <sha256>', 'of its certificate, where no authority vouches for it')
    .requiredOption('--lease <name>', 'as it is called there: `holdfast site lease add`')
    .requiredOption('--holder <name>', 'as this console is called there')
    .option('--duration <duration>', 'how long the lease lasts when it is not renewed (default: 1min)', duration)
    .option('--secret <password=env:NAME>', 'its password, taken from an environment variable', collect);
}

function duration(text: string): number {
  const ms = parseDuration(text);
  if (ms !== null && ms >= 0) return ms;
  throw new InvalidArgumentError('Give a duration, such as 30s, 5min or 2d.');
}

function witnessOf(cli: Cli, options: WitnessOptions) {
  const { witness, fingerprint, lease, holder, duration: durationMs, secret = [] } = options;
  const password = secret.map((text) => secretValue(cli, text)).find(({ key }) => key === 'password')?.value;
  if (password === undefined) throw badUsage('Give its password: --secret password=env:NAME.');
  return {
    url: witness,
    lease,
    holder,
    password,
    ...(fingerprint !== undefined && { fingerprint }),
    ...(durationMs !== undefined && { durationMs }),
  };
}

function own(cli: Cli, options: WitnessOptions): Promise<ExitCode> {
  return withEngine(cli, async ({ client, signal }) => {
    const { automatic } = await client.failover.automatic.own(witnessOf(cli, options), { signal });
    return tell(cli, automatic);
  });
}

function standBy(cli: Cli, options: StandbyOptions): Promise<ExitCode> {
  const { peer, replica, grace, maxAge } = options;
  const more = { ...(grace !== undefined && { graceMs: grace }), ...(maxAge !== undefined && { maxAgeMs: maxAge }) };
  return withEngine(cli, async ({ client, signal }) => {
    const input = { ...witnessOf(cli, options), peer, replica, ...more };
    const { automatic } = await client.failover.automatic.standBy(input, { signal });
    return tell(cli, automatic);
  });
}

function show(cli: Cli): Promise<ExitCode> {
  return withEngine(cli, async ({ client, signal }) => {
    const { automatic } = await client.failover.automatic.show({}, { signal });
    return tell(cli, automatic);
  });
}

function pause(cli: Cli, reason: string): Promise<ExitCode> {
  return withEngine(cli, async ({ client, signal }) => {
    const { automatic } = await client.failover.automatic.pause({ reason }, { signal });
    return tell(cli, automatic);
  });
}

function change(cli: Cli, call: Simple): Promise<ExitCode> {
  return withEngine(cli, async ({ client, signal }) => {
    const { automatic } = await client.failover.automatic[call]({}, { signal });
    return tell(cli, automatic);
  });
}

/** 1 where nobody would be promoted. */
function check(cli: Cli): Promise<ExitCode> {
  return withEngine(cli, async ({ client, signal }) => {
    const result = await client.failover.automatic.check({}, { signal });
    const { wouldPromote, checks, losses } = result;
    await cli.output.document(result);
    const titles = [{ title: 'SOURCE' }, { title: 'NEWEST AT THE OWNER' }, { title: 'NEWEST HERE' }];
    const rows = losses.map(({ source, newestFrom, newestTo }) => [source, when(newestFrom), when(newestTo)]);
    await cli.output.lines([
      ...checks.map(({ level, title, detail }) => `${level.padEnd(7)}  ${title}. ${detail}`),
      '',
      ...(rows.length === 0 ? ['Nothing would be lost, as far as is known.'] : tableLines(titles, rows)),
      '',
      wouldPromote ? 'This console would take over.' : 'This console would not take over.',
    ]);
    return wouldPromote ? 0 : 1;
  });
}

async function tell({ output }: Cli, automatic: AutomaticState | null): Promise<ExitCode> {
  await output.document(automatic);
  await output.lines(
    automatic === null
      ? ['Automatic failover is off.']
      : factLines(factsOf(automatic)).concat(promotionLines(automatic)),
  );
  return 0;
}

function factsOf(state: AutomaticState): [string, string][] {
  const { role, lease, holder, witness, durationMs, power, heard, problem, standby, standing, obstacles } = state;
  const powers = { owner: 'everything', snapshots: 'take snapshots, and nothing else', nothing: 'nothing' };
  return [
    ['Now', standing],
    ['Role', role === 'owner' ? 'owner' : `stands by for ${standby?.peer ?? ''}, with ${standby?.replicaName ?? ''}`],
    ['Lease', `${lease}, for ${formatDuration(durationMs)}, as ${holder}`],
    ['Witness', problem === null ? witness.url : `${witness.url}: ${problem.message}`],
    ['Held by', heard === null ? 'unknown' : `${heard.holder ?? 'nobody'} (${heard.token})`],
    ...(heard?.paused ? [['Paused', `${heard.paused.reason} (${heard.paused.by})`] as [string, string]] : []),
    ['May do', powers[power]],
    ...obstacles.map((obstacle): [string, string] => ['In the way', obstacle]),
  ];
}

function promotionLines({ promotion }: AutomaticState): string[] {
  if (promotion === null) return [];
  const { at, from, run, done, problem, losses } = promotion;
  return [
    '',
    done
      ? `Taken over from ${from}, ${localTime(at)}: run ${run ?? ''}`
      : `Not taken over from ${from}: ${problem ?? ''}`,
    ...losses.map(({ source, newestFrom, newestTo }) => `${source}: ${when(newestFrom)} there, ${when(newestTo)} here`),
  ];
}

function when(time: string | null): string {
  return time === null ? 'none' : localTime(time);
}
