/** Files that are being brought back, before they have their names. */
import { closeSync, constants, fstatSync, ftruncateSync, openSync, renameSync, unlinkSync } from 'node:fs';
import { toHoldfastError, type ErrorCode } from '../../../shared/model/errors.ts';
import { isNoReplaceUnsupported, libc, O_TMPFILE } from '../platform/libc.ts';
import { fsPath, type RawPath } from '../platform/raw-path.ts';
import type { FileOutcome, FileTask } from './restore-protocol.ts';
import { createTemporary, markOf, openLeft } from './temporary-file.ts';

/** A file of a batch while its blobs arrive. */
export type Draft = {
  readonly task: FileTask;
  readonly temporary: RawPath;
  readonly size: number;
  descriptor: number;
  /** False while it is open without a name. */
  isNamed: boolean;
  outcome: FileOutcome | null;
};

/** Without a name where that can be: then nothing is left behind when the run is killed, and it costs the disk least. */
export function openFresh(draft: Draft): void {
  const { task, temporary } = draft;
  if (libc !== null && mustBeFree(task)) {
    try {
      draft.descriptor = openSync(fsPath(`${task.base}.`), constants.O_RDWR | O_TMPFILE, 0o600);
      draft.isNamed = false;
      return;
    } catch (error) {
      const { code } = error as NodeJS.ErrnoException;
      if (code !== 'EOPNOTSUPP' && code !== 'ENOTSUP' && code !== 'EISDIR' && code !== 'EINVAL') throw error;
    }
  }
  draft.descriptor = createTemporary(temporary);
}

/** Whether the name must not be taken by anything else when the file gets it. */
export function mustBeFree({ existing }: FileTask): boolean {
  return existing === 'none' || existing === 'compare-keep';
}

export function moveInPlace(from: RawPath, to: RawPath, isExclusive: boolean): void {
  if (isExclusive && libc !== null) {
    try {
      libc.renameNoReplace(from, to);
      return;
    } catch (error) {
      if (!isNoReplaceUnsupported(error)) throw error;
    }
  }
  renameSync(fsPath(from), fsPath(to));
}

/** A file that is written in parts: `mark` tells it from another of its name. */
export function beginLarge(file: FileTask, size: number): { readonly resumed: boolean; readonly mark: string } {
  const temporary = temporaryOf(file);
  const left = openLeft(temporary);
  const resumed = left !== null;
  const descriptor = left ?? createTemporary(temporary);
  try {
    // At full length from the start: parts are written in any order, and what stays unwritten is a hole.
    ftruncateSync(descriptor, size);
    return { resumed, mark: markOf(fstatSync(descriptor)) };
  } finally {
    closeSync(descriptor);
  }
}

export function temporaryOf({ base, temporaryName }: FileTask): RawPath {
  return base + temporaryName;
}

export function removeQuietly(path: RawPath): void {
  try {
    unlinkSync(fsPath(path));
  } catch {
    // It was never made, or it is gone.
  }
}

export function failed(error: unknown): FileOutcome {
  const { code, message } = toHoldfastError(error);
  return { outcome: 'failed', code: code satisfies ErrorCode, message: message.replace(/, [a-z]+ '.*'$/s, '') };
}
