/** What a restore did, in words that are literally true. */
import type { RestoreResult } from '../../shared/contract/recovery.ts';
import { formatBytes, formatCount, formatDuration } from '../../shared/model/units.ts';
import { plural } from './display.ts';
import { factLines } from './table.ts';

export function plannedSummary(result: RestoreResult): string[] {
  return [
    isWhole(result) ? `Would restore ${contents(result)}, ${place(result)}` : `Would restore in part, ${place(result)}`,
    ...factLines([
      ...chosen(result),
      ['to write', formatBytes(result.writtenBytes)],
      ['free there', result.freeBytes === null ? 'unknown' : formatBytes(result.freeBytes)],
      ['in place', `${plural(formatCount(result.unchangedFiles), 'file')} as in the snapshot already`],
    ]),
    'Nothing was written.',
  ];
}

/** `verify` is what was asked for: without it, nothing is claimed about what lies on the disk. */
export function restoredSummary(result: RestoreResult, verify: boolean): string[] {
  const verified = `${plural(formatCount(result.verifiedFiles), 'file')}, ${formatBytes(result.verifiedBytes)}, read back and compared`;
  return [
    isWhole(result) ? `Restored ${contents(result)}, ${place(result)}` : `Restored in part, ${place(result)}`,
    ...factLines([
      ...chosen(result),
      ['written', formatBytes(result.writtenBytes)],
      ['in place', `${plural(formatCount(result.unchangedFiles), 'file')} as in the snapshot already`],
      ['verified', verify ? verified : 'no (--no-verify)'],
      ['time', formatDuration(result.durationMs)],
    ]),
  ];
}

export function things(count: number): string {
  return plural(formatCount(count), 'thing');
}

/** Whether all that was chosen is there as stored now (or would be). */
function isWhole({ issues, conflicts }: RestoreResult): boolean {
  return issues.length === 0 && conflicts.every(({ action }) => action !== 'kept');
}

/** The counts are of what was chosen: only a whole restore may say that they were restored. */
function chosen(result: RestoreResult): [string, string][] {
  return isWhole(result) ? [] : [['chosen', contents(result)]];
}

function contents({ files, folders, others, bytes }: RestoreResult): string {
  const counted = [plural(formatCount(files), 'file'), plural(formatCount(folders), 'folder')];
  if (others > 0) counted.push(plural(formatCount(others), 'other thing'));
  return `${counted.join(', ')}, ${formatBytes(bytes)}`;
}

function place({ target }: RestoreResult): string {
  return target === null ? 'to the original place' : `to ${target}`;
}
