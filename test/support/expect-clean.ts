/** Both programs find a repository without fault, and nobody has left a lock in it. */
import { readdirSync } from 'node:fs';
import { join } from 'node:path';
import { expect } from 'vitest';
import { checkResultSchema } from '../../shared/contract/repository.ts';
import type { HoldfastResult } from './holdfast.ts';
import { describeFailure, type Finished } from './processes.ts';
import type { Workspace } from './workspace.ts';

export async function expectCleanForHoldfast(workspace: Workspace): Promise<void> {
  const checked = expectDone(await workspace.here(['check', '--read-data', '--json']));
  expect(checked.json(checkResultSchema).errors).toEqual([]);
  expectNoLocks(workspace);
}

export async function expectCleanForRestic(workspace: Workspace): Promise<void> {
  const { stdout } = expectDone(await workspace.restic(['check', '--read-data']));
  expect(stdout).toContain('no errors were found');
  expectNoLocks(workspace);
}

export async function expectCleanForBoth(workspace: Workspace): Promise<void> {
  await expectCleanForRestic(workspace);
  await expectCleanForHoldfast(workspace);
}

/** It ended with exit code 0. */
export function expectDone<Result extends Finished | HoldfastResult>(result: Result): Result {
  expect(result.code, describeFailure(result)).toBe(0);
  return result;
}

export function expectNoLocks(workspace: Workspace): void {
  expect(readdirSync(join(workspace.repository, 'locks'))).toEqual([]);
}
