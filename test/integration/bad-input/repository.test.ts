import { existsSync, mkdirSync, readFileSync, rmSync, writeFileSync } from 'node:fs';
import { chmod, rename } from 'node:fs/promises';
import { join } from 'node:path';
import { describe, expect, test } from 'vitest';
import {
  commands,
  commandsInTurn,
  expectNothingLost,
  expectRefused,
  isRoot,
  prepare,
  watchRepository,
} from '../../support/bad-input.ts';
import { describeTree, diffTrees } from '../../support/describe-tree.ts';
import { mustRun } from '../../support/processes.ts';
import { createRepository } from '../../support/restic-repository.ts';
import { makeWorkspace, type Workspace } from '../../support/workspace.ts';

describe('a wrong password', () => {
  test('is said by every command, and changes nothing', async () => {
    await using workspace = await prepare();
    const before = describeTree(workspace.repository, { attributes: false });
    for (const args of commands(workspace)) {
      await expectRefused(workspace, args, ['WRONG_PASSWORD'], { env: { HOLDFAST_PASSWORD: 'wrong' } });
    }
    expect(diffTrees(before, describeTree(workspace.repository, { attributes: false }))).toEqual([]);
    expect(existsSync(workspace.path('restored'))).toBe(false);
    await expectNothingLost(workspace);
  });

  test('without --json, the failure is said on standard error only', async () => {
    await using workspace = await prepare();
    const result = await workspace.here(['snapshots'], { env: { HOLDFAST_PASSWORD: 'wrong' } });
    expect(result.code).toBe(1);
    expect(result.stdout).toBe('');
    expect(result.stderr).toContain('WRONG_PASSWORD');
  });

  test('a missing password is bad usage', async () => {
    await using workspace = await prepare();
    await expectRefused(workspace, ['snapshots'], ['NO_PASSWORD'], { env: { HOLDFAST_PASSWORD: undefined } });
    await expectRefused(workspace, ['snapshots'], ['NO_PASSWORD'], { env: { HOLDFAST_PASSWORD: '' } });
    const missing = { HOLDFAST_PASSWORD: undefined, HOLDFAST_PASSWORD_FILE: workspace.path('no such file') };
    await expectRefused(workspace, ['snapshots'], ['NO_PASSWORD'], { env: missing });
  });
});

describe('a place that is no repository', () => {
  const places: Readonly<Record<string, (workspace: Workspace) => unknown>> = {
    'an empty folder': ({ repository }) => mkdirSync(repository),
    'a file': ({ repository }) => writeFileSync(repository, 'a file'),
    'a path that is not there': () => undefined,
    'a path below a file': (workspace) => writeFileSync(workspace.path('file'), 'a file'),
    'a folder of somebody’s documents': ({ repository }) => {
      mkdirSync(join(repository, 'data'), { recursive: true });
      writeFileSync(join(repository, 'letter.txt'), 'Dear reader');
    },
  };
  for (const [turn, [what, make]] of Object.entries(places).entries()) {
    test(what, async () => {
      await using workspace = await makeWorkspace();
      make(workspace);
      const place = what.includes('below') ? workspace.path('file', 'below') : workspace.repository;
      const source = await workspace.folder('source');
      writeFileSync(join(source, 'file'), 'content');
      const before = describeTree(workspace.root, { attributes: false, without: (path) => path === 'home' });
      for (const args of commandsInTurn({ ...workspace, source }, turn, 2)) {
        await expectRefused(workspace, args, ['NOT_A_REPOSITORY'], { env: { HOLDFAST_REPOSITORY: place } });
      }
      const after = describeTree(workspace.root, { attributes: false, without: (path) => path === 'home' });
      expect(diffTrees(before, after), 'nothing was made there').toEqual([]);
    });
  }

  test('init refuses to make a second repository', async () => {
    await using workspace = await prepare();
    const expectSame = watchRepository(workspace);
    await expectRefused(workspace, ['init', workspace.repository], ['REPOSITORY_EXISTS']);
    expectSame();
  });

  test('no place at all is bad usage for what reads', async () => {
    await using workspace = await makeWorkspace();
    await expectRefused(workspace, ['snapshots'], ['NO_REPOSITORY'], { env: { HOLDFAST_REPOSITORY: undefined } });
  });
});

describe('a damaged config, of which this home has no copy', () => {
  const damages: Readonly<Record<string, (config: Buffer) => Buffer>> = {
    'a flipped bit at its start': (config) => flip(config, 3),
    'a flipped bit in its middle': (config) => flip(config, 40),
    'a flipped bit at its end': (config) => flip(config, config.length - 1),
    truncated: (config) => config.subarray(0, config.length / 2),
    'only a few bytes': (config) => config.subarray(0, 7),
    empty: () => Buffer.alloc(0),
    'something else': () => Buffer.from('{"version":2}'),
  };
  for (const [turn, [what, damage]] of Object.entries(damages).entries()) {
    test(what, async () => {
      await using workspace = await prepare();
      forgetCopies(workspace);
      const place = join(workspace.repository, 'config');
      const config = readFileSync(place);
      await chmod(place, 0o600);
      writeFileSync(place, damage(Buffer.from(config)));
      const expectSame = watchRepository(workspace);
      for (const args of commandsInTurn(workspace, turn, 1)) {
        await expectRefused(workspace, args, ['REPOSITORY_DAMAGED']);
      }
      expectSame();
    });
  }

  test('missing, while the rest is there', async () => {
    await using workspace = await prepare();
    forgetCopies(workspace);
    const place = join(workspace.repository, 'config');
    await rename(place, workspace.path('config'));
    for (const args of commands(workspace)) {
      await expectRefused(workspace, args, ['REPOSITORY_DAMAGED', 'NOT_A_REPOSITORY']);
    }
    // A new repository over the keys and packs of the old one would make them unreadable for ever.
    await expectRefused(workspace, ['init', workspace.repository], ['REPOSITORY_EXISTS', 'REPOSITORY_DAMAGED']);
    await rename(workspace.path('config'), place);
    await expectNothingLost(workspace);
  });

  test('no key is left', async () => {
    await using workspace = await prepare();
    forgetCopies(workspace);
    await rename(join(workspace.repository, 'keys'), workspace.path('keys'));
    const expectSame = watchRepository(workspace);
    await expectRefused(workspace, ['snapshots'], ['REPOSITORY_DAMAGED', 'WRONG_PASSWORD']);
    expectSame();
  });

  const contents: Readonly<Record<string, string | object>> = {
    'no JSON': 'no JSON',
    'a list': '[]',
    'no version': { id: 'ab'.repeat(32), chunker_polynomial: '25b468838dcb75' },
    'a version in words': { version: 'two', id: 'ab'.repeat(32), chunker_polynomial: '25b468838dcb75' },
    'no polynomial': { version: 2, id: 'ab'.repeat(32) },
    'a polynomial that is none': { version: 2, id: 'ab'.repeat(32), chunker_polynomial: 'zz' },
    'no id': { version: 2, chunker_polynomial: '25b468838dcb75' },
  };
  for (const [what, content] of Object.entries(contents)) {
    test(`sealed well, and not a config inside: ${what}`, async () => {
      await using workspace = await makeWorkspace();
      const text = typeof content === 'string' ? content : JSON.stringify(content);
      createRepository(workspace.repository, { config: Buffer.from(text) });
      await expectRefused(workspace, ['snapshots'], ['REPOSITORY_DAMAGED']);
    });
  }
});

describe('a repository of a later version', () => {
  for (const [turn, version] of [3, 100].entries()) {
    test(`version ${version}`, async () => {
      await using workspace = await makeWorkspace();
      const config = { version, id: 'ab'.repeat(32), chunker_polynomial: '25b468838dcb75', more: true };
      createRepository(workspace.repository, { config });
      const source = await workspace.folder('source');
      const before = describeTree(workspace.repository, { attributes: false });
      for (const args of commandsInTurn({ ...workspace, source }, turn, 3)) {
        await expectRefused(workspace, args, ['REPOSITORY_VERSION_UNSUPPORTED']);
      }
      expect(diffTrees(before, describeTree(workspace.repository, { attributes: false }))).toEqual([]);
    });
  }

  test('and one of version 0', async () => {
    await using workspace = await makeWorkspace();
    createRepository(workspace.repository, { config: { version: 0, id: 'ab'.repeat(32), chunker_polynomial: '1' } });
    await expectRefused(workspace, ['snapshots'], ['REPOSITORY_VERSION_UNSUPPORTED', 'REPOSITORY_DAMAGED']);
  });
});

describe('a repository that may not be used', () => {
  test.skipIf(!isRoot)('belongs to somebody else (needs root, to become somebody else)', async () => {
    await using workspace = await prepare();
    await mustRun('chown', ['-R', '65534:65534', workspace.home, workspace.source]);
    await chmod(workspace.repository, 0o700);
    const options = { unprivileged: true };
    await expectRefused(workspace, ['snapshots'], ['NO_PERMISSION'], options);
    await expectRefused(workspace, ['protect', workspace.source], ['NO_PERMISSION'], options);
    await chmod(workspace.repository, 0o755);
    await expectRefused(workspace, ['protect', workspace.source], ['NO_PERMISSION'], options);
    const init = ['init', workspace.path('new repository')];
    await expectRefused(workspace, init, ['NO_PERMISSION'], options);
    await expectNothingLost(workspace);
  });
});

function forgetCopies({ home }: Workspace): void {
  rmSync(join(home, 'holdfast', 'kept'), { recursive: true });
}

function flip(bytes: Buffer, index: number): Buffer {
  bytes[index] = (bytes[index] ?? 0) ^ 1;
  return bytes;
}
