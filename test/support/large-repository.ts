/**
 * Repositories of many small files that were never on a disk: trees as a writer would leave them, names as people and
 * programs give them. Data blobs are named and not stored: whoever only reads trees does not miss them.
 */
import { createHash } from 'node:crypto';
import { createRepository, type ResticRepository } from './restic-repository.ts';

export type LargeRepository = {
  readonly repository: ResticRepository;
  readonly files: number;
  readonly folders: number;
};

export type LargeOptions = {
  readonly files: number;
  readonly filesPerFolder?: number;
  /** Files a snapshot changes in comparison with the one before it. */
  readonly changedFiles?: number;
  readonly snapshots?: number;
};

/** One above the other: folders of the first level hold those of the second. */
const foldersPerFolder = 40;

const words =
  'invoice report budget photo holiday draft backup index readme module server client config letter contract scan ' +
  'meeting notes summary project archive logo banner schema test fixture sample minutes agenda plan offer order';
const endings = ['pdf', 'docx', 'xlsx', 'jpg', 'png', 'txt', 'ts', 'json', 'md', 'html'];
const vocabulary = words.split(' ');

/** A snapshot a day; the last is the newest. Each changes other files, spread over all folders. */
export function makeLargeRepository(location: string, options: LargeOptions): LargeRepository {
  const { files, filesPerFolder = 25, changedFiles = 10, snapshots = 1 } = options;
  const repository = createRepository(location, { scrypt: { N: 1024, r: 8, p: 1 } });
  const leaves = Math.ceil(files / filesPerFolder);
  const stored = new Map<number, string>();
  let folders = 0;
  for (let day = 0; day < snapshots; day++) {
    const changed = changedIn(day, files, changedFiles);
    const leafTree = (leaf: number): string => {
      const first = leaf * filesPerFolder;
      const last = Math.min(files, first + filesPerFolder);
      const isTouched = changed.some((file) => file >= first && file < last);
      const known = stored.get(leaf);
      if (known !== undefined && !isTouched) return known;
      const tree = repository.addBlob('tree', encodeLeaf(first, last, new Set(changed), day));
      stored.set(leaf, tree);
      // One pack holds some thousand trees, as a writer would leave it.
      if (stored.size % 4000 === 0) repository.flush();
      return tree;
    };
    folders = 0;
    const level = (from: number, span: number): string => {
      const entries: string[] = [];
      const step = Math.max(1, Math.ceil(span / foldersPerFolder));
      for (let at = from, child = 0; at < Math.min(leaves, from + span); at += step, child++) {
        folders += 1;
        const tree = step === 1 ? leafTree(at) : level(at, step);
        entries.push(folderJson(folderName(child, at), tree));
      }
      return repository.addBlob('tree', `{"nodes":[${entries.sort().join(',')}]}\n`);
    };
    const data = level(0, Math.max(leaves, 2));
    const root = repository.addBlob('tree', `{"nodes":[${folderJson('data', data)}]}\n`);
    repository.writeSnapshot(root, {
      time: new Date(Date.UTC(2025, 0, 1 + day)).toISOString(),
      tags: ['holdfast:source=large', 'holdfast:status=complete'],
      hostname: 'elsewhere',
    });
  }
  return { repository, files, folders };
}

function folderName(child: number, at: number): string {
  return `${String(child).padStart(3, '0')}-${vocabulary[at % vocabulary.length]}`;
}

export function fileName(file: number): string {
  const [word, other] = [vocabulary[file % vocabulary.length], vocabulary[(file * 7) % vocabulary.length]];
  return `${word}-${other}-${String(file).padStart(7, '0')}.${endings[file % endings.length]}`;
}

function changedIn(day: number, files: number, count: number): number[] {
  if (day === 0) return [];
  return Array.from({ length: count }, (_, at) => (at * Math.floor(files / count) + day * 31) % files);
}

function encodeLeaf(first: number, last: number, changed: ReadonlySet<number>, day: number): string {
  const nodes: { name: string; json: string }[] = [];
  for (let file = first; file < last; file++) {
    const name = fileName(file);
    const version = changed.has(file) ? day : 0;
    const content = createHash('sha256').update(`${file} ${version}`).digest('hex');
    const time = `2024-05-${String((file % 28) + 1).padStart(2, '0')}T07:08:${String(version % 60).padStart(2, '0')}.${String(file % 1000).padStart(3, '0')}456789Z`;
    const json =
      `{"name":"${name}","type":"file","mode":420,"mtime":"${time}","atime":"${time}","ctime":"${time}","uid":1000,"gid":1000,` +
      `"user":"anna","group":"anna","inode":${1_000_000 + file},"device_id":66306,"size":${(file * 7919) % 100_000},"links":1,` +
      `"content":["${content}"]}`;
    nodes.push({ name, json });
  }
  nodes.sort((a, b) => (a.name < b.name ? -1 : 1));
  return `{"nodes":[${nodes.map(({ json }) => json).join(',')}]}\n`;
}

function folderJson(name: string, tree: string): string {
  const time = '2024-05-06T07:08:09.123456789Z';
  return (
    `{"name":"${name}","type":"dir","mode":2147484141,"mtime":"${time}","atime":"${time}","ctime":"${time}","uid":1000,` +
    `"gid":1000,"user":"anna","group":"anna","inode":7,"content":null,"subtree":"${tree}"}`
  );
}
