import { randomBytes } from 'node:crypto';
import { readdirSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { setTimeout as sleep } from 'node:timers/promises';
import { expect, test } from 'vitest';
import { protectResultSchema } from '../../../shared/contract/protection.ts';
import { connect, toTheEnd } from '../../support/client.ts';
import { describeTree, diffTrees } from '../../support/describe-tree.ts';
import { expectDone } from '../../support/expect-clean.ts';
import { serve } from '../../support/serving.ts';
import { makeWorkspace } from '../../support/workspace.ts';

const mib = 1024 * 1024;

/** Files below the folder, by any name they may have before they are whole. */
function filesBelow(folder: string): number {
  try {
    return readdirSync(folder, { recursive: true, withFileTypes: true }).filter((entry) => entry.isFile()).length;
  } catch {
    return 0;
  }
}

test('a run whose engine is killed in the middle goes on with the next one, to the same bits, and can be undone', async () => {
  await using workspace = await makeWorkspace();
  const source = await workspace.folder('source');
  for (let at = 0; at < 400; at++) {
    const folder = await workspace.folder('source', `folder-${at % 20}`);
    writeFileSync(join(folder, `file-${at}`), randomBytes(64 * 1024));
  }
  for (let at = 0; at < 3; at++) writeFileSync(join(source, `large-${at}`), randomBytes(24 * mib));
  workspace.init();
  const { snapshot } = expectDone(await workspace.here(['protect', source, '--json'])).json(protectResultSchema);
  const access = { location: workspace.repository, password: workspace.password };
  const target = workspace.path('out');

  const serving = await serve(workspace);
  let id = '';
  {
    await using connected = await connect(workspace);
    const { client } = connected;
    const run = await client.restoreRuns.create({ repository: access, selections: [{ snapshot }], target });
    id = run.id;
    const events = await client.restoreRuns.start({ run: id, repository: access, detach: true });
    const lost = toTheEnd(events).catch((error: unknown) => error);
    while (filesBelow(target) < 30) await sleep(1);
    await serving.kill();
    expect(await lost).toMatchObject({ code: 'ENGINE_LOST' });
  }
  expect(filesBelow(target)).toBeGreaterThan(0);

  await using connected = await connect(workspace);
  const { client } = connected;
  const found = await client.restoreRuns.get({ run: id });
  expect(found.state).toBe('interrupted');
  expect(found.steps.map(({ state }) => state)).toEqual(['done', 'done', 'stopped', 'waiting', 'waiting']);
  const { result } = await toTheEnd(await client.restoreRuns.start({ run: id, repository: access }));
  expect(result.result).toMatchObject({ state: 'done', error: null });
  expect(await client.restoreRuns.report({ run: id })).toMatchObject({ files: 403, verifiedFiles: 403, kept: 0 });
  expect(diffTrees(describeTree(source), describeTree(join(target, source)))).toEqual([]);

  const { result: undone } = await toTheEnd(await client.restoreRuns.undo({ run: id }));
  expect(undone.result).toMatchObject({ removed: 403, left: 0 });
  expect(filesBelow(target)).toBe(0);
});

test('a run that was stopped keeps all it has written, and undo takes back the parts too', async () => {
  await using workspace = await makeWorkspace();
  const source = await workspace.folder('source');
  for (let at = 0; at < 4; at++) writeFileSync(join(source, `large-${at}`), randomBytes(48 * mib));
  workspace.init();
  const { snapshot } = expectDone(await workspace.here(['protect', source, '--json'])).json(protectResultSchema);
  const access = { location: workspace.repository, password: workspace.password };
  const target = workspace.path('out');
  await using connected = await connect(workspace);
  const { client } = connected;
  const { id } = await client.restoreRuns.create({ repository: access, selections: [{ snapshot }], target });
  const started = toTheEnd(await client.restoreRuns.start({ run: id, repository: access })).catch(
    (error: unknown) => error,
  );
  while (filesBelow(target) < 1) await sleep(1);
  const stopped = await client.restoreRuns.stop({ run: id });
  expect(await started).toMatchObject({ code: 'CANCELLED' });
  expect(stopped.state).toBe('cancelled');
  expect(filesBelow(target)).toBeGreaterThan(0);
  await toTheEnd(await client.restoreRuns.undo({ run: id }));
  expect(filesBelow(target)).toBe(0);
});
