import type { Command } from 'commander';
import type { RestoreImageResult, StoreImagesResult, Upload } from '../../shared/contract/images.ts';
import { ebsBlockBytes } from '../../shared/model/aws.ts';
import { countOf, formatBytes, formatCount, formatDuration } from '../../shared/model/units.ts';
import { collect, sourceArgument } from './arguments.ts';
import { detach, DETACH_HELP } from './detach.ts';
import { localTime, plural, shortId, statusWord } from './display.ts';
import { badUsage, type ExitCode } from './failure.ts';
import { follow, nameIssues } from './operation.ts';
import type { RunCommand } from './run-command.ts';
import { withEngine, withRepository, type Cli } from './session.ts';
import { factLines, tableLines } from './table.ts';

type PlaceOptions = { account?: string; region?: string; endpoint?: string };
type StoreOptions = PlaceOptions & { name: string; whole?: boolean; detach?: boolean };
type RestoreOptions = Omit<PlaceOptions, 'region'> & {
  toRegion: string;
  source?: string;
  encrypted?: boolean;
  kmsKey?: string;
  description?: string;
  tag?: string[];
  parent: boolean;
  dryRun?: boolean;
  detach?: boolean;
};

/** `holdfast aws image` and `holdfast aws uploads`. */
export function registerAwsImages(aws: Command, run: RunCommand): void {
  aws
    .command('image')
    .description('bring completed snapshots of volumes into the repository, as disk images')
    .argument('<snapshot...>', 'in AWS, such as snap-0123456789abcdef0; each becomes an image of its volume')
    .requiredOption('--name <source>', 'what the images are called by in the repository', sourceArgument)
    .option('--account <name>', 'the registered AWS account; by default what the AWS environment says')
    .option('--region <region>', 'where the snapshots lie')
    .option('--endpoint <url>', 'of something that speaks as AWS does')
    .option('--whole', 'read all blocks, not only what has changed since the last image')
    .option('--detach', DETACH_HELP)
    .action((snapshots: string[], options: StoreOptions) => run((cli) => store(cli, snapshots, options)));
  aws
    .command('uploads')
    .description('list snapshots that were begun in AWS by restore-image and are not complete')
    .option('--abandon <snapshot>', 'remove one of them from AWS')
    .option('--account <name>', 'the account to remove it with, where that has another name by now')
    .action((options: { abandon?: string; account?: string }) => run((cli) => uploads(cli, options)));
}

export function registerRestoreImage(program: Command, run: RunCommand): void {
  program
    .command('restore-image')
    .description('write a disk image from a snapshot into AWS, as a new EBS snapshot')
    .argument('<snapshot[:path]>', 'id, beginning of one, or `latest`, and the image or file in it')
    .requiredOption('--to-region <region>', 'where the new snapshot is to lie')
    .option('--account <name>', 'the registered AWS account; by default what the AWS environment says')
    .option('--endpoint <url>', 'of something that speaks as AWS does')
    .option('--encrypted', 'encrypt it, with the key that the account uses by itself')
    .option('--kms-key <arn>', 'encrypt it with this key')
    .option('--description <text>', 'of the new snapshot')
    .option('--tag <key=value>', 'on the new snapshot (repeatable)', collect)
    .option('--no-parent', 'put all blocks, even where a snapshot of the same volume is still there to build on')
    .option('--dry-run', 'look at rights, and list what would be asked of AWS, and change nothing')
    .option('--detach', DETACH_HELP)
    .option('--source <name>', 'the source that `latest` means', sourceArgument)
    .action((selection: string, options: RestoreOptions) => run((cli) => restoreImage(cli, selection, options)));
}

function placeOf({ account, region, endpoint }: PlaceOptions): {
  account: string | null;
  region: string | null;
  endpoint: string | null;
} {
  return { account: account ?? null, region: region ?? null, endpoint: endpoint ?? null };
}

function store(cli: Cli, snapshots: string[], options: StoreOptions): Promise<ExitCode> {
  const { output, world } = cli;
  return withRepository(cli, async ({ client, signal, repository }) => {
    const events = await client.images.store(
      {
        repository,
        place: placeOf(options),
        snapshots,
        source: options.name,
        whole: options.whole ?? false,
        detach: options.detach ?? false,
      },
      { signal },
    );
    if (options.detach === true) return detach(cli, events);
    const result = await follow(output, world.monotonicMs, events);
    await output.document(result);
    await output.summary(storedSummary(result));
    if (result.issues.length > 0 && !output.style.json) {
      output.warn(`${plural(formatCount(result.issues.length), 'volume')} could not be read:`);
      nameIssues(output, result.issues);
    }
    return result.status === 'partial' ? 3 : 0;
  });
}

function storedSummary({
  snapshot,
  source,
  status,
  images,
  addedBytes,
  storedBytes,
  durationMs,
}: StoreImagesResult): string[] {
  return [
    `Snapshot ${shortId(snapshot)} of ${source}: ${statusWord(status)}`,
    ...images.flatMap(({ path, sizeBytes, readBlocks, keptBlocks, comparedWith }) => {
      const since = comparedWith === null ? 'all of it' : `changed since ${comparedWith}`;
      const kept = keptBlocks === 0 ? '' : `, ${formatBytes(keptBlocks * ebsBlockBytes)} stored before`;
      return factLines([
        [path, `${formatBytes(sizeBytes)}; read ${formatBytes(readBlocks * ebsBlockBytes)} (${since})${kept}`],
      ]);
    }),
    ...factLines([
      ['added', `${formatBytes(addedBytes)}, stored as ${formatBytes(storedBytes)}`],
      ['time', formatDuration(durationMs)],
    ]),
  ];
}

function restoreImage(cli: Cli, selection: string, options: RestoreOptions): Promise<ExitCode> {
  const { output, world } = cli;
  const tags = tagsOf(options.tag ?? []);
  const dryRun = options.dryRun ?? false;
  if (dryRun && options.detach === true) throw badUsage('A dry run is there to be read: leave --detach out.');
  return withRepository(cli, async ({ client, signal, repository }) => {
    const events = await client.images.restore(
      {
        repository,
        selection,
        ...(options.source === undefined ? {} : { source: options.source }),
        to: { ...placeOf(options), region: options.toRegion },
        encrypted: options.encrypted ?? false,
        kmsKey: options.kmsKey ?? null,
        description: options.description ?? null,
        tags,
        onParent: options.parent,
        dryRun,
        detach: options.detach ?? false,
      },
      { signal },
    );
    if (options.detach === true) return detach(cli, events);
    const result = await follow(output, world.monotonicMs, events);
    await output.document(result);
    if (!output.style.json) await output.summary(dryRun ? plannedSummary(result) : restoredSummary(result));
    return 0;
  });
}

function tagsOf(given: readonly string[]): Record<string, string> {
  return Object.fromEntries(
    given.map((text) => {
      const at = text.indexOf('=');
      if (at < 1) throw badUsage(`Write a tag as key=value, not as ${text}.`);
      return [text.slice(0, at), text.slice(at + 1)];
    }),
  );
}

function plannedSummary(result: RestoreImageResult): string[] {
  const { account, region, sizeGib, checks, calls, parent } = result;
  return [
    `A snapshot of ${sizeGib} GiB would be written in ${region}, in the account ${account}.`,
    ...(parent === null ? [] : [`Built on ${parent}, so that only what differs is put.`]),
    '',
    ...tableLines(
      [{ title: 'asked' }, { title: 'answer' }, { title: '' }],
      checks.map(({ what, state, detail }) => [what, state, detail]),
    ),
    '',
    ...tableLines(
      [{ title: 'call' }, { title: 'times' }, { title: 'with' }],
      calls.map(({ operation, times, parameters }) => [
        operation,
        times === null ? 'as needed' : String(times),
        JSON.stringify(parameters),
      ]),
    ),
  ];
}

function restoredSummary({
  snapshot,
  account,
  region,
  sizeGib,
  blocks,
  parent,
  verified,
  durationMs,
}: RestoreImageResult): string[] {
  const seen =
    verified === null
      ? 'not read back'
      : `${countOf(verified.listedBlocks, 'block')} listed, as many as were put, ${formatCount(verified.readBlocks)} read back and compared`;
  const before = blocks.putBefore === 0 ? '' : `, of these ${formatCount(blocks.putBefore)} before`;
  return [
    `${snapshot ?? ''} in ${region}: complete`,
    ...factLines([
      ['account', account],
      ['size', `${sizeGib} GiB`],
      ['put', `${formatBytes(blocks.put * ebsBlockBytes)} in ${countOf(blocks.put, 'block')}${before}`],
      ...(parent === null ? [] : [['built on', parent] as const]),
      ['verified', seen],
      ['time', formatDuration(durationMs)],
    ]),
  ];
}

function uploads(cli: Cli, { abandon, account }: { abandon?: string; account?: string }): Promise<ExitCode> {
  const { output } = cli;
  return withEngine(cli, async ({ client, signal }) => {
    if (abandon !== undefined) {
      const result = await client.images.abandon(
        { snapshot: abandon, ...(account === undefined ? {} : { account }) },
        { signal },
      );
      await output.document(result);
      await output.summary([
        result.removed ? `${abandon} is removed from AWS.` : `${abandon} was gone from AWS already.`,
      ]);
      return 0;
    }
    const found = await client.images.uploads({}, { signal });
    await output.document(found);
    await output.lines(found.length === 0 ? ['Nothing is begun in AWS that is not complete.'] : uploadLines(found));
    return 0;
  });
}

function uploadLines(found: readonly Upload[]): string[] {
  const rows = found.map(({ snapshot, region, account, accountId, what, sizeGib, begunAt }) => [
    snapshot ?? 'not named yet',
    region,
    account ?? accountId,
    `${sizeGib} GiB`,
    localTime(begunAt),
    what,
  ]);
  return tableLines(
    [
      { title: 'snapshot' },
      { title: 'region' },
      { title: 'account' },
      { title: 'size' },
      { title: 'begun' },
      { title: 'of' },
    ],
    rows,
  );
}
