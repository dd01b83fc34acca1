/** Native snapshots in AWS: what a source has there, and what nobody protects. */
import type { Command } from 'commander';
import type { Natives, NativeView, Unprotected } from '../../shared/contract/native.ts';
import type { SnapshotMaker } from '../../shared/model/snapshot-makers.ts';
import { formatDuration } from '../../shared/model/units.ts';
import { sourceArgument } from './arguments.ts';
import { localTime, plural } from './display.ts';
import type { ExitCode } from './failure.ts';
import type { RunCommand } from './run-command.ts';
import { withEngine, withRepository, type Cli } from './session.ts';
import { factLines, tableLines } from './table.ts';

type PlaceOptions = { readonly account?: string; readonly region?: string; readonly endpoint?: string };

export function registerNatives(aws: Command, run: RunCommand): void {
  aws
    .command('snapshots')
    .description('ask AWS for the snapshots of a source, ours and others’; count, copy, lock and remove what is due')
    .argument('<source>', 'its name', sourceArgument)
    .option('--known', 'only show what was seen last; AWS is not asked')
    .option('--tags', 'show the tags of each')
    .action((source: string, options: ShowOptions) => run((cli) => showNatives(cli, source, options)));
  aws
    .command('unprotected')
    .description('list instances, volumes and buckets without a source, and snapshots that no source has any more')
    .option('--account <name>', 'a registered account; the AWS environment without it')
    .option('--region <region>', 'another region than its usual one')
    .option('--endpoint <url>', 'of something that speaks as AWS does')
    .action((options: PlaceOptions) => run((cli) => showUnprotected(cli, options)));
}

type ShowOptions = { readonly known?: boolean; readonly tags?: boolean };

function showNatives(cli: Cli, source: string, { known = false, tags = false }: ShowOptions): Promise<ExitCode> {
  const show = async (found: Natives): Promise<ExitCode> => {
    await cli.output.document(found);
    await cli.output.lines(nativeLines(found, tags));
    for (const problem of found.problems) cli.output.warn(problem);
    return 0;
  };
  if (known)
    return withEngine(cli, async ({ client, signal }) => show(await client.native.list({ source }, { signal })));
  return withRepository(cli, async ({ client, signal, repository }) =>
    show(await client.native.look({ source, repository }, { signal })),
  );
}

const makers: Readonly<Record<SnapshotMaker, string>> = {
  holdfast: 'Holdfast',
  'aws-backup': 'AWS Backup',
  dlm: 'Data Lifecycle Manager',
  image: 'an image',
  other: 'others',
};

function nativeLines(found: Natives, withTags: boolean): readonly string[] {
  const { snapshots, coveredAt } = found;
  const columns = ['TAKEN', 'AGE', 'SNAPSHOT', 'OF', 'STATE', 'GIB', 'REGION', 'BY', 'LOCK'].map((title) => ({
    title,
  }));
  const size = snapshots.reduce((sum, { sizeGiB }) => sum + sizeGiB, 0);
  const now = Date.now();
  return [
    ...(snapshots.length === 0
      ? ['AWS has no snapshot of it.']
      : tableLines(
          columns,
          snapshots.map((one) => nativeRow(one, now)),
        )),
    ...(withTags ? snapshots.flatMap(tagLines) : []),
    ...factLines([
      [
        'every volume',
        coveredAt === null ? 'is not covered by completed snapshots' : `can be had as of ${localTime(coveredAt)}`,
      ],
      ['volumes of all', `${size} GiB; AWS bills the blocks that differ, which are fewer`],
    ]),
  ];
}

function nativeRow(one: NativeView, now: number): readonly string[] {
  const of = one.volume ?? one.copyOf?.snapshot ?? '–';
  return [
    localTime(one.takenAt),
    formatDuration(Math.max(0, now - Date.parse(one.takenAt))),
    one.snapshot,
    one.copyOf === null ? of : `${of} (copy)`,
    stateWords(one),
    String(one.sizeGiB),
    one.region,
    one.maker === 'holdfast' && !one.own ? 'another Holdfast' : makers[one.maker],
    one.lock === null
      ? '–'
      : `${one.lock.state}${one.lock.until === null ? '' : ` until ${localTime(one.lock.until)}`}`,
  ];
}

function stateWords({ state, percent, stateMessage, archived }: NativeView): string {
  if (state === 'pending') return percent === null ? 'pending' : `pending, ${percent} %`;
  if (state === 'error') return stateMessage === null ? 'error' : `error: ${stateMessage}`;
  return archived ? `${state}, archived` : state;
}

function tagLines({ snapshot, tags }: NativeView): readonly string[] {
  return [snapshot, ...factLines(tags.map(({ key, value }) => [key, value] as const))];
}

function showUnprotected(cli: Cli, options: PlaceOptions): Promise<ExitCode> {
  const { account = null, region = null, endpoint = null } = options;
  return withEngine(cli, async ({ client, signal }) => {
    const found = await client.native.unprotected({ account, region, endpoint }, { signal });
    await cli.output.document(found);
    await cli.output.lines(unprotectedLines(found));
    for (const sentence of found.notListed) cli.output.warn(`Not listed: ${sentence}`);
    return found.notListed.length === 0 ? 0 : 3;
  });
}

function unprotectedLines({ region, resources, orphans }: Unprotected): readonly string[] {
  const columns = ['WHAT', 'ID', 'NAME', 'GIB'].map((title) => ({ title }));
  const rows = resources.map(({ kind, id, name, sizeGiB }) => [kind, id, name ?? '–', String(sizeGiB ?? '–')]);
  const size = orphans.reduce((sum, { sizeGiB }) => sum + sizeGiB, 0);
  return [
    ...(rows.length === 0 ? [`In ${region}, all is of some source.`] : tableLines(columns, rows)),
    ...(orphans.length === 0
      ? []
      : [
          '',
          `${plural(String(orphans.length), 'snapshot')} with tags of Holdfast and no source here, of volumes of ${size} GiB in all:`,
          ...tableLines(
            ['TAKEN', 'SNAPSHOT', 'SOURCE', 'BY', 'GIB'].map((title) => ({ title })),
            orphans.map(({ takenAt, snapshot, source, own, sizeGiB }) => [
              localTime(takenAt),
              snapshot,
              source,
              own ? 'this console' : 'another Holdfast',
              String(sizeGiB),
            ]),
          ),
        ]),
  ];
}
