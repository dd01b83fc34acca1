/**
 * A small reader of restic-format repositories, from the design document and apart from the engine's own: what it finds
 * is there. Every blob it meets is opened and compared with its id.
 */
import { createDecipheriv } from 'node:crypto';
import { existsSync, readdirSync, readFileSync, statSync } from 'node:fs';
import { join } from 'node:path';
import { zstdDecompressSync } from 'node:zlib';
import type { MasterKey } from './restic-crypto.ts';
import { sha256, type IndexedPack } from './restic-repository.ts';

export type ReadSnapshot = {
  readonly id: string;
  readonly tree: string;
  readonly tags: readonly string[];
  /** Paths of files from `/` to the SHA-256 of what they hold, and of folders to `folder`. */
  readonly content: ReadonlyMap<string, string>;
};

export type ReadRepository = {
  readonly snapshots: ReadonlyMap<string, ReadSnapshot>;
  /** What breaks the order of writes, or cannot be read; empty where all is well. */
  readonly faults: readonly string[];
};

type Place = { readonly pack: string; readonly offset: number; readonly length: number; readonly plain: boolean };
type Node = { readonly name: string; readonly type: string; readonly subtree?: string; readonly content?: string[] };

/** Reads all of it. Names are taken to need no quoting. */
export function readRepository(location: string, master: MasterKey): ReadRepository {
  const faults: string[] = [];
  const index = new Map<string, Place>();
  for (const [name, file] of unpacked(location, 'index', master)) {
    for (const { id, blobs } of (file as { packs: IndexedPack[] }).packs) {
      const path = join(location, 'data', id.slice(0, 2), id);
      const end = Math.max(0, ...blobs.map(({ offset, length }) => offset + length));
      if (!existsSync(path)) faults.push(`index ${name} names pack ${id}, which is not there`);
      else if (statSync(path).size < end) faults.push(`pack ${id} ends before what index ${name} has in it`);
      else {
        for (const { type, id: blob, offset, length, uncompressed_length: plain } of blobs)
          index.set(`${type} ${blob}`, { pack: path, offset, length, plain: plain === undefined });
      }
    }
  }
  const packs = new Map<string, Buffer>();
  const digests = new Map<string, string>();
  const load = (key: string): Buffer => {
    const place = index.get(key);
    if (place === undefined) throw new Error(`${key} is in no index`);
    const { pack, offset, length, plain } = place;
    const bytes = packs.get(pack) ?? readFileSync(pack);
    packs.set(pack, bytes);
    const opened = open(master, bytes.subarray(offset, offset + length));
    const content = plain ? opened : zstdDecompressSync(opened);
    if (!key.endsWith(sha256(content))) throw new Error(`${key} is something else`);
    return content;
  };
  const describe = (tree: string, path: string, into: Map<string, string>): void => {
    const { nodes } = JSON.parse(load(`tree ${tree}`).toString('utf8')) as { nodes: Node[] };
    for (const { name, type, subtree, content } of nodes) {
      const below = `${path}/${name}`;
      if (type === 'dir') into.set(below, 'folder');
      if (subtree !== undefined) describe(subtree, below, into);
      if (type === 'file') into.set(below, digestOf(content ?? []));
    }
  };
  const digestOf = (blobs: readonly string[]): string => {
    const key = blobs.join();
    const digest = digests.get(key) ?? sha256(Buffer.concat(blobs.map((blob) => load(`data ${blob}`))));
    digests.set(key, digest);
    return digest;
  };
  const snapshots = new Map<string, ReadSnapshot>();
  for (const [id, file] of unpacked(location, 'snapshots', master)) {
    const { tree, tags = [] } = file as { tree: string; tags?: string[] };
    const content = new Map<string, string>();
    try {
      describe(tree, '', content);
    } catch (error) {
      faults.push(`snapshot ${id}: ${String(error)}`);
    }
    snapshots.set(id, { id, tree, tags, content });
  }
  return { snapshots, faults };
}

function unpacked(location: string, folder: 'index' | 'snapshots', master: MasterKey): [string, unknown][] {
  const names = readdirSync(join(location, folder)).filter((name) => /^[0-9a-f]{64}$/.test(name));
  return names.map((name) => {
    const plain = open(master, readFileSync(join(location, folder, name)));
    return [name, JSON.parse((plain[0] === 2 ? zstdDecompressSync(plain.subarray(1)) : plain).toString('utf8'))];
  });
}

/** `IV || CIPHERTEXT || MAC`; the MAC is left to the ids. */
function open(master: MasterKey, sealed: Buffer): Buffer {
  const decipher = createDecipheriv('aes-256-ctr', master.encrypt, sealed.subarray(0, 16));
  return Buffer.concat([decipher.update(sealed.subarray(16, -16)), decipher.final()]);
}
