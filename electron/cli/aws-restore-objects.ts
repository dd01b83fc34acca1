/** Restore runs into a bucket: objects of a snapshot given back, and what is archived there brought back. */
import { InvalidArgumentError, Option, type Command } from 'commander';
import type { BucketRunPreview, BucketRunRequest } from '../../shared/contract/bucket-runs.ts';
import { thawTiers, type ThawTier } from '../../shared/model/s3-archive.ts';
import { countOf, formatBytes, formatCount } from '../../shared/model/units.ts';
import { countArgument, sourceArgument } from './arguments.ts';
import { askedAs, whoOf, type WhoOptions } from './aws-restore-options.ts';
import { followRun } from './aws-restore-runs.ts';
import { bucketIn } from './bucket-place.ts';
import { badUsage, type ExitCode } from './failure.ts';
import { follow, namePaths } from './operation.ts';
import type { RunCommand } from './run-command.ts';
import { repositoryAccess, withEngine, type Cli } from './session.ts';
import { tableLines } from './table.ts';

type Options = WhoOptions & {
  readonly give?: string;
  readonly source?: string;
  readonly overwrite: 'never' | 'if-changed' | 'always';
  readonly versions: 'newest' | 'all';
  readonly verify: boolean;
  readonly thaw?: ThawTier;
  readonly days: number;
  readonly wait: boolean;
  readonly region?: string;
  readonly endpoint?: string;
  readonly title?: string;
  readonly dryRun?: boolean;
};

export function registerRestoreObjects(restore: Command, run: RunCommand): void {
  const command = restore
    .command('objects')
    .description('give objects back to a bucket, bring back what is archived there, or both')
    .argument('<s3://bucket/prefix>', 'where')
    .option('--give <snapshot[:prefix]>', 'the snapshot, and what keys begin with')
    .option('--source <name>', 'the source that `latest` means', sourceArgument)
    .addOption(overwriteOption())
    .addOption(versionsOption())
    .option('--no-verify', 'do not ask S3 afterwards what it keeps')
    .option('--thaw <tier>', 'bring back what is archived below: Expedited, Standard or Bulk', tierArgument)
    .option('--days <n>', 'how long what was archived can be read', countArgument, 7)
    .option('--no-wait', 'pause where S3 has to be waited for; `resume` goes on')
    .option('--region <region>', 'where the bucket is')
    .option('--endpoint <url>', 'of a store that speaks as S3 does')
    .option('--title <text>', 'what the run is called')
    .option('--dry-run', 'show what would be done, and what that takes; nothing is written');
  askedAs(command).action((place: string, options: Options) => run((cli) => begin(cli, place, options)));
}

function overwriteOption(): Option {
  const text = 'objects in the way: keep them, replace those that differ, or replace all';
  return new Option('--overwrite <when>', text).choices(['never', 'if-changed', 'always']).default('never');
}

export function versionsOption(): Option {
  const text = 'what each key is now, or all versions and markers in their order, to a bucket that keeps versions';
  return new Option('--versions <which>', text).choices(['newest', 'all']).default('newest');
}

function tierArgument(text: string): ThawTier {
  const tier = thawTiers.find((one) => one.toLowerCase() === text.toLowerCase());
  if (tier === undefined) throw new InvalidArgumentError(`It is one of ${thawTiers.join(', ')}.`);
  return tier;
}

async function begin(cli: Cli, place: string, options: Options): Promise<ExitCode> {
  const { output, world } = cli;
  const { give, thaw, title, dryRun = false, wait } = options;
  if (give === undefined && thaw === undefined) throw badUsage('Give --give <snapshot>, --thaw <tier>, or both.');
  const repository = give === undefined ? null : await repositoryAccess(cli);
  const who = whoOf(cli, options);
  const request: BucketRunRequest = {
    give: give === undefined || repository === null ? null : { ...giveOf(give, options), repository },
    ...bucketIn(place, ''),
    thaw: thaw === undefined ? null : { tier: thaw, days: options.days },
    who,
    region: options.region ?? null,
    endpoint: options.endpoint ?? null,
  };
  return withEngine(cli, async ({ client, signal }) => {
    if (dryRun) {
      const events = await client.buckets.preview(request, { signal });
      return tellPreview(cli, await follow(output, world.monotonicMs, events));
    }
    const run = await client.buckets.create({ ...request, ...(title === undefined ? {} : { title }) }, { signal });
    output.note(`Restore run ${run.id}: go on with it by \`holdfast aws restore resume ${run.id}\`.`);
    const events = await client.restoreRuns.start({ run: run.id, repository, aws: who, wait }, { signal });
    return followRun(cli, client, run.id, events);
  });
}

function giveOf(selection: string, { source, overwrite, versions, verify }: Options) {
  return { selection, ...(source === undefined ? {} : { source }), overwrite, versions, verify };
}

async function tellPreview({ output }: Cli, preview: BucketRunPreview): Promise<ExitCode> {
  const { checks, steps, objects, thawSentences, notGivenBack, conflicts } = preview;
  await output.document(preview);
  await output.lines([
    ...tableLines(
      [{ title: 'CHECK' }, { title: '' }, { title: '' }],
      checks.map(({ level, title, detail }) => [level, title, detail]),
    ),
    'Steps:',
    ...steps.map(({ title, detail }) => `  ${title}${detail === null ? '' : `: ${detail}`}`),
    ...(objects === null ? [] : [objectsLine(objects)]),
    ...thawSentences,
    'Nothing was written.',
  ]);
  const kept = conflicts.filter(({ action }) => action === 'kept').map(({ key }) => key);
  if (kept.length > 0) {
    output.warn(`${countOf(objects?.kept ?? 0, 'object')} in the way would be kept (see --overwrite):`);
    namePaths(output, kept);
  }
  for (const sentence of notGivenBack) output.note(sentence);
  return checks.some(({ level }) => level === 'blocker') ? 3 : 0;
}

function objectsLine({ written, bytes, unchanged, replaced, newer }: NonNullable<BucketRunPreview['objects']>): string {
  const over =
    replaced === 0 ? '' : `, ${formatCount(replaced)} of them over others, ${formatCount(newer)} of these newer`;
  return `Would write ${countOf(written, 'object')}, ${formatBytes(bytes)}${over}; ${formatCount(unchanged)} there already.`;
}
