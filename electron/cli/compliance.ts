import { InvalidArgumentError, type Command } from 'commander';
import type { LockedPlace, SourceCompliance } from '../../shared/contract/compliance.ts';
import { defaultTarget, type CopyTarget } from '../../shared/model/compliance.ts';
import { csvLines } from '../../shared/model/csv.ts';
import { sourceArgument } from './arguments.ts';
import { localTime } from './display.ts';
import { badUsage, type ExitCode } from './failure.ts';
import type { RunCommand } from './run-command.ts';
import { tellSaved } from './saved.ts';
import { withEngine, withRepository, type Cli } from './session.ts';
import { tableLines } from './table.ts';

const marks = { met: 'ok', missed: 'MISSED', unknown: 'unknown' } as const;

export function registerCompliance(program: Command, run: RunCommand): void {
  const compliance = program
    .command('compliance')
    .description('say whether sources are kept as they have to be: copies, immutability, verification, retention');
  compliance
    .command('report', { isDefault: true })
    .description('each source with what it rests on')
    .option('--source <name>', 'of one source', sourceArgument)
    .option('--csv', 'as comma-separated values')
    .action((options: { source?: string; csv?: boolean }) => run((cli) => report(cli, options)));
  compliance
    .command('target')
    .description('set what is asked of the sources of a profile')
    .argument('<profile>', 'its name')
    .option('--copies <number>', 'with the original', numberArgument)
    .option('--domains <number>', 'failure domains with a copy', numberArgument)
    .option('--offsite <number>', 'copies elsewhere', numberArgument)
    .option('--immutable <number>', 'copies that a store or server keeps', numberArgument)
    .option(
      '--verified-days <number>',
      'how long ago copies were read and a restore rehearsed, at most',
      numberArgument,
    )
    .option('--default', 'what is usual: 3 copies, 2 domains, 1 away, 1 immutable, verified within 90 days')
    .action((profile: string, options: Partial<CopyTarget> & { default?: boolean }) =>
      run((cli) => setTarget(cli, profile, options)),
    );
  const immutability = program
    .command('immutability')
    .description('say who keeps what is stored from being removed, and try it out');
  immutability
    .command('list', { isDefault: true })
    .description('each place with what its locks are worth')
    .action(() => run(places));
  immutability
    .command('verify')
    .description('ask a store about its locks, and try to remove a small file that is stored for this')
    .argument('<name>', 'of the repository or site')
    .action((name: string) => run((cli) => verify(cli, name)));
}

function numberArgument(text: string): number {
  const number = Number(text);
  if (!/^\d{1,4}$/.test(text)) throw new InvalidArgumentError('It is a whole number.');
  return number;
}

/** 3 where something is missed. */
function report(cli: Cli, { source, csv = false }: { source?: string; csv?: boolean }): Promise<ExitCode> {
  return withEngine(cli, async ({ client, signal }) => {
    const found = await client.compliance.report(source === undefined ? {} : { source }, { signal });
    await cli.output.document(found);
    const { sources } = found;
    if (csv) await cli.output.lines(asCsv(found.at, sources));
    else if (sources.length === 0) await cli.output.lines(['No source is registered.']);
    else await cli.output.lines(sources.flatMap((one, index) => [...(index === 0 ? [] : ['']), ...sourceLines(one)]));
    return sources.some(({ verdict }) => verdict === 'missed') ? 3 : 0;
  });
}

function asCsv(at: string, sources: readonly SourceCompliance[]): string[] {
  const rows = sources.flatMap(({ source, profile, findings }) =>
    findings.map(({ rule, state, words, evidence }) => {
      const links = evidence.map(({ kind, id }) => `${kind}:${id}`).join(' ');
      return [at, source, profile?.name ?? null, rule, state, words, links];
    }),
  );
  return csvLines(['at', 'source', 'profile', 'rule', 'state', 'words', 'evidence'], rows);
}

function sourceLines({ source, profile, verdict, findings, kept }: SourceCompliance): string[] {
  const { snapshots, oldestAt, newestAt, lockedUntil } = kept;
  const span =
    oldestAt === null || newestAt === null
      ? 'no snapshots'
      : `${snapshots} snapshots, from ${localTime(oldestAt).slice(0, 10)} to ${localTime(newestAt).slice(0, 10)}`;
  const locks =
    lockedUntil === null
      ? ''
      : lockedUntil === 'forever'
        ? ', locked for ever'
        : `, locked until ${localTime(lockedUntil).slice(0, 10)}`;
  return [
    `${source}: ${marks[verdict]} (${profile?.name ?? 'no profile'}; ${span}${locks})`,
    ...tableLines(
      [{ title: '' }, { title: '' }, { title: '' }],
      findings.map(({ rule, state, words }) => [rule, marks[state], words]),
    )
      .slice(1)
      .map((line) => `  ${line}`),
  ];
}

function setTarget(
  cli: Cli,
  name: string,
  { default: isDefault = false, ...given }: Partial<CopyTarget> & { default?: boolean },
): Promise<ExitCode> {
  return withRepository(cli, async ({ client, signal, repository }) => {
    const { profiles } = await client.profiles.list({}, { signal });
    const profile = profiles.find((one) => one.name === name);
    if (profile === undefined) throw badUsage(`No profile is called ${name}; see \`holdfast profile list\`.`);
    if (!isDefault && Object.keys(given).length === 0) throw badUsage('Say what is asked, or --default.');
    const target = isDefault ? null : { ...defaultTarget, ...profile.copies, ...given };
    const saved = await client.compliance.setTarget({ repository, profile: profile.id, target }, { signal });
    await cli.output.document(saved);
    await cli.output.summary([`What is asked of the sources of ${name} is set.`]);
    tellSaved(cli.output, saved);
    return 0;
  });
}

function places(cli: Cli): Promise<ExitCode> {
  return withEngine(cli, async ({ client, signal }) => {
    const found = await client.compliance.places({}, { signal });
    await cli.output.document(found);
    if (found.places.length === 0) await cli.output.lines(['No repository is connected; see `holdfast serve`.']);
    await cli.output.lines(found.places.flatMap(placeLines));
    await cli.output.lines(
      found.natives.map(
        ({ source, snapshots, locked, compliance }) =>
          `${source}: ${locked} of ${snapshots} native snapshots are locked in AWS, ${compliance} of them in compliance mode.`,
      ),
    );
    return 0;
  });
}

function placeLines({ name, words, proof, by }: LockedPlace): string[] {
  if (proof === null) {
    const untried =
      by === 'store' || by === 'server' ? [`  Never tried out: holdfast immutability verify "${name}".`] : [];
    return [`${name}: ${words}`, ...untried];
  }
  const { at, by: who, holds } = proof;
  return [
    `${name}: ${words}`,
    `  Tried out ${localTime(at)} by ${who}: ${holds ? 'it holds' : 'IT DOES NOT HOLD'}.`,
    ...proof.words.map((line) => `  ${line}`),
  ];
}

/** 1 where it does not hold. */
function verify(cli: Cli, name: string): Promise<ExitCode> {
  return withEngine(cli, async ({ client, signal }) => {
    const { places: known } = await client.compliance.places({}, { signal });
    const place = known.find((one) => one.name === name);
    if (place === undefined) throw badUsage(`No repository or site is called ${name}; see \`holdfast immutability\`.`);
    const found = await client.compliance.verify({ connection: place.connection }, { signal });
    await cli.output.document(found);
    await cli.output.lines(placeLines(found));
    return found.proof?.holds === true ? 0 : 1;
  });
}
