import { resolve } from 'node:path';
import { Option, type Command } from 'commander';
import type { RestoreInput, RestoreResult } from '../../shared/contract/recovery.ts';
import { elsewhereWords } from '../../shared/model/restore-places.ts';
import { formatBytes } from '../../shared/model/units.ts';
import { sourceArgument } from './arguments.ts';
import { detach, DETACH_HELP } from './detach.ts';
import { badUsage, type ExitCode } from './failure.ts';
import { JsonList } from './json-list.ts';
import { follow, nameIssues, namePaths, type OperationEvent } from './operation.ts';
import type { Output } from './output.ts';
import { plannedSummary, restoredSummary, things } from './restore-summary.ts';
import type { RunCommand } from './run-command.ts';
import { CLONE_HELP, EXPIRES_HELP, isClone, lifetimeArgument, makeClone } from './make-clone.ts';
import { bucketIn } from './bucket-place.ts';
import { versionsOption } from './aws-restore-objects.ts';
import { restoreKeys } from './restore-keys.ts';
import { restoreToBucket } from './restore-to-bucket.ts';
import { withRepository, type Cli } from './session.ts';

type RestoreOptions = {
  to?: string;
  toBucket?: string;
  account?: string;
  region?: string;
  endpoint?: string;
  inPlace?: boolean;
  exactKeys?: boolean;
  versions: 'newest' | 'all';
  overwrite: NonNullable<RestoreInput['overwrite']>;
  dryRun?: boolean;
  verify: boolean;
  protectFirst?: boolean;
  ignoreFreeSpace?: boolean;
  detach?: boolean;
  source?: string;
  from?: string;
  clone?: boolean;
  expires?: number;
};

type PlannedEntry = {
  readonly path: string;
  readonly from: string;
  readonly bytes: number;
  readonly action: 'create' | 'replace' | 'keep' | 'unchanged';
};
type RestoreEvent =
  | OperationEvent<RestoreResult>
  | { readonly type: 'planned'; readonly entries: readonly PlannedEntry[] };

export function registerRestore(program: Command, run: RunCommand): void {
  program
    .command('restore')
    .description('bring files and folders back from snapshots')
    .argument('<snapshot[:path]...>', 'id, beginning of one, or `latest`, and what to take from it')
    .option('--to <dir>', 'folder to restore below, each path by its own absolute path')
    .option(
      '--to-bucket <s3://bucket/prefix>',
      'bucket to give the objects of one back to; what follows the colon is what keys begin with',
    )
    .option('--account <name>', 'to a bucket: as whom; without it, the AWS environment of this machine')
    .option('--region <region>', 'to a bucket: where it is')
    .option('--endpoint <url>', 'to a bucket: of a store that speaks as S3 does')
    .option('--exact-keys', 'of a bucket, to a folder: each object under its key, as far as the disk can hold it')
    .addOption(versionsOption())
    .option('--in-place', 'restore to the original place')
    .addOption(
      new Option('--overwrite <when>', 'files in the way: keep them, replace those that differ, or replace all')
        .choices(['never', 'if-changed', 'always'])
        .default('never'),
    )
    .option('--clone', CLONE_HELP)
    .option('--expires <time>', EXPIRES_HELP, lifetimeArgument)
    .option('--dry-run', 'list what would be written, and write nothing')
    .option('--ignore-free-space', 'begin although there is not enough room')
    .option('--protect-first', 'with --in-place: take a snapshot of what is there now before anything is written')
    .option('--no-verify', 'do not read back and compare what was written')
    .option('--detach', DETACH_HELP)
    .option('--source <name>', 'the source that `latest` means', sourceArgument)
    .option('--from <site>', 'read from this site, in place of the repository; `holdfast points` says which is fastest')
    .action((selections: string[], options: RestoreOptions) => run((cli) => restore(cli, selections, options)));
}

function restore(cli: Cli, selections: string[], options: RestoreOptions): Promise<ExitCode> {
  if (isClone(options, unlikeAClone(options))) return cloneOf(cli, selections, options);
  if (options.toBucket !== undefined && options.from !== undefined)
    throw badUsage('--from does not go with --to-bucket: name the repository of the site with --repository.');
  if (options.toBucket !== undefined)
    return restoreToBucket(cli, selections, { ...options, toBucket: options.toBucket });
  if (
    options.account !== undefined ||
    options.region !== undefined ||
    options.endpoint !== undefined ||
    options.versions === 'all'
  )
    throw badUsage('--account, --region, --endpoint and --versions go with --to-bucket.');
  const target = targetOf(cli, options);
  if (options.from !== undefined && options.exactKeys === true)
    throw badUsage('--from does not go with --exact-keys: name the repository of the site with --repository.');
  if (options.exactKeys === true) {
    if (target === null) throw badUsage('--exact-keys goes with --to <dir>.');
    return restoreKeys(cli, selections, { ...options, target });
  }
  if (options.protectFirst === true && (target !== null || options.from !== undefined || options.dryRun === true))
    throw badUsage('--protect-first goes with --in-place, and with neither --from nor --dry-run.');
  const { output, world } = cli;
  const dryRun = options.dryRun ?? false;
  if (dryRun && options.detach === true) throw badUsage('A dry run is there to be read: leave --detach out.');
  return withRepository(cli, async ({ client, signal, repository }) => {
    const events = await client.recovery.restore(
      {
        repository,
        selections,
        ...(options.source === undefined ? {} : { source: options.source }),
        ...(options.from === undefined ? {} : { from: options.from }),
        target,
        overwrite: options.overwrite,
        dryRun,
        verify: options.verify,
        protectFirst: options.protectFirst ?? false,
        ignoreFreeSpace: options.ignoreFreeSpace ?? false,
        detach: options.detach ?? false,
      },
      { signal },
    );
    if (options.detach === true) return detach(cli, events);
    const plan = dryRun ? new JsonList(output, '{"entries": [') : null;
    const result = await follow(output, world.monotonicMs, withPlanPrinted(output, plan, events));
    if (plan === null) await output.document(result);
    else await plan.end(`],${JSON.stringify(result).slice(1)}`);
    await report(output, result, options.verify);
    return result.issues.length > 0 || result.conflicts.some(({ action }) => action === 'kept') ? 3 : 0;
  });
}

function unlikeAClone(options: RestoreOptions): Readonly<Record<string, boolean>> {
  return {
    '--in-place': options.inPlace === true,
    '--exact-keys': options.exactKeys === true,
    '--versions': options.versions === 'all',
    '--overwrite': options.overwrite !== 'never',
    '--dry-run': options.dryRun === true,
    '--no-verify': !options.verify,
    '--protect-first': options.protectFirst === true,
    '--ignore-free-space': options.ignoreFreeSpace === true,
    '--from': options.from !== undefined,
  };
}

function cloneOf(cli: Cli, selections: string[], options: RestoreOptions): Promise<ExitCode> {
  const { toBucket, to, account = null, region = null, endpoint = null } = options;
  const source = options.source === undefined ? {} : { source: options.source };
  if (toBucket === undefined) {
    const target = targetOf(cli, options);
    return makeClone(cli, { kind: 'folder', selections, target: target ?? '', ...source }, options);
  }
  const [selection = '', ...others] = selections;
  if (to !== undefined || others.length > 0)
    throw badUsage('One snapshot at a time goes to a bucket, and to no folder.');
  const { bucket, prefix } = bucketIn(toBucket, '--to-bucket ');
  if (!/^[^/].*\/$/.test(prefix))
    throw badUsage('A clone has a prefix of its own that ends in a slash: --to-bucket s3://bucket/prefix/.');
  const place = { account, region, endpoint };
  return makeClone(cli, { kind: 'bucket', selection, bucket, prefix, place, ...source }, options);
}

function targetOf({ world }: Cli, { to, inPlace }: RestoreOptions): string | null {
  if (to !== undefined && inPlace === true) throw badUsage('Give either --to <dir> or --in-place.');
  if (inPlace === true) return null;
  if (to === undefined || to === '')
    throw badUsage('Say where to restore: --to <dir>, or --in-place for the original place.');
  return resolve(world.folder, to);
}

/** Prints what is planned as it comes and passes the rest on: a plan may be longer than memory. */
async function* withPlanPrinted(
  output: Output,
  plan: JsonList | null,
  events: AsyncIterable<RestoreEvent>,
): AsyncGenerator<OperationEvent<RestoreResult>> {
  for await (const event of events) {
    if (event.type !== 'planned') {
      yield event;
    } else if (plan !== null) {
      await plan.add(event.entries);
      await output.lines(event.entries.map(plannedLine));
      output.ensureRead();
    }
  }
}

function plannedLine({ action, bytes, path, from }: PlannedEntry): string {
  const origin = path === from ? '' : `  <- ${from}`;
  return `${action.padEnd(9)}  ${formatBytes(bytes).padStart(10)}  ${path}${origin}`;
}

async function report(output: Output, result: RestoreResult, verify: boolean): Promise<void> {
  if (output.style.json) return;
  await output.summary(result.dryRun ? plannedSummary(result) : restoredSummary(result, verify));
  const short = result.freeBytes !== null && result.dryRun && result.writtenBytes > result.freeBytes;
  if (short) output.warn(`There is not enough room: ${formatBytes(result.freeBytes ?? 0)} are free.`);
  const replaced = result.conflicts.filter(({ action }) => action === 'replaced').map(({ path }) => path);
  if (replaced.length > 0) {
    output.note(`${things(replaced.length)} in the way ${were(result, replaced.length)} replaced:`);
    if (!output.style.quiet) namePaths(output, replaced);
  }
  const kept = result.conflicts.filter(({ action }) => action === 'kept').map(({ path }) => path);
  if (kept.length > 0) {
    output.warn(`${things(kept.length)} in the way ${were(result, kept.length)} kept, not restored (see --overwrite):`);
    namePaths(output, kept);
  }
  for (const text of elsewhereWords(result.elsewhere)) output.note(text);
  if (result.issues.length > 0) {
    output.warn(`${things(result.issues.length)} ${result.dryRun ? 'could' : 'did'} not come back as stored:`);
    nameIssues(output, result.issues);
  }
}

function were({ dryRun }: RestoreResult, count: number): string {
  if (dryRun) return 'would be';
  return count === 1 ? 'was' : 'were';
}
