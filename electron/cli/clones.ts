import type { Command } from 'commander';
import type { Clone } from '../../shared/contract/clones.ts';
import type { CloneState } from '../../shared/model/clones.ts';
import { HoldfastError } from '../../shared/model/errors.ts';
import { countOf, formatBytes } from '../../shared/model/units.ts';
import { detach, DETACH_HELP } from './detach.ts';
import { localTime, shortId } from './display.ts';
import type { ExitCode } from './failure.ts';
import { factsOf, lifetimeArgument, placeOf } from './make-clone.ts';
import { follow } from './operation.ts';
import type { RunCommand } from './run-command.ts';
import { withEngine, type Cli } from './session.ts';
import { tableLines } from './table.ts';

const idHelp = 'its id, or the beginning of it';

export function registerClones(program: Command, run: RunCommand): void {
  const clone = program
    .command('clone')
    .description('look after clones for development, which `--clone` of a restore makes')
    .addHelpText(
      'after',
      `
A clone is made with \`holdfast restore … --to <dir> --clone --expires 7d\`, with \`--to-bucket\` in its place, with
\`holdfast git restore … --to-checkout <dir> --clone\`, or, of an instance, with \`holdfast aws restore clone\`.`,
    );
  clone
    .command('list')
    .description('list the clones: what each is of, where it is, how large, and until when')
    .action(() => run(list));
  clone
    .command('show')
    .description('show a clone, and whether somebody has changed it')
    .argument('<id>', idHelp)
    .action((id: string) => run((cli) => show(cli, id)));
  clone
    .command('extend')
    .description('let a clone stay for so long from now on')
    .argument('<id>', idHelp)
    .argument('<time>', 'such as 12h, 7d or 4w', lifetimeArgument)
    .action((id: string, ms: number) => run((cli) => extend(cli, id, ms)));
  clone
    .command('keep')
    .description('keep what is there for good: it is no clone any more')
    .argument('<id>', idHelp)
    .action((id: string) => run((cli) => keep(cli, id)));
  clone
    .command('remove')
    .description('remove a clone now; one that somebody has changed is left, unless it goes with its changes')
    .argument('<id>', idHelp)
    .option('--with-changes', 'also what somebody has changed or added in it')
    .option('--dry-run', 'say what would become of it')
    .option('--detach', DETACH_HELP)
    .action((id: string, options: RemoveOptions) => run((cli) => remove(cli, id, options)));
}

type RemoveOptions = { readonly withChanges?: boolean; readonly dryRun?: boolean; readonly detach?: boolean };

const stateWords: Readonly<Record<CloneState, string>> = {
  making: 'being made',
  ready: 'ready',
  removing: 'being removed',
  unfinished: 'never whole',
};

function list(cli: Cli): Promise<ExitCode> {
  return withEngine(cli, async ({ client, signal }) => {
    const { clones } = await client.clones.list({}, { signal });
    await cli.output.document({ clones });
    if (clones.length === 0) {
      await cli.output.lines(['There is no clone; see `holdfast clone --help`.']);
      return 0;
    }
    const titles = ['CLONE', 'KIND', 'OF', 'SIZE', 'UNTIL', 'STATE', 'AT'].map((title) => ({ title }));
    await cli.output.lines(tableLines(titles, clones.map(rowOf)));
    return 0;
  });
}

function rowOf(clone: Clone): string[] {
  const { id, of, place, bytes, expiresAt, state, trouble } = clone;
  return [
    shortId(id),
    place.kind,
    of === null ? '' : `${of.source} ${localTime(of.takenAt).slice(0, 16)}`,
    place.kind === 'instance' ? '' : formatBytes(bytes),
    expiresAt === null ? '' : localTime(expiresAt).slice(0, 16),
    trouble === null || state !== 'ready' ? stateWords[state] : troubles[trouble.kind],
    placeOf(clone),
  ];
}

const troubles = { changed: 'changed by somebody', missing: 'not there', failed: 'cannot be removed' } as const;

function show(cli: Cli, id: string): Promise<ExitCode> {
  return withEngine(cli, async ({ client, signal }) => {
    const { clones } = await client.clones.list({}, { signal });
    const [clone, ...others] = clones.filter((one) => one.id.startsWith(id));
    if (clone === undefined || others.length > 0)
      throw new HoldfastError(
        'CLONE_UNKNOWN',
        `${clone === undefined ? 'No' : 'More than one'} clone begins with ${id}.`,
      );
    const isHere = clone.place.kind !== 'instance' && clone.state === 'ready';
    const look = isHere ? await client.clones.look({ clone: clone.id }, { signal }) : null;
    await cli.output.document({ ...clone, look });
    await cli.output.lines([`${shortId(clone.id)} at ${placeOf(clone)}, ${stateWords[clone.state]}`]);
    await cli.output.lines(factsOf(clone).map(([name, value]) => `  ${name.padEnd(12)} ${value}`));
    if (look === null) return 0;
    if (look.missing) cli.output.warn('It is not where it was made.');
    else if (look.changed === 0) await cli.output.lines(['Nobody has changed it.']);
    else await cli.output.lines([`Changed since: ${look.changed}`, ...look.names.map((line) => `  ${line}`)]);
    return 0;
  });
}

function extend(cli: Cli, id: string, ms: number): Promise<ExitCode> {
  return withEngine(cli, async ({ client, signal }) => {
    const expiresAt = new Date(cli.world.nowMs() + ms).toISOString();
    const clone = await client.clones.extend({ clone: id, expiresAt }, { signal });
    await cli.output.document(clone);
    await cli.output.summary([`The clone at ${placeOf(clone)} stays until ${localTime(expiresAt).slice(0, 16)}.`]);
    return 0;
  });
}

function keep(cli: Cli, id: string): Promise<ExitCode> {
  return withEngine(cli, async ({ client, signal }) => {
    const clone = await client.clones.keep({ clone: id }, { signal });
    await cli.output.document(clone);
    await cli.output.summary([`${placeOf(clone)} is no clone any more, and stays.`]);
    return 0;
  });
}

function remove(cli: Cli, id: string, options: RemoveOptions): Promise<ExitCode> {
  const { withChanges = false, dryRun = false, detach: isDetached = false } = options;
  const { output, world } = cli;
  return withEngine(cli, async ({ client, signal }) => {
    if (dryRun) {
      const look = await client.clones.look({ clone: id }, { signal });
      await output.document(look);
      const stays = look.changed > 0 && !withChanges;
      await output.lines([
        stays
          ? `It would stay: ${countOf(look.changed, 'thing')} in it changed since.`
          : `${countOf(look.items, 'thing')} would go.`,
        ...look.names.map((line) => `  ${line}`),
      ]);
      return 0;
    }
    const events = await client.clones.remove({ clone: id, withChanges, detach: isDetached }, { signal });
    if (isDetached) return detach(cli, events);
    const result = await follow(output, world.monotonicMs, events);
    await output.document(result);
    await output.summary([`${countOf(result.removed, 'thing')} removed.`]);
    if (result.left === 0) return 0;
    output.warn(`${countOf(result.left, 'thing')} left:`);
    for (const line of result.names) output.warn(`  ${line}`);
    return 3;
  });
}
