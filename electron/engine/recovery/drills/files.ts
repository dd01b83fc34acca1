/** Rehearses files: brings some or all of a snapshot back, compares with the snapshot, and with the source where it is unchanged. */
import { performance } from 'node:perf_hooks';
import type { Issue } from '../../../../shared/contract/common.ts';
import { countOf, formatBytes, formatCount } from '../../../../shared/model/units.ts';
import { displayRaw, joinRaw, type RawPath } from '../../platform/raw-path.ts';
import type { ReadPool } from '../../repository/read-pool.ts';
import { restore } from '../restore.ts';
import { asRestored, chooseStep, leftBy, type Rehearsal, type RehearsalRequest } from './rehearsal.ts';
import { compareWithSource } from './compare-source.ts';
import { checkImages } from './check-images.ts';

export async function rehearseFiles(request: RehearsalRequest & { readonly isOfHere: boolean }): Promise<Rehearsal> {
  const { repository, snapshot, scratch, step, voice, isOfHere } = request;
  const chosen = await chooseStep(request, 'Choose what is brought back', (pool) =>
    filesIn(pool, snapshot.file.tree, voice.signal),
  );
  const startedAt = performance.now();
  const issues: Issue[] = [];
  const restored = await step('restore', 'Bring it back, and compare it with the snapshot', async () => {
    const result = await restore({
      ...voice,
      repository,
      home: scratch.home,
      selections: chosen.isWhole ? [snapshot.id] : chosen.items.map(({ name }) => `${snapshot.id}:${displayRaw(name)}`),
      source: undefined,
      target: scratch.data,
      overwrite: 'never',
      dryRun: false,
      verify: true,
      isOwnFolder: true,
      ignoreFreeSpace: false,
      onIssue: (issue) => {
        issues.push(issue);
        voice.onIssue(issue);
      },
      say: () => Promise.resolve(),
    });
    return { result, detail: `${formatCount(result.files)} files, ${formatBytes(result.writtenBytes)} written` };
  });
  const restoreMs = performance.now() - startedAt;
  const { verifiedFiles, verifiedBytes } = restored;
  const good = `${formatCount(verifiedFiles)} files, ${formatBytes(verifiedBytes)}, read back and compared by their hashes`;
  const closer = { data: scratch.data, paths: chosen.items.map(({ name }) => name), signal: voice.signal };
  const checks = await step('check', 'Look closer', async () => {
    const result = [
      asRestored(issues, good),
      ...(isOfHere ? [await compareWithSource(closer)] : []),
      ...(await checkImages(closer)),
    ];
    return { result, detail: countOf(result.length, 'check') };
  });
  return { chosen, restoreMs, checks, issues, left: leftBy(issues) };
}

/** BLOB_DAMAGED, BLOB_MISSING: a folder that cannot be read brings nothing back. */
export async function* filesIn(
  pool: ReadPool,
  tree: string,
  signal: AbortSignal,
): AsyncGenerator<{ name: RawPath; bytes: number }> {
  const waiting: { readonly tree: string; readonly path: RawPath }[] = [{ tree, path: '/' }];
  for (let next = waiting.pop(); next !== undefined; next = waiting.pop()) {
    signal.throwIfAborted();
    for await (const { nodes } of pool.tree(next.tree)) {
      for (const { name, type, size, subtree } of nodes) {
        const path = joinRaw(next.path, name);
        if (type === 'file') yield { name: path, bytes: size };
        else if (subtree !== null) waiting.push({ tree: subtree, path });
      }
    }
  }
}
