import { join } from 'node:path';
import { expect, test } from 'vitest';
import type { SourceDefinition } from '../../shared/contract/sources.ts';
import { serveEngine, type ServedEngine } from '../../electron/engine/engine.ts';
import { noHooks } from '../../shared/model/hooks.ts';
import { makeWorkspace, type Workspace } from '../support/workspace.ts';

const program = (...argv: string[]) => ({ kind: 'command' as const, argv, timeoutMs: 60_000 });

const definition: SourceDefinition = {
  kind: 'folder',
  name: 'docs',
  paths: ['/srv/docs'],
  excludes: ['*.tmp'],
  excludeCaches: false,
  excludeLargerThanBytes: null,
  oneFileSystem: false,
  tags: [],
  rpoMs: null,
  commands: { ...noHooks, before: program('/usr/bin/true') },
};

async function start(workspace: Workspace, home: string): Promise<ServedEngine & AsyncDisposable> {
  const caller = { tenant: 'default', actor: 'test' };
  const engine = await serveEngine({
    home: join(workspace.home, home),
    caller,
    version: '0',
    onNotice: () => undefined,
  });
  return { ...engine, [Symbol.asyncDispose]: () => engine.close() };
}

test('a changed source is saved with the rest, and only commands that were typed here are approved', async () => {
  await using workspace = await makeWorkspace();
  const repository = { location: workspace.repository, password: workspace.password };
  const moved = { ...definition, paths: ['/srv/docs', '/srv/more'], excludes: [] };
  await using here = await start(workspace, 'one');
  await here.client.repository.init({ repository });
  const { source: added } = await here.client.sources.add({ repository, source: definition });
  const changed = await here.client.sources.update({ repository, source: moved });
  expect(changed).toMatchObject({ saved: true, source: { ...added, ...moved, approved: true } });

  await using there = await start(workspace, 'two');
  const { client } = there;
  const found = () => client.sources.find({ name: 'docs' });
  await client.configuration.recover({ repository });
  expect(await found()).toMatchObject({ ...moved, approved: false });
  // What came from the repository stays so, until somebody types other commands.
  await client.sources.update({ repository, source: definition });
  expect(await found()).toMatchObject({ ...definition, approved: false });
  const typed = { ...definition, commands: { ...noHooks, before: program('/usr/bin/sync') } };
  await client.sources.update({ repository, source: typed });
  expect(await found()).toMatchObject({ ...typed, approved: true });
  await client.sources.update({ repository, source: { ...typed, commands: noHooks } });
  expect(await found()).toMatchObject({ approved: null });
  const unknown = client.sources.update({ repository, source: { ...definition, name: 'other' } });
  await expect(unknown).rejects.toMatchObject({ code: 'SOURCE_UNKNOWN' });
});
