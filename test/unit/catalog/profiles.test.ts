import { expect, test } from 'vitest';
import type { Catalog } from '../../../electron/engine/catalog/catalog.ts';
import { presets } from '../../../shared/model/profile-presets.ts';
import type { ProfileDefinition } from '../../../shared/model/profile.ts';
import { alice, bob, makeCatalogHome } from '../../support/catalog-home.ts';
import { noHooks } from '../../../shared/model/hooks.ts';

const { standard, archive } = presets;

async function begun(catalog: Catalog): Promise<void> {
  for (const caller of [alice, bob]) await catalog.write('configuration.begin', caller, { console: '0'.repeat(16) });
}

async function addSource(catalog: Catalog, name: string, tags: string[] = []): Promise<void> {
  const source = {
    kind: 'folder' as const,
    name,
    paths: [`/srv/${name}`],
    excludes: [],
    excludeCaches: false,
    excludeLargerThanBytes: null,
    oneFileSystem: false,
    commands: noHooks,
    tags,
    rpoMs: null,
  };
  await catalog.write('registeredSources.add', alice, { source, atMs: 1 });
}

const codeOf = (work: Promise<unknown>) =>
  work.then(
    () => null,
    (error: unknown) => (error as { code?: string }).code ?? String(error),
  );

test('a profile is kept with who made it, and is of one tenant', async () => {
  await using home = await makeCatalogHome();
  const catalog = home.open();
  await begun(catalog);
  const added = await catalog.write('profiles.add', alice, { definition: standard, atMs: 5 });
  expect(await catalog.read('profiles.list', alice, null)).toEqual([added]);
  expect(added).toMatchObject({
    definition: standard,
    author: alice.actor,
    since: { daily: 5, weekly: 5, monthly: 5 },
  });
  expect(await catalog.read('profiles.list', bob, null)).toEqual([]);
  expect(await codeOf(catalog.write('profiles.add', alice, { definition: standard, atMs: 6 }))).toBe('PROFILE_EXISTS');
  const wrong = { ...standard, name: 'Other', zone: 'Nowhere/Town' };
  expect(await codeOf(catalog.write('profiles.add', alice, { definition: wrong, atMs: 6 }))).toBe('PROFILE_INVALID');
  expect(await catalog.write('profiles.add', bob, { definition: standard, atMs: 6 })).toMatchObject({
    author: bob.actor,
  });
});

test('only a period that comes at other times counts anew', async () => {
  await using home = await makeCatalogHome();
  const catalog = home.open();
  await begun(catalog);
  const { profile } = await catalog.write('profiles.add', alice, { definition: standard, atMs: 5 });
  const changed: ProfileDefinition = {
    ...standard,
    periods: standard.periods
      .filter(({ id }) => id !== 'monthly')
      .map((period) =>
        period.id === 'daily'
          ? { ...period, rule: { kind: 'daily', hour: 3, minute: 0 } }
          : { ...period, keep: 'forever', locked: true },
      ),
  };
  const first = await catalog.write('profiles.update', alice, { profile, definition: changed, atMs: 9 });
  expect(first.since).toEqual({ daily: 9, weekly: 5 });
  const again = await catalog.write('profiles.update', alice, { profile, definition: standard, atMs: 12 });
  expect(again.since).toEqual({ daily: 12, weekly: 5, monthly: 12 });
  const elsewhere = { ...standard, zone: 'Asia/Tokyo' };
  const moved = await catalog.write('profiles.update', alice, { profile, definition: elsewhere, atMs: 20 });
  expect(moved.since).toEqual({ daily: 20, weekly: 20, monthly: 20 });
  expect(await codeOf(catalog.write('profiles.update', bob, { profile, definition: standard, atMs: 21 }))).toBe(
    'PROFILE_UNKNOWN',
  );
});

test('the most particular assignment counts, and what is in use stays', async () => {
  await using home = await makeCatalogHome();
  const catalog = home.open();
  await begun(catalog);
  await addSource(catalog, 'photos', ['office']);
  const one = await catalog.write('profiles.add', alice, { definition: standard, atMs: 5 });
  const other = await catalog.write('profiles.add', alice, { definition: archive, atMs: 5 });
  const assign = (scope: 'source' | 'tag' | 'tenant', subject: string, profile: string | null) =>
    catalog.write('profiles.assign', alice, { scope, subject, profile, assignedAtMs: 7 });
  const effective = async (): Promise<unknown> => {
    const found = await catalog.read('profiles.effective', alice, { name: 'photos', tags: ['office'] });
    return found === null ? null : [found.profile.definition.name, found.from.scope];
  };
  expect(await effective()).toBeNull();
  await assign('tenant', '', one.profile);
  expect(await effective()).toEqual(['Standard', 'tenant']);
  await assign('tag', 'office', other.profile);
  expect(await effective()).toEqual(['Archive', 'tag']);
  await assign('source', 'photos', one.profile);
  expect(await effective()).toEqual(['Standard', 'source']);
  await assign('source', 'photos', null);
  expect(await effective()).toEqual(['Archive', 'tag']);

  expect(await codeOf(assign('source', 'nobody', one.profile))).toBe('SOURCE_UNKNOWN');
  expect(await codeOf(assign('tag', 'office', 'f'.repeat(16)))).toBe('PROFILE_UNKNOWN');
  expect(await codeOf(assign('tag', '../x', one.profile))).toBe('BAD_USAGE');
  expect(await codeOf(catalog.write('profiles.remove', alice, { profile: other.profile }))).toBe('PROFILE_IN_USE');
  await assign('tag', 'office', null);
  await catalog.write('profiles.remove', alice, { profile: other.profile });
  expect(await effective()).toEqual(['Standard', 'tenant']);
});

test('a source that is removed leaves no profile to another one of its name', async () => {
  await using home = await makeCatalogHome();
  const catalog = home.open();
  await begun(catalog);
  await addSource(catalog, 'photos');
  const { profile } = await catalog.write('profiles.add', alice, { definition: archive, atMs: 5 });
  await catalog.write('profiles.assign', alice, { scope: 'source', subject: 'photos', profile, assignedAtMs: 7 });
  await catalog.write('registeredSources.remove', alice, { name: 'photos' });
  await addSource(catalog, 'photos');
  expect(await catalog.read('profiles.effective', alice, { name: 'photos', tags: [] })).toBeNull();
});
