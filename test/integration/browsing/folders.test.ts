import { readdirSync, rmSync, statSync } from 'node:fs';
import { join } from 'node:path';
import { setTimeout as sleep } from 'node:timers/promises';
import { afterAll, beforeAll, describe, expect, test } from 'vitest';
import { Browsers } from '../../../electron/engine/browsing/browsers.ts';
import { TreeBrowser, type FolderPart, type PageRequest } from '../../../electron/engine/browsing/tree-browser.ts';
import { ReadPool } from '../../../electron/engine/repository/read-pool.ts';
import type { Repository } from '../../../electron/engine/repository/repository.ts';
import { HoldfastError } from '../../../shared/model/errors.ts';
import { addTree, fileNode, folderNode, linkNode, type Fields } from '../../support/restic-nodes.ts';
import { SmallSnapshots } from '../../support/small-snapshots.ts';
import { makeWorkspace, type Workspace } from '../../support/workspace.ts';

type View = Partial<PageRequest['view']> & Partial<Omit<PageRequest, 'view'>>;

class Place implements AsyncDisposable {
  readonly workspace: Workspace;
  readonly snapshots: SmallSnapshots;
  readonly browsers: Browsers;
  #repository: Repository | null = null;

  constructor(workspace: Workspace, browsers: Browsers) {
    this.workspace = workspace;
    this.browsers = browsers;
    this.snapshots = new SmallSnapshots(workspace.repository);
  }

  async look(tree: string, path: string, more: View = {}, signal?: AbortSignal): Promise<FolderPart> {
    this.#repository ??= await this.snapshots.open();
    const { sort = 'name', descending = false, filter = '', foldersOnly = false, ...rest } = more;
    const view = { sort, descending, filter, foldersOnly };
    const request: PageRequest = { view, tree, path, from: 0, limit: 1000, against: null, ...rest };
    return this.browsers.page(this.#repository, request, signal);
  }

  async names(tree: string, path: string, more: View = {}): Promise<string[]> {
    return (await this.look(tree, path, more)).entries.map(({ name }) => name);
  }

  async [Symbol.asyncDispose](): Promise<void> {
    await this.browsers.close();
    await this.workspace[Symbol.asyncDispose]();
  }
}

async function makePlace(idleMs?: number): Promise<Place> {
  return new Place(await makeWorkspace(), new Browsers(idleMs === undefined ? {} : { idleMs }));
}

async function codeOf(work: Promise<unknown>): Promise<string> {
  const error: unknown = await work.then(
    () => null,
    (thrown: unknown) => thrown,
  );
  return error instanceof HoldfastError ? error.code : String(error);
}

describe('a folder of twenty thousand files', () => {
  let place: Place;
  let tree = '';
  let newest = '';

  beforeAll(async () => {
    place = await makePlace();
    const { repository } = place.snapshots;
    const file = (at: number, content: string): Fields =>
      fileNode(repository, `file-${String(at).padStart(5, '0')}${at % 2 === 0 ? '.txt' : '.PDF'}`, content, {
        size: (at * 7919) % 20_000,
        mtime: new Date(Date.UTC(2025, 0, 1) + ((at * 104_729) % 20_000) * 1000).toISOString(),
      });
    const files = Array.from({ length: 20_000 }, (_, at) => file(at, 'the same'));
    const folders = ['Archive', 'zoo'].map((name) => folderNode(name, addTree(repository, [])));
    const sorted = (nodes: readonly Fields[]): Fields[] =>
      [...nodes].sort((a, b) => (String(a['name']) < String(b['name']) ? -1 : 1));
    const root = (nodes: readonly Fields[]): string =>
      addTree(repository, [folderNode('data', addTree(repository, sorted(nodes)))]);
    tree = root([...files, ...folders]);
    const [first, , ...others] = files as [Fields, Fields, ...Fields[]];
    // The first has changed and the second is gone.
    newest = root([{ ...first, content: [repository.addBlob('data', 'another')] }, ...others, ...folders]);
    repository.writeIndex();
  }, 60_000);

  afterAll(async () => place[Symbol.asyncDispose]());

  test('is paged through without losing or repeating an entry, folders first', async () => {
    const seen: string[] = [];
    for (let from = 0; ; from += 1000) {
      const part = await place.look(tree, '/data', { from });
      expect(part).toMatchObject({ total: 20_002, matching: 20_002, issues: [] });
      if (part.entries.length === 0) break;
      seen.push(...part.entries.map(({ name }) => name));
    }
    expect(seen.slice(0, 3)).toEqual(['Archive', 'zoo', 'file-00000.txt']);
    expect(seen).toHaveLength(20_002);
    expect(new Set(seen).size).toBe(20_002);
    expect(seen.slice(2)).toEqual(seen.slice(2).toSorted());
  });

  test('is sorted by size, time and type in both directions', async () => {
    const bySize = await place.look(tree, '/data', { sort: 'size', from: 2 });
    expect(bySize.entries.map(({ size }) => size)).toEqual(Array.from({ length: 1000 }, (_, at) => at));
    const byTime = await place.look(tree, '/data', { sort: 'modified', descending: true, from: 2, limit: 2 });
    expect(byTime.entries.map(({ modifiedAt }) => modifiedAt)).toEqual([
      '2025-01-01T05:33:19.000Z',
      '2025-01-01T05:33:18.000Z',
    ]);
    expect(await place.names(tree, '/data', { sort: 'type', from: 10_001, limit: 2 })).toEqual([
      'file-19999.PDF',
      'file-00000.txt',
    ]);
  });

  test('is filtered by a part of the name, whatever its case', async () => {
    const part = await place.look(tree, '/data', { filter: '777.pdf' });
    expect(part).toMatchObject({ total: 20_002, matching: 20 });
    expect(part.entries[0]?.name).toBe('file-00777.PDF');
    expect(await place.names(tree, '/data', { foldersOnly: true })).toEqual(['Archive', 'zoo']);
  });

  test('is held against the newest snapshot', async () => {
    const { entries } = await place.look(tree, '/data', { against: newest, from: 2, limit: 4 });
    expect(entries.map(({ name, against }) => [name, against])).toEqual([
      ['file-00000.txt', 'changed since'],
      ['file-00001.PDF', 'deleted since'],
      ['file-00002.txt', 'same'],
      ['file-00003.PDF', 'same'],
    ]);
    const [data] = (await place.look(tree, '/', { against: newest })).entries;
    expect(data).toMatchObject({ name: 'data', path: '/data', against: 'changed since' });
    const against = async (other: string): Promise<unknown> =>
      (await place.look(tree, '/data', { against: other, limit: 1 })).entries[0]?.against;
    expect(await against(tree)).toBe('same');
    expect(await against('newest')).toBe('newest');
    expect(await against(addTree(place.snapshots.repository, []))).toBe('deleted since');
    const lost = await place.look(tree, '/data', { against: 'ee'.repeat(32), limit: 1 });
    expect(lost.entries).toMatchObject([{ name: 'Archive', against: null }]);
    expect(lost.issues).toMatchObject([{ path: '/data', code: 'BLOB_MISSING' }]);
  });

  test('a place that is not there is named, and so is a file that is taken for a folder', async () => {
    expect(await codeOf(place.look(tree, '/elsewhere'))).toBe('PATH_NOT_IN_SNAPSHOT');
    expect(await codeOf(place.look(tree, '/data/file-00000.txt'))).toBe('PATH_NOT_IN_SNAPSHOT');
    expect(await codeOf(place.look(tree, '/data/..'))).toBe('PATH_NOT_IN_SNAPSHOT');
    expect(await codeOf(place.look('cd'.repeat(32), '/'))).toBe('BLOB_MISSING');
  });

  test('a look that was given up is answered at once', async () => {
    expect(await codeOf(place.look(tree, '/data', {}, AbortSignal.abort(new HoldfastError('CANCELLED', 'no'))))).toBe(
      'CANCELLED',
    );
  });
});

describe('the thread behind it', () => {
  test('learns of what was stored since, and of what a prune has stored anew', async () => {
    await using place = await makePlace();
    const { snapshots } = place;
    const first = snapshots.tree({ a: { one: '1' } });
    snapshots.repository.writeIndex();
    expect(await place.names(first, '/a')).toEqual(['one']);
    const second = snapshots.tree({ a: { two: '2' } });
    snapshots.repository.writeIndex();
    expect(await place.names(second, '/a')).toEqual(['two']);
    const third = snapshots.tree({ a: { three: '3' } });
    snapshots.repository.writeIndex();
    for (const file of readdirSync(join(place.workspace.repository, 'index')).slice(0, 1))
      rmSync(join(place.workspace.repository, 'index', file));
    // Whichever was removed: the index is read anew, and what is still listed is found.
    const found = await Promise.all([first, second, third].map((tree) => codeOf(place.look(tree, '/a'))));
    expect(found.filter((code) => code !== 'null' && code !== 'BLOB_MISSING')).toEqual([]);
  });

  test('ends when nobody has looked for a while, and begins again', async () => {
    await using place = await makePlace(20);
    const tree = place.snapshots.tree({ a: 'x' });
    place.snapshots.repository.writeIndex();
    expect(await place.names(tree, '/')).toEqual(['a']);
    await sleep(200);
    expect(await place.names(tree, '/')).toEqual(['a']);
  });

  test('looks that come at once share one answer, and none is left over when all is closed', async () => {
    const place = await makePlace();
    const tree = place.snapshots.tree({ a: 'x', b: { c: 'y' } });
    place.snapshots.repository.writeIndex();
    const looks = Array.from({ length: 50 }, (_, at) => place.names(tree, at % 2 === 0 ? '/' : '/b'));
    expect(new Set((await Promise.all(looks)).map(String))).toEqual(new Set(['b,a', 'c']));
    await place.browsers.close();
    expect(await codeOf(place.look(tree, '/'))).toBe('CANCELLED');
    await place[Symbol.asyncDispose]();
  });
});

describe('a folder that somebody has forged', () => {
  test('shows odd names as text that leads back to them', async () => {
    await using place = await makePlace();
    const { repository } = place.snapshots;
    const names = ['<img src=x onerror=alert(1)>', 'new\\nline', 'quote\\"s', 'raw\\xff', 'ünï', '\\u202egpj.exe', ' '];
    const nodes = names
      .map((name) => fileNode(repository, name, 'x'))
      .sort((a, b) => (String(a['name']) < String(b['name']) ? -1 : 1));
    const link = linkNode('~link', '../../etc/passwd');
    const below = addTree(repository, [fileNode(repository, 'inside', 'y')]);
    const tree = addTree(repository, [...nodes, link, folderNode('~~\\xfe dir', below)]);
    repository.writeIndex();
    const { entries, issues } = await place.look(tree, '/');
    expect(issues).toEqual([]);
    expect(entries.map(({ name }) => name)).toEqual([
      '~~\\xfe dir',
      ' ',
      '<img src=x onerror=alert(1)>',
      'new\\x0aline',
      'quote"s',
      'raw\\xff',
      '~link',
      'ünï',
      '\\xe2\\x80\\xaegpj.exe',
    ]);
    expect(entries.at(-3)).toMatchObject({ type: 'symlink', linkTarget: '../../etc/passwd' });
    expect(await place.names(tree, '/~~\u00fe dir')).toEqual(['inside']);
  });

  test('names what no file can be called, what stands twice, and what is no entry', async () => {
    await using place = await makePlace();
    const { repository } = place.snapshots;
    const bad = ['..', 'a/b', '', 'long'.repeat(2000)].map((name) => fileNode(repository, name, 'x'));
    const twice = [fileNode(repository, 'twice', 'first'), fileNode(repository, 'twice', 'second', { size: 99 })];
    const others = Array.from({ length: 200 }, () => fileNode(repository, 'x/y', ''));
    const tree = addTree(repository, [...bad, ...twice, fileNode(repository, 'good', 'x'), ...others]);
    repository.writeIndex();
    const { entries, issues, total } = await place.look(tree, '/');
    expect(entries.map(({ name, size }) => [name, size])).toEqual([
      ['good', 1],
      ['twice', 99],
    ]);
    expect(total).toBe(2);
    expect(issues).toHaveLength(102);
    expect(issues.slice(-2).map(({ message }) => message)).toEqual([
      '104 more entries are not used.',
      'One name stands in the folder more than once; the last entry counts.',
    ]);
    expect(Math.max(...issues.map(({ path }) => path.length))).toBeLessThan(5000);
  });

  test('that looks like what is read quickly and is not, is read slowly', async () => {
    await using place = await makePlace();
    const { repository } = place.snapshots;
    const xattrs = [
      { name: 'a', value: '' },
      { name: 'fake', type: 'file', value: '' },
    ];
    const nodes = [fileNode(repository, 'a', 'x'), { ...fileNode(repository, 'b', 'y'), extended_attributes: xattrs }];
    const tree = addTree(repository, nodes);
    const broken = repository.addBlob('tree', '{"nodes":[{"name":"a","type":"file",nonsense}]}\n');
    repository.writeIndex();
    expect(await place.names(tree, '/')).toEqual(['a', 'b']);
    expect(await codeOf(place.look(broken, '/'))).toBe('TREE_INVALID');
  });

  test('with very long texts is cut where it is shown, and one of a million entries is answered', async () => {
    await using place = await makePlace();
    const { repository } = place.snapshots;
    const long = { ...fileNode(repository, 'a', 'x'), user: 'u'.repeat(3_000_000) };
    const link = linkNode('b', 't'.repeat(3_000_000));
    const tree = addTree(repository, [long, link]);
    const node = '"type":"file","mode":420,"mtime":"2024-05-06T07:08:09Z","content":[]}';
    const many = Array.from({ length: 1_000_000 }, (_, at) => `{"name":"${String(at).padStart(7, '0')}",${node}`);
    const large = repository.addBlob('tree', `{"nodes":[${many.join(',')}]}\n`);
    repository.writeIndex();
    const { entries } = await place.look(tree, '/');
    expect(JSON.stringify(entries).length).toBeLessThan(10_000);
    const part = await place.look(large, '/', { from: 999_998 });
    expect(part).toMatchObject({ total: 1_000_000, issues: [] });
    expect(part.entries.map(({ name }) => name)).toEqual(['0999998', '0999999']);
    expect(statSync(place.workspace.repository).isDirectory()).toBe(true);
  });

  test('that is too large to be kept is shown as far as it goes, and says how much there is', async () => {
    await using place = await makePlace();
    const { repository } = place.snapshots;
    const files = Array.from({ length: 30_000 }, (_, at) => fileNode(repository, String(100_000 + at), 'x'));
    const large = addTree(repository, files);
    const others = Array.from({ length: 5 }, (_, at) => addTree(repository, files.slice(at, at + 1000)));
    const tree = addTree(
      repository,
      [folderNode('large', large), ...others.map((other, at) => folderNode(`other ${at}`, other))].sort((a, b) =>
        String(a['name']) < String(b['name']) ? -1 : 1,
      ),
    );
    repository.writeIndex();
    const pool = await ReadPool.open(await place.snapshots.open());
    try {
      const limits = { keptBytes: 500_000, wholeBytes: 1_000_000, folderBytes: 100_000 };
      const browser = new TreeBrowser(pool.reader, limits);
      const look = (path: string, from = 0): Promise<FolderPart> => {
        const view = { sort: 'name', descending: false, filter: '', foldersOnly: false } as const;
        return browser.page({ view, tree, path, from, limit: 10, against: null });
      };
      const part = await look('/large');
      expect(part.total).toBe(30_000);
      expect(part.matching).toBeGreaterThan(100);
      expect(part.matching).toBeLessThan(30_000);
      expect(part.entries[0]?.name).toBe('100000');
      expect(part.issues).toMatchObject([{ path: '/large', code: 'TREE_INVALID' }]);
      expect(part.issues[0]?.message).toContain('too large to be shown whole');
      // Folders that make room for each other are all found again.
      for (let round = 0; round < 3; round++)
        for (let at = 0; at < 5; at++) expect((await look(`/other ${at}`)).entries[0]?.name).toBe(String(100_000 + at));
      expect(browser.keptBytes).toBeLessThan(limits.keptBytes + 500_000);
    } finally {
      await pool.close();
    }
  });
});
