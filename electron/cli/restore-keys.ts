/** Objects of a snapshot of a bucket into a folder, each under its key. */
import type { KeysRestoreResult } from '../../shared/contract/buckets.ts';
import { countOf, formatBytes, formatCount } from '../../shared/model/units.ts';
import { detach } from './detach.ts';
import { badUsage, type ExitCode } from './failure.ts';
import { follow, nameIssues, namePaths } from './operation.ts';
import type { Output } from './output.ts';
import { withRepository, type Cli } from './session.ts';
import { factLines } from './table.ts';

type Options = {
  readonly target: string;
  readonly overwrite: 'never' | 'if-changed' | 'always';
  readonly dryRun?: boolean;
  readonly verify: boolean;
  readonly detach?: boolean;
  readonly source?: string;
};

export function restoreKeys(cli: Cli, selections: readonly string[], options: Options): Promise<ExitCode> {
  const { output, world } = cli;
  const { target, overwrite, dryRun = false, verify, source } = options;
  const [selection = '', ...others] = selections;
  if (others.length > 0) throw badUsage('One snapshot at a time with --exact-keys.');
  return withRepository(cli, async ({ client, signal, repository }) => {
    const which = { repository, selection, ...(source === undefined ? {} : { source }) };
    const how = { target, overwrite, dryRun, verify, detach: options.detach ?? false };
    const events = await client.buckets.toFolder({ ...which, ...how }, { signal });
    if (options.detach === true) return detach(cli, events);
    const result = await follow(output, world.monotonicMs, events);
    await output.document(result);
    await report(output, result);
    return result.issues.length > 0 || result.conflicts.kept > 0 ? 3 : 0;
  });
}

async function report(output: Output, result: KeysRestoreResult): Promise<void> {
  if (output.style.json) return;
  const { dryRun, objects, bytes, unchanged, verified, conflicts, escaped, issues, target } = result;
  await output.summary([
    `${dryRun ? 'Would restore' : 'Restored'} ${countOf(objects, 'object')}, ${formatBytes(bytes)}, to ${target}`,
    ...factLines([
      ['in place', `${countOf(unchanged, 'object')} as in the snapshot already`],
      ...(dryRun ? [] : [['verified', `${countOf(verified, 'object')}, read again`] as const]),
    ]),
    ...(dryRun ? ['Nothing was written.'] : []),
  ]);
  if (escaped.count > 0) {
    output.note(`${countOf(escaped.count, 'key')} that a disk cannot hold, below %+escaped (docs/AWS.md):`);
    namePaths(
      output,
      escaped.named.map(({ key, path }) => `${key} -> ${path}`),
    );
  }
  const kept = conflicts.named.filter(({ action }) => action === 'kept').map(({ key }) => key);
  if (kept.length > 0) {
    output.warn(`${countOf(conflicts.kept, 'file')} in the way kept, not restored (see --overwrite):`);
    namePaths(output, kept);
  }
  if (issues.length > 0) {
    output.warn(`${formatCount(issues.length)} objects did not come back:`);
    nameIssues(output, issues);
  }
}
