import { expect, test } from 'vitest';
import { noHooks } from '../../../shared/model/hooks.ts';
import type { SourceDefinition } from '../../../shared/contract/sources.ts';
import { alice, makeCatalogHome } from '../../support/catalog-home.ts';

const definition: SourceDefinition = {
  kind: 'folder',
  name: 'docs',
  paths: ['/srv/docs'],
  excludes: [],
  excludeCaches: false,
  excludeLargerThanBytes: null,
  oneFileSystem: false,
  commands: noHooks,
  tags: [],
  rpoMs: null,
};

test('what an earlier version has stored of a source is read with all that there is now', async () => {
  await using home = await makeCatalogHome();
  const catalog = home.open();
  await catalog.write('configuration.begin', alice, { console: '0'.repeat(16) });
  const { tags: _tags, rpoMs: _rpoMs, ...rest } = definition;
  const earlier = { ...rest, commands: { before: "/usr/bin/freeze 'main db'", after: 'a | b' } };
  await catalog.write('registeredSources.add', alice, { source: earlier as unknown as SourceDefinition, atMs: 1 });
  const found = await catalog.read('registeredSources.find', alice, { name: 'docs' });
  expect(found).toMatchObject({
    tags: [],
    rpoMs: null,
    approved: true,
    commands: {
      ...noHooks,
      before: { kind: 'command', argv: ['/usr/bin/freeze', 'main db'] },
      after: { kind: 'shell', script: 'a | b' },
    },
  });
});

test('what is frozen stands there until it is thawed, for every engine but the one that has frozen it', async () => {
  await using home = await makeCatalogHome();
  const catalog = home.open();
  const after = { kind: 'shell' as const, script: 'thaw', timeoutMs: 1_000 };
  await catalog.write('openFreezes.begin', alice, { run: 'r', source: 'docs', after, engine: 'one', atMs: 5 });
  const left = (engine: string, source: string | null) => catalog.read('openFreezes.left', alice, { engine, source });
  expect(await left('one', null)).toEqual([]);
  expect(await left('two', 'docs')).toEqual([{ run: 'r', source: 'docs', after, atMs: 5 }]);
  expect(await left('two', 'other')).toEqual([]);
  expect(await catalog.read('openFreezes.left', { ...alice, tenant: 'bob' }, { engine: 'two', source: null })).toEqual(
    [],
  );
  await catalog.write('openFreezes.end', alice, { run: 'r' });
  expect(await left('two', null)).toEqual([]);
});
