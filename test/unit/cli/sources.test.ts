import { join } from 'node:path';
import { expect, test } from 'vitest';
import type { RegisteredSource } from '../../../shared/contract/sources.ts';
import { access, configured, eventsOf, makeScene } from './harness.ts';
import { protectResult } from './samples.ts';
import { noHooks } from '../../../shared/model/hooks.ts';

const source: RegisteredSource = {
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
  addedAt: '2026-01-01T00:00:00.000Z',
  addedBy: 'cli:alice',
  approved: null,
};

test('the properties of a source become what the contract asks for', async () => {
  const handlers = { 'sources.add': () => ({ source, saved: true, notices: [] }) };
  await using scene = await makeScene({ handlers });
  const properties = ['path=docs', 'path=/srv/x=y', 'exclude=*.tmp', 'exclude-larger-than=1M', 'one-file-system=yes'];
  const set = properties.flatMap((text) => ['--set', text]);
  expect(await scene.holdfast('source', 'add', 'folder', '--name', 'docs', ...set)).toBe(0);
  const { addedAt: _at, addedBy: _by, approved: _approved, ...plain } = source;
  const expected = {
    ...plain,
    paths: [join(scene.folder, 'docs'), '/srv/x=y'],
    excludes: ['*.tmp'],
    excludeLargerThanBytes: 1024 * 1024,
    oneFileSystem: true,
  };
  expect(scene.calls).toEqual([{ name: 'sources.add', input: { repository: access, source: expected, secrets: [] } }]);
});

test.each([
  [['--set', 'path'], 'key=value'],
  [['--set', 'path='], 'key=value'],
  [['--set', 'colour=red'], 'has no colour'],
  [['--set', 'exclude=*.tmp'], 'needs --set path'],
  [['--set', 'path=/a', '--set', 'one-file-system=maybe'], 'yes or no'],
  [['--set', 'path=/a', '--set', 'before=a', '--set', 'before=b'], 'once'],
  [['--set', 'path=/a', '--set', 'before=a | b'], 'no shell looks at it'],
  [['--set', 'path=/a', '--set', 'before=./a'], 'whole path'],
  [['--set', 'path=/a', '--set', 'before=["a", 1]'], 'JSON list'],
  [['--set', 'path=/a', '--set', 'before=a', '--set', 'before-shell=b'], 'one hook before'],
  [['--set', 'path=/a', '--set', 'after-webhook=http://me:secret@h/'], 'without a name or password'],
  [['--set', 'path=/a', '--set', 'before=a', '--set', 'before-timeout=2d'], 'from 1 s to 1 h'],
])('%j is refused before anything is opened', async (properties, words) => {
  await using scene = await makeScene();
  expect(await scene.holdfast('source', 'add', 'folder', '--name', 'docs', ...properties)).toBe(2);
  expect(scene.stderr.text).toContain(words);
  expect(scene.opened).toBe(0);
});

test('a source on GitHub has its own properties, and its token comes from the environment', async () => {
  const kept: { secretsKept: 'environment' } = { secretsKept: 'environment' };
  const handlers = { 'sources.add': () => ({ source, ...kept, saved: true, notices: [] }) };
  await using scene = await makeScene({ handlers, env: { ...configured, GH: 'ghp_secret' } });
  const properties = ['owner=acme', 'exclude=*-old', 'forks=no', 'pushed-within=36h', 'wiki=no', 'pull-refs=yes'];
  const set = properties.flatMap((text) => ['--set', text]);
  expect(await scene.holdfast('source', 'add', 'github', '--name', 'acme', ...set, '--secret', 'token=env:GH')).toBe(0);
  expect(scene.calls).toEqual([
    {
      name: 'sources.add',
      input: {
        repository: access,
        source: {
          kind: 'github',
          name: 'acme',
          commands: noHooks,
          tags: [],
          rpoMs: null,
          mirrors: null,
          lfs: true,
          pullRefs: true,
          verifyEveryDays: 7,
          exceptions: [],
          owner: 'acme',
          api: 'https://api.github.com',
          app: null,
          filters: {
            include: [],
            exclude: ['*-old'],
            topics: [],
            visibility: 'all',
            forks: false,
            archived: true,
            pushedWithinDays: 2,
          },
          parts: { wiki: false, issues: true, releases: true },
        },
        secrets: [{ key: 'token', value: 'ghp_secret', variable: 'GH' }],
      },
    },
  ]);
  expect(scene.stderr.text).toContain('each run reads GH from its environment');
  expect(scene.stderr.text + scene.stdout.text).not.toContain('ghp_secret');
});

test.each([
  ['github', [], 'needs --set owner'],
  ['github', ['--set', 'owner=../x'], 'owner is not as it should be'],
  ['github', ['--set', 'owner=acme', '--set', 'api=http://example.org'], 'api is not as it should be'],
  ['github', ['--set', 'owner=acme', '--set', 'app=1'], 'both app and installation'],
  ['github', ['--set', 'owner=acme', '--set', 'visibility=some'], 'visibility is not as it should be'],
  ['github', ['--set', 'owner=acme', '--secret', 'password=env:HOLDFAST_PASSWORD'], 'token or app-key'],
  ['git', [], 'needs --set url'],
  ['git', ['--set', 'url=ext::sh -c x'], 'url is not as it should be'],
  ['git', ['--set', 'url=https://u:p@example.org/x'], 'url is not as it should be'],
  ['git', ['--set', 'path=/a'], 'A git source has no path'],
  ['svn', [], 'folder, git, github'],
])('a %s source with %j is refused before anything is opened', async (kind, options, words) => {
  await using scene = await makeScene();
  expect(await scene.holdfast('source', 'add', kind, '--name', 'x', ...options)).toBe(2);
  expect(scene.stderr.text).toContain(words);
  expect(scene.opened).toBe(0);
});

test('hooks become what the contract asks for, and are shown as they run', async () => {
  const handlers = {
    'sources.add': ({ source: given }: { source: object }) => ({
      source: { ...source, ...given, approved: true },
      saved: true,
      notices: [],
    }),
  };
  await using scene = await makeScene({ handlers });
  const add = async (...properties: string[]) => {
    const set = ['path=/a', ...properties].flatMap((text) => ['--set', text]);
    expect(await scene.holdfast('source', 'add', 'folder', '--name', 'docs', ...set)).toBe(0);
    const [{ input } = { input: null }] = scene.calls.slice(-1);
    return (input as { source: RegisteredSource }).source.commands;
  };
  const timeoutMs = 60_000;
  expect(await add("before=/bin/freeze 'main db'", 'after-shell=thaw | tee log', 'before-timeout=90s')).toEqual({
    ...noHooks,
    before: { kind: 'command', argv: ['/bin/freeze', 'main db'], timeoutMs: 90_000 },
    after: { kind: 'shell', script: 'thaw | tee log', timeoutMs },
  });
  const odd = ['/bin/x', 'two\nlines', "it's", ''];
  expect(
    await add(
      `before=${JSON.stringify(odd)}`,
      'after-webhook=https://h/x?y=z',
      'hooks-required=yes',
      'maximum-hold=5m',
    ),
  ).toEqual({
    before: { kind: 'command', argv: odd, timeoutMs },
    after: { kind: 'webhook', url: 'https://h/x?y=z', timeoutMs },
    required: true,
    maximumHoldMs: 300_000,
  });
});

test('a name that breaks the rules is refused by the contract', async () => {
  await using scene = await makeScene();
  expect(await scene.holdfast('source', 'add', 'folder', '--name', '../docs', '--set', 'path=/a')).toBe(2);
  expect(scene.stderr.text).toContain('a name is of letters');
  expect(scene.calls).toEqual([]);
});

test('a registered name is protected as that source, and a path of the same name as a path', async () => {
  const handlers = {
    'sources.find': () => source,
    'protection.protect': () => eventsOf({ type: 'done', result: protectResult }),
  };
  await using scene = await makeScene({ handlers });
  expect(await scene.holdfast('protect', 'docs')).toBe(0);
  expect(scene.calls.at(-1)?.input).toMatchObject({ paths: [], registered: 'docs' });
  expect(await scene.holdfast('protect', './docs')).toBe(0);
  expect(scene.calls.at(-1)?.input).toMatchObject({ paths: [join(scene.folder, 'docs')] });
  expect(await scene.holdfast('protect', 'docs', '--exclude', '*.tmp')).toBe(2);
  expect(await scene.holdfast('protect', 'docs', '/srv/other')).toBe(2);
});

test('a secret typed as an argument is refused and not repeated', async () => {
  await using scene = await makeScene({ env: { ...configured, HOLDFAST_PASSPHRASE: 'p', EMPTY: '' } });
  for (const secret of ['hunter2', 'token=hunter2', 'token=env:hunter-2', 'token=env:EMPTY']) {
    expect(await scene.holdfast('credential', 'set', 'github', '--secret', secret)).toBe(2);
  }
  expect(scene.stdout.text + scene.stderr.text).not.toContain('hunter');
  expect(scene.opened).toBe(0);
});

test('a passphrase is asked once for a store that exists, twice for one that is made', async () => {
  const handlers = {
    'credentials.list': () => ({ exists: false, credentials: [] }),
    'credentials.set': () => ({ saved: false, notices: ['not in the repository'] }),
    'credentials.remove': () => ({ saved: true, notices: [] }),
  };
  const env = { ...configured, TOKEN: 'secret' };
  await using scene = await makeScene({ env, handlers, typed: ['p', 'p'] });
  expect(await scene.holdfast('credential', 'set', 'github', '--secret', 'token=env:TOKEN')).toBe(0);
  expect(scene.questions).toHaveLength(2);
  expect(scene.calls.at(-1)?.input).toMatchObject({ passphrase: 'p', values: [{ key: 'token', value: 'secret' }] });
  expect(scene.stderr.text).toContain('Warning: not in the repository');
  handlers['credentials.list'] = () => ({ exists: true, credentials: [] });
  await using later = await makeScene({ env, handlers, typed: ['p'] });
  expect(await later.holdfast('credential', 'remove', 'github')).toBe(0);
  expect(later.questions).toHaveLength(1);
});

test('a change of a source keeps what it does not name', async () => {
  const before = { ...source, excludes: ['*.tmp'], oneFileSystem: true, excludeLargerThanBytes: 5, approved: true };
  const sync = { kind: 'command' as const, argv: ['/usr/bin/sync'], timeoutMs: 90_000 };
  const commands = { ...noHooks, before: sync, required: true };
  const handlers = {
    'sources.find': () => ({ ...before, commands }),
    'sources.update': ({ source: next }: { source: object }) => ({
      source: { ...before, ...next },
      saved: true,
      notices: [],
    }),
  };
  await using scene = await makeScene({ handlers });
  const args = ['--set', 'path=docs', '--set', 'exclude=*.log', '--unset', 'exclude-larger-than', '--unset', 'before'];
  expect(await scene.holdfast('source', 'set', 'docs', ...args)).toBe(0);
  const { addedAt: _at, addedBy: _by, approved: _approved, ...plain } = source;
  expect(scene.calls.at(-1)).toEqual({
    name: 'sources.update',
    input: {
      repository: access,
      source: {
        ...plain,
        paths: [join(scene.folder, 'docs')],
        excludes: ['*.log'],
        oneFileSystem: true,
        commands: { ...noHooks, required: true },
      },
      secrets: [],
    },
  });
  expect(await scene.holdfast('source', 'set', 'docs', '--set', 'one-file-system=no')).toBe(0);
  expect(scene.calls.at(-1)?.input).toMatchObject({ source: { oneFileSystem: false, excludes: ['*.tmp'], commands } });
});

test.each([
  [[], 'Nothing to change'],
  [['--unset', 'colour'], 'has no colour'],
  [['--set', 'before=a', '--unset', 'before'], 'both set and taken away'],
])('a change of %j is refused before anything is opened', async (args, words) => {
  await using scene = await makeScene();
  expect(await scene.holdfast('source', 'set', 'docs', ...args)).toBe(2);
  expect(scene.stderr.text).toContain(words);
  expect(scene.opened).toBe(0);
});

test('a source cannot lose all its paths, and one that is not there cannot change', async () => {
  await using scene = await makeScene({ handlers: { 'sources.find': () => source } });
  expect(await scene.holdfast('source', 'set', 'docs', '--unset', 'path')).toBe(2);
  expect(scene.stderr.text).toContain('needs --set path');
  await using empty = await makeScene({ handlers: { 'sources.find': () => null } });
  expect(await empty.holdfast('source', 'set', 'docs', '--set', 'path=/a')).toBe(1);
  expect(empty.stderr.text).toContain('SOURCE_UNKNOWN');
});
