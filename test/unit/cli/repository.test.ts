import { join } from 'node:path';
import { describe, expect, it } from 'vitest';
import { access, configured, eventsOf, id, makeScene, type Handlers } from './harness.ts';
import { checkResult, issue } from './samples.ts';

const info = { id: id('c'), location: '/srv/repository', version: 2 };

describe('init', () => {
  const handlers: Handlers = { 'repository.init': () => info };

  it.each([
    [['init'], '/srv/repository'],
    [['init', '--repository', '/elsewhere'], '/elsewhere'],
    [['init', '/elsewhere'], '/elsewhere'],
    [['init', 'local:/elsewhere'], '/elsewhere'],
  ])('creates the repository that is named: %j', async (argv, location) => {
    await using scene = await makeScene({ handlers });
    expect(await scene.holdfast(...argv)).toBe(0);
    expect(scene.calls[0]?.input).toEqual({ repository: { location, password: 'secret' }, version: 2 });
    expect(scene.stdout.text).toBe('Repository cccccccc created at /srv/repository (format version 2).\n');
  });

  it('resolves a relative folder, and takes the default one when none is named', async () => {
    await using scene = await makeScene({ env: { HOLDFAST_PASSWORD: 'secret' }, handlers });
    await scene.holdfast('init', 'repo');
    await scene.holdfast('init');
    const locations = [join(scene.folder, 'repo'), join(scene.folder, 'home/.holdfast/repository')];
    expect(scene.calls.map(({ input }) => input)).toEqual(
      locations.map((location) => ({ repository: { location, password: 'secret' }, version: 2 })),
    );
  });

  it.each([
    [['init', 'b2:bucket:path'], 'REPOSITORY_KIND_UNSUPPORTED'],
    [['init', '--repository', 's3:host'], 'LOCATION_INVALID'],
    [['--repository', 'nas:/r', 'stats'], 'REPOSITORY_KIND_UNSUPPORTED'],
  ])('makes no folder of an address, and asks for no password: %j', async (argv, code) => {
    await using scene = await makeScene({ env: {}, typed: [], handlers });
    expect(await scene.holdfast(...argv)).toBe(2);
    expect(scene.stderr.text).toContain(`Error ${code}`);
    expect([scene.opened, scene.questions]).toEqual([0, []]);
  });

  it('asks for the new password twice', async () => {
    await using scene = await makeScene({ env: {}, typed: ['pw', 'pw'], handlers });
    expect(await scene.holdfast('init', '/r')).toBe(0);
    expect(scene.questions).toHaveLength(2);
    expect(scene.stderr.text).toContain('nobody can recover');
  });

  it('is refused when the repository is named twice or without a password', async () => {
    await using scene = await makeScene({ env: {}, handlers });
    expect(await scene.holdfast('init', '/a', '--repository', '/b')).toBe(2);
    expect(await scene.holdfast('init', '/a')).toBe(2);
    expect(scene.stderr.text).toContain('Error NO_PASSWORD');
    expect(scene.opened).toBe(0);
  });
});

describe('check', () => {
  const checking = (result: unknown): Handlers => ({
    'repository.check': () => eventsOf({ type: 'done', result }),
  });

  it.each([
    [['check'], 0],
    [['check', '--read-data'], 100],
    [['check', '--read-data-subset', '5%'], 5],
    [['check', '--read-data-subset=2.5'], 2.5],
  ])('reads as much as it is told to: %j', async (argv, readDataPercent) => {
    await using scene = await makeScene({ handlers: checking(checkResult) });
    expect(await scene.holdfast(...argv)).toBe(0);
    expect(scene.calls[0]?.input).toEqual({ repository: access, readDataPercent, detach: false });
  });

  it.each([
    [['check', '--read-data', '--read-data-subset', '5%']],
    [['check', '--read-data-subset', '0%']],
    [['check', '--read-data-subset', 'some']],
  ])('refuses what cannot be meant: %j', async (argv) => {
    await using scene = await makeScene({ handlers: checking(checkResult) });
    expect(await scene.holdfast(...argv)).toBe(2);
    expect(scene.opened).toBe(0);
  });

  it('says that it did not read the data unless it did', async () => {
    await using scene = await makeScene({ handlers: checking(checkResult) });
    await scene.holdfast('check');
    expect(scene.stdout.text).toBe(
      'No damage found in 2 snapshots, 10 folders, 4 packs.\n' +
        'Structure only: stored data was not read (--read-data reads it).\n',
    );
    await using whole = await makeScene({ handlers: checking({ ...checkResult, packsRead: 4, bytesRead: 4096 }) });
    await whole.holdfast('check', '--read-data');
    expect(whole.stdout.text).toContain('Read and verified 4 of 4 packs, 4.0 KiB.');
  });

  it('is exit code 1 with the names of what is damaged', async () => {
    await using scene = await makeScene({ handlers: checking({ ...checkResult, errors: [issue] }) });
    expect(await scene.holdfast('check', '--quiet')).toBe(1);
    expect(scene.stderr.text).toContain('Damage found: 1 error');
    expect(scene.stderr.text).toContain('/data/secret');
    expect(scene.stdout.text).not.toContain('No damage');
  });

  it('is exit code 0 when there are only leftovers', async () => {
    await using scene = await makeScene({ handlers: checking({ ...checkResult, hints: [issue] }) });
    expect(await scene.holdfast('check')).toBe(0);
    expect(scene.stderr.text).toContain('1 harmless leftover');
  });

  it('prints the result with --json, damage or not', async () => {
    const result = { ...checkResult, errors: [issue] };
    await using scene = await makeScene({ handlers: checking(result) });
    expect(await scene.holdfast('check', '--json')).toBe(1);
    expect(JSON.parse(scene.stdout.text)).toEqual(result);
  });
});

it('shows what the repository takes on disk', async () => {
  const result = {
    snapshots: 3,
    storedBytes: 1024 ** 3,
    packs: 70,
    blobs: 12_345,
    uniqueBytes: 2 * 1024 ** 3,
    folderBytes: 1024 ** 2,
    restorableBytes: 6 * 1024 ** 3,
    unreadableFolders: 0,
    deduplicationRatio: 3,
    compressionRatio: null,
  };
  await using scene = await makeScene({ handlers: { 'repository.stats': () => result } });
  expect(await scene.holdfast('stats')).toBe(0);
  expect(scene.stdout.text).toContain('  on disk        1.0 GiB in 70 packs, 12,345 blobs\n');
  expect(scene.stdout.text).toContain(' 2.0 GiB of files without duplicates, 1.0 MiB describing folders, before compr');
  expect(scene.stdout.text).toContain('  deduplication  3.00 : 1\n  compression    –\n');
});

it('says when stats could not count everything', async () => {
  const sizes = { storedBytes: 1, uniqueBytes: 0, folderBytes: 0, restorableBytes: 0, unreadableFolders: 2 };
  const result = { snapshots: 3, packs: 1, blobs: 0, ...sizes, deduplicationRatio: null, compressionRatio: null };
  await using scene = await makeScene({ handlers: { 'repository.stats': () => result } });
  expect(await scene.holdfast('stats')).toBe(3);
  expect(scene.stderr.text).toContain('Warning: 2 folders could not be read');
});

it('removes dead locks, or all of them', async () => {
  await using scene = await makeScene({ handlers: { 'repository.unlock': () => ({ removed: 1 }) } });
  await scene.holdfast('unlock');
  await scene.holdfast('unlock', '--all', '--json');
  expect(scene.calls.map(({ input }) => input)).toEqual([
    { repository: access, all: false },
    { repository: access, all: true },
  ]);
  expect(scene.stdout.text).toBe('Removed 1 dead lock.\n{\n  "removed": 1\n}\n');
});

describe('key', () => {
  const key = {
    id: id('d'),
    createdAt: '2026-03-04T05:06:07Z',
    username: 'al\u001bice',
    hostname: 'nas',
    current: true,
  };
  const handlers: Handlers = {
    'keys.list': () => [key, { ...key, id: id('e'), username: 'bob', current: false }],
    'keys.add': () => key,
    'keys.remove': () => key,
    'keys.passwd': () => key,
  };

  it('list shows whose keys there are, and which is in use', async () => {
    await using scene = await makeScene({ handlers });
    expect(await scene.holdfast('key', 'list')).toBe(0);
    expect(scene.stdout.text).toBe(
      [
        'ID        CREATED              USER       HOST',
        'dddddddd  2026-03-04 05:06:07  al\\x1bice  nas   in use',
        'eeeeeeee  2026-03-04 05:06:07  bob        nas',
        '',
      ].join('\n'),
    );
  });

  it.each(['add', 'passwd'])('%s takes the new password from the environment, else asks twice', async (command) => {
    await using given = await makeScene({ env: { ...configured, HOLDFAST_NEW_PASSWORD: 'next' }, handlers });
    expect(await given.holdfast('key', command)).toBe(0);
    expect(given.calls).toEqual([{ name: `keys.${command}`, input: { repository: access, newPassword: 'next' } }]);
    await using asked = await makeScene({ typed: ['typed', 'typed'], handlers });
    expect(await asked.holdfast('key', command)).toBe(0);
    expect(asked.calls[0]?.input).toMatchObject({ newPassword: 'typed' });
    await using neither = await makeScene({ handlers });
    expect(await neither.holdfast('key', command)).toBe(2);
    expect(neither.stderr.text).toContain('HOLDFAST_NEW_PASSWORD_FILE');
    expect(neither.opened).toBe(0);
  });

  it('remove passes the id through', async () => {
    await using scene = await makeScene({ handlers });
    expect(await scene.holdfast('key', 'remove', 'dd')).toBe(0);
    expect(scene.calls[0]?.input).toEqual({ repository: access, key: 'dd' });
  });

  it('alone shows what there is, as a usage error', async () => {
    await using scene = await makeScene({ handlers });
    expect(await scene.holdfast('key')).toBe(2);
    expect(scene.stderr.text).toContain('passwd');
  });
});
