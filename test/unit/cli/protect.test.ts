import { mkdir, readFile, writeFile } from 'node:fs/promises';
import { join } from 'node:path';
import { describe, expect, it } from 'vitest';
import { errorCatalog, HoldfastError } from '../../../shared/model/errors.ts';
import { access, configured, eventsOf, id, makeScene, type Handlers } from './harness.ts';
import { issue, protectResult } from './samples.ts';

const protecting = (result: unknown = protectResult, ...before: unknown[]): Handlers => ({
  'protection.protect': () => eventsOf(...before, { type: 'done', result }),
  'repository.init': () => ({ id: id('c'), location: '/somewhere', version: 2 }),
});

describe('the arguments of protect', () => {
  it('reach the contract with defaults, paths being absolute', async () => {
    await using scene = await makeScene({ handlers: protecting() });
    expect(await scene.holdfast('protect', 'docs/./x', '/data')).toBe(0);
    expect(scene.calls).toEqual([
      {
        name: 'protection.protect',
        input: {
          repository: access,
          paths: [join(scene.folder, 'docs/x'), '/data'],
          excludes: [],
          excludeCaches: false,
          oneFileSystem: false,
          tags: [],
          allowEmpty: false,
          allowUnmounted: false,
          force: false,
          hooks: true,
          detach: false,
        },
      },
    ]);
  });

  it('reach the contract with every option', async () => {
    await using scene = await makeScene({ handlers: protecting() });
    const options = ['--source', 'documents', '--exclude', '*.tmp', '--exclude', '/cache', '--exclude-caches'];
    options.push('--exclude-larger-than', '1.5G', '--one-file-system', '--tag', 'a', '--tag', 'b');
    options.push('--allow-empty', '--allow-unmounted', '--force', '--no-hooks');
    expect(await scene.holdfast('protect', '/data', ...options)).toBe(0);
    expect(scene.calls[0]?.input).toEqual({
      repository: access,
      paths: ['/data'],
      source: 'documents',
      excludes: ['*.tmp', '/cache'],
      excludeCaches: true,
      excludeLargerThanBytes: 1.5 * 1024 ** 3,
      oneFileSystem: true,
      tags: ['a', 'b'],
      allowEmpty: true,
      allowUnmounted: true,
      force: true,
      hooks: false,
      detach: false,
    });
  });

  it('carry the tenant, the account and the home', async () => {
    await using scene = await makeScene({
      env: { ...configured, HOLDFAST_HOME: 'state' },
      handlers: protecting(),
    });
    await scene.holdfast('protect', '/data');
    expect(scene.callers).toEqual([{ tenant: 'default', actor: 'cli:alice' }]);
    expect(scene.homes).toEqual([join(scene.folder, 'state')]);
    expect([scene.opened, scene.closed]).toEqual([1, 1]);
  });

  it.each([
    [['protect'], "Missing required argument 'path'"],
    [['protect', ''], 'empty'],
    [['protect', '/data', '--exclude-larger-than', 'huge'], '500M'],
    [['protect', '/data', '--tag', 'a,b'], 'comma'],
    [['protect', '/data', '--tag', 'holdfast:kind=configuration'], 'holdfast:'],
    [['protect', '/data', '--source', ''], '1 to 200'],
    [['protect', '/data', '--frobnicate'], '--frobnicate'],
  ])('that cannot be meant are refused before anything is opened: %j', async (argv, words) => {
    await using scene = await makeScene({ handlers: protecting() });
    expect(await scene.holdfast(...argv)).toBe(2);
    expect(scene.stderr.text).toMatch(/^Error BAD_USAGE: /);
    expect(scene.stderr.text).toContain(words);
    expect([scene.opened, scene.stdout.text]).toEqual([0, '']);
  });
});

describe('the answer of protect', () => {
  it('is a short summary', async () => {
    await using scene = await makeScene({ handlers: protecting() });
    await scene.holdfast('protect', '/data');
    expect(scene.stdout.text).toBe(
      [
        'Snapshot aaaaaaaa of documents: complete',
        '  taken       2026-03-04 05:06:07',
        '  files       12 new, 3 changed, 1,204 unmodified',
        '  folders     1 new, 2 changed, 30 unmodified',
        '  size        3.0 GiB',
        '  added       2.0 KiB, stored as 1.0 KiB',
        '  time        12 s',
        '  repository  /srv/repository',
        '',
      ].join('\n'),
    );
    expect(scene.stderr.text).toBe('');
  });

  it('is the result itself with --json, and nothing else on standard output', async () => {
    await using scene = await makeScene({ handlers: protecting(protectResult, { type: 'notice', text: 'Hello' }) });
    expect(await scene.holdfast('--json', 'protect', '/data')).toBe(0);
    expect(JSON.parse(scene.stdout.text)).toEqual(protectResult);
    expect(scene.stderr.text).toBe('Hello\n');
  });

  it('is nothing with --quiet when all went well', async () => {
    await using scene = await makeScene({ handlers: protecting(protectResult, { type: 'notice', text: 'Hello' }) });
    expect(await scene.holdfast('protect', '/data', '-q')).toBe(0);
    expect(scene.stdout.text + scene.stderr.text).toBe('');
  });

  it('is exit code 3 and the names of what is missing when the snapshot is partial', async () => {
    const partial = { ...protectResult, status: 'partial', issues: [issue] };
    await using scene = await makeScene({ handlers: protecting(partial, { type: 'issue', issue }) });
    expect(await scene.holdfast('protect', '/data', '--quiet')).toBe(3);
    expect(scene.stderr.text).toContain('partial: 1 thing');
    expect(scene.stderr.text).toContain('/data/secret: It cannot be opened. (NO_PERMISSION)');
  });

  it('is exit code 0 when only accepted exceptions are missing', async () => {
    const result = { ...protectResult, status: 'completeWithExceptions', issues: [issue] };
    await using scene = await makeScene({ handlers: protecting(result) });
    expect(await scene.holdfast('protect', '/data')).toBe(0);
    expect(scene.stdout.text).toContain('complete with exceptions');
  });

  it('names fifty problems at most, and says how many more there are', async () => {
    const issues = Array.from({ length: 60 }, (_, index) => ({ ...issue, path: `/data/${index}` }));
    await using scene = await makeScene({ handlers: protecting({ ...protectResult, status: 'partial', issues }) });
    await scene.holdfast('protect', '/data');
    expect(scene.stderr.text).toContain('/data/49:');
    expect(scene.stderr.text).not.toContain('/data/50:');
    expect(scene.stderr.text).toContain('10 more; --json');
  });
});

describe('a first protect without a repository', () => {
  it('asks for a password twice and creates the default one', async () => {
    await using scene = await makeScene({ env: {}, typed: ['open sesame', 'open sesame'], handlers: protecting() });
    expect(await scene.holdfast('protect', '/')).toBe(0);
    const location = join(scene.folder, 'home/.holdfast/repository');
    expect(scene.calls.map(({ name }) => name)).toEqual(['repository.init', 'protection.protect']);
    expect(scene.calls[0]?.input).toEqual({ repository: { location, password: 'open sesame' }, version: 2 });
    expect(scene.questions).toHaveLength(2);
    expect(scene.stderr.text).toContain(location);
    expect(scene.stderr.text).toContain('nobody can recover');
    expect(scene.stderr.text).toContain('same disk');
  });

  it('asks again when the two passwords differ, three times at most', async () => {
    await using again = await makeScene({ env: {}, typed: ['a', 'b', '', 'c', 'c'], handlers: protecting() });
    expect(await again.holdfast('protect', '/')).toBe(0);
    expect(again.calls[0]?.input).toMatchObject({ repository: { password: 'c' } });
    await using never = await makeScene({ env: {}, typed: ['a', 'b', 'a', 'b', 'a', 'b'], handlers: protecting() });
    expect(await never.holdfast('protect', '/')).toBe(2);
    expect(never.opened).toBe(0);
  });

  it('takes the password that is set, without a terminal, and says what it does', async () => {
    await using scene = await makeScene({ env: { HOLDFAST_PASSWORD: 'secret' }, handlers: protecting() });
    expect(await scene.holdfast('protect', '/')).toBe(0);
    expect(scene.calls[0]).toMatchObject({ name: 'repository.init', input: { repository: { password: 'secret' } } });
    expect(scene.stderr.text).toContain('nobody can recover');
  });

  it('says what to set when there is neither a password nor a terminal', async () => {
    await using scene = await makeScene({ env: { HOLDFAST_HOME: '/var/lib/holdfast-none' }, handlers: protecting() });
    expect(await scene.holdfast('protect', '/')).toBe(2);
    expect(scene.stderr.text).toMatch(/^Error NO_PASSWORD: /);
    expect(scene.stderr.text).toContain('/var/lib/holdfast-none/repository');
    expect(scene.stderr.text).toContain('HOLDFAST_PASSWORD');
    expect(scene.stderr.text).toContain('HOLDFAST_REPOSITORY');
    expect(scene.opened).toBe(0);
  });

  it('never takes a default repository that has lost files for a free place', async () => {
    await using scene = await makeScene({ env: { HOLDFAST_PASSWORD: 'secret' }, handlers: protecting() });
    await mkdir(join(scene.folder, 'home/.holdfast/repository/data'), { recursive: true });
    await scene.holdfast('protect', '/');
    expect(scene.calls.map(({ name }) => name)).toEqual(['protection.protect']);
  });

  it('does not go on when the repository cannot be created', async () => {
    const handlers: Handlers = {
      'repository.init': () => {
        throw new HoldfastError('READ_ONLY', 'The folder cannot be made.');
      },
    };
    await using scene = await makeScene({ env: { HOLDFAST_PASSWORD: 'secret' }, handlers });
    expect(await scene.holdfast('protect', '/')).toBe(1);
    expect(scene.stderr.text).toContain(
      `Error READ_ONLY: The folder cannot be made.\n${errorCatalog.READ_ONLY.meaning}\n${errorCatalog.READ_ONLY.action}\n`,
    );
    expect([scene.calls.length, scene.closed]).toEqual([1, 1]);
  });
});

it('never prints the password', async () => {
  await using scene = await makeScene({ env: { HOLDFAST_PASSWORD_FILE: 'pw', HOLDFAST_DEBUG: '1' } });
  await writeFile(join(scene.folder, 'pw'), 'correct horse\n');
  expect(await scene.holdfast('protect', '/data')).toBe(1);
  expect(await readFile(join(scene.folder, 'pw'), 'utf8')).toContain('correct horse');
  expect(scene.stdout.text + scene.stderr.text).not.toContain('correct horse');
});
