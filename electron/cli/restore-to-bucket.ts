/** Objects of a snapshot back into a bucket. */
import type { BucketRestoreInput, BucketRestoreResult } from '../../shared/contract/buckets.ts';
import { countOf, formatBytes } from '../../shared/model/units.ts';
import { bucketIn } from './bucket-place.ts';
import { detach } from './detach.ts';
import { badUsage, type ExitCode } from './failure.ts';
import { follow, nameIssues, namePaths } from './operation.ts';
import type { Output } from './output.ts';
import { factLines } from './table.ts';
import { withRepository, type Cli } from './session.ts';

type Options = {
  readonly to?: string;
  readonly inPlace?: boolean;
  readonly toBucket: string;
  readonly account?: string;
  readonly region?: string;
  readonly endpoint?: string;
  readonly overwrite: NonNullable<BucketRestoreInput['overwrite']>;
  readonly dryRun?: boolean;
  readonly versions: 'newest' | 'all';
  readonly verify: boolean;
  readonly detach?: boolean;
  readonly source?: string;
};

export function restoreToBucket(cli: Cli, selections: readonly string[], options: Options): Promise<ExitCode> {
  const { output, world } = cli;
  const { to, inPlace, toBucket, overwrite, versions, dryRun = false, verify, source } = options;
  const { account = null, region = null, endpoint = null } = options;
  if (to !== undefined || inPlace === true) throw badUsage('Give one of --to, --in-place and --to-bucket.');
  const [selection = '', ...others] = selections;
  if (others.length > 0) throw badUsage('One snapshot at a time goes to a bucket.');
  if (dryRun && options.detach === true) throw badUsage('A dry run is there to be read: leave --detach out.');
  const target = bucketIn(toBucket, '--to-bucket ');
  return withRepository(cli, async ({ client, signal, repository }) => {
    const place = { account, region, endpoint };
    const which = { repository, selection, ...(source === undefined ? {} : { source }) };
    const how = { overwrite, versions, dryRun, verify, detach: options.detach ?? false };
    const events = await client.buckets.restore({ ...which, ...target, place, ...how }, { signal });
    if (options.detach === true) return detach(cli, events);
    const result = await follow(output, world.monotonicMs, events);
    await output.document(result);
    await report(output, result, verify);
    return result.issues.length > 0 || result.conflicts.kept > 0 ? 3 : 0;
  });
}

async function report(output: Output, result: BucketRestoreResult, verify: boolean): Promise<void> {
  if (output.style.json) return;
  const { dryRun, objects, bytes, unchanged, verified, conflicts, notGivenBack, issues } = result;
  const written = `${countOf(objects, 'object')}, ${formatBytes(bytes)}`;
  await output.summary([
    `${dryRun ? 'Would restore' : 'Restored'} ${written}, to s3://${result.bucket}/${result.prefix}`,
    ...factLines([
      ['in place', `${countOf(unchanged, 'object')} as in the snapshot already`],
      ...(dryRun
        ? []
        : [['verified', verify ? `${countOf(verified, 'object')}, asked of S3` : 'no (--no-verify)'] as const]),
    ]),
    ...(dryRun ? ['Nothing was written.'] : []),
  ]);
  const named = (action: 'kept' | 'replaced') =>
    conflicts.named.filter((one) => one.action === action).map(({ key, newer }) => (newer ? `${key} (newer)` : key));
  if (conflicts.replaced > 0) {
    output.note(`${countOf(conflicts.replaced, 'object')} in the way ${dryRun ? 'to be replaced' : 'replaced'}:`);
    namePaths(output, named('replaced'));
  }
  if (conflicts.kept > 0) {
    output.warn(`${countOf(conflicts.kept, 'object')} in the way kept, not restored (see --overwrite):`);
    namePaths(output, named('kept'));
  }
  for (const sentence of notGivenBack) output.note(sentence);
  if (issues.length > 0) {
    output.warn(`${countOf(issues.length, 'object')} did not come back:`);
    nameIssues(output, issues);
  }
}
