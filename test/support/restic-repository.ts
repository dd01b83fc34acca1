/**
 * A small writer of restic-format repositories, from the design document, that can lie wherever a writer can. Nothing is
 * checked: what is asked for is what lies on the disk.
 */
import { createHash, randomBytes } from 'node:crypto';
import { mkdirSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { zstdCompressSync } from 'node:zlib';
import { makeKeyFile, randomMasterKey, seal, type MasterKey, type ScryptParameters } from './restic-crypto.ts';

export type BlobType = 'data' | 'tree';

/** A blob as index and pack header describe it. Offsets and lengths are bytes. */
export type PackedBlob = {
  id: string;
  type: BlobType;
  offset: number;
  length: number;
  uncompressed_length?: number;
};

export type IndexedPack = { id: string; blobs: PackedBlob[] };

export type BlobOptions = {
  /** The id to claim instead of the SHA-256 of the content. */
  readonly id?: string;
  /** What to store as the zstd stream of the content, or false to store it plain. Default: compressed. */
  readonly compressed?: Buffer | false;
  /** What to claim as its length before compression. */
  readonly uncompressedLength?: number;
};

export type RepositoryOptions = {
  readonly password?: string;
  readonly version?: 1 | 2;
  readonly scrypt?: ScryptParameters;
  /** Parameters the key file claims, where they differ from those used. */
  readonly claimedKey?: Readonly<Record<string, unknown>>;
  /** Content of the config file, JSON or plain bytes; default: an honest one. */
  readonly config?: Readonly<Record<string, unknown>> | Buffer;
};

export type PackOptions = {
  /** Changes what the pack's own header says. */
  readonly header?: (blobs: readonly PackedBlob[]) => readonly PackedBlob[];
  /** Changes the pack file after its id was taken. */
  readonly damage?: (pack: Buffer) => Buffer;
};

const folders = ['data', 'index', 'keys', 'locks', 'snapshots'] as const;

/** Makes an empty repository, as `restic init` does. */
export function createRepository(location: string, options: RepositoryOptions = {}): ResticRepository {
  const repository = new ResticRepository(location, randomMasterKey(), options.version ?? 2);
  for (const folder of folders) mkdirSync(join(location, folder), { recursive: true });
  const password = options.password ?? 'correct horse battery staple';
  repository.addKey(password, options.scrypt ?? { N: 1024, r: 8, p: 1 }, options.claimedKey);
  const config = options.config ?? {
    version: options.version ?? 2,
    id: randomBytes(32).toString('hex'),
    chunker_polynomial: '25b468838dcb75',
  };
  repository.writeConfig(Buffer.isBuffer(config) ? config : Buffer.from(JSON.stringify(config)));
  return repository;
}

export class ResticRepository {
  readonly location: string;
  readonly master: MasterKey;
  readonly #version: 1 | 2;
  readonly #waiting: Record<BlobType, { sealed: Buffer; blob: PackedBlob }[]> = { data: [], tree: [] };
  readonly #known = new Set<string>();
  #packs: IndexedPack[] = [];

  constructor(location: string, master: MasterKey, version: 1 | 2) {
    this.location = location;
    this.master = master;
    this.#version = version;
  }

  addKey(password: string, scrypt: ScryptParameters, claimed?: Readonly<Record<string, unknown>>): string {
    return this.#store('keys', makeKeyFile(this.master, password, scrypt, claimed));
  }

  writeConfig(plaintext: Buffer): void {
    writeFileSync(join(this.location, 'config'), seal(this.master, plaintext));
  }

  /** Takes a blob into the next pack of its type; an honest blob that is there already is not stored twice. */
  addBlob(type: BlobType, plaintext: Buffer | string, options: BlobOptions = {}): string {
    const content = Buffer.from(plaintext);
    const id = options.id ?? sha256(content);
    const honest = Object.keys(options).length === 0;
    if (honest && this.#known.has(type + id)) return id;
    this.#known.add(type + id);
    const stored = this.#version === 1 ? false : (options.compressed ?? zstdCompressSync(content));
    const sealed = seal(this.master, stored === false ? content : stored);
    const blob: PackedBlob = { id, type, offset: 0, length: sealed.length };
    const claimed = options.uncompressedLength ?? (stored === false ? undefined : content.length);
    if (claimed !== undefined) blob.uncompressed_length = claimed;
    this.#waiting[type].push({ sealed, blob });
    return id;
  }

  /** Writes what waits into one pack per type. */
  flush(options: PackOptions = {}): void {
    for (const type of ['data', 'tree'] as const) {
      const waiting = this.#waiting[type].splice(0);
      if (waiting.length > 0) this.#writePack(waiting, options);
    }
  }

  /** Writes an index over the packs since the last one, optionally changed on the way. */
  writeIndex(change: (packs: IndexedPack[]) => unknown = (packs) => packs): string {
    this.flush();
    const packs = this.#packs;
    this.#packs = [];
    return this.putFile('index', JSON.stringify({ packs: change(structuredClone(packs)) }));
  }

  /** Writes a snapshot file; the index is written first when packs wait for one. */
  writeSnapshot(tree: string | null, fields: Readonly<Record<string, unknown>> = {}): string {
    if (this.#packs.length > 0 || this.#waiting.data.length + this.#waiting.tree.length > 0) this.writeIndex();
    const snapshot = {
      time: '2024-05-06T07:08:09.123456789Z',
      tree,
      paths: ['/data'],
      hostname: 'elsewhere',
      username: 'someone',
      uid: 1000,
      gid: 1000,
      ...fields,
    };
    return this.putFile('snapshots', JSON.stringify(snapshot));
  }

  /** Stores a file in the encoding of unpacked data; `compressed` overrides the zstd stream behind the version byte. */
  putFile(folder: 'index' | 'snapshots' | 'locks', json: string | Buffer, compressed?: Buffer): string {
    const plaintext = Buffer.from(json);
    const encoded =
      this.#version === 1 ? plaintext : Buffer.concat([Buffer.of(2), compressed ?? zstdCompressSync(plaintext)]);
    return this.#store(folder, seal(this.master, encoded));
  }

  /** Stores bytes as they are, under their true name unless another is given. */
  putRaw(folder: 'index' | 'snapshots' | 'locks' | 'keys' | 'data', bytes: Buffer, name = sha256(bytes)): string {
    return this.#store(folder, bytes, name);
  }

  #writePack(waiting: readonly { sealed: Buffer; blob: PackedBlob }[], options: PackOptions): void {
    let offset = 0;
    for (const { sealed, blob } of waiting) {
      blob.offset = offset;
      offset += sealed.length;
    }
    const blobs = waiting.map(({ blob }) => blob);
    const header = seal(this.master, encodeHeader(options.header?.(structuredClone(blobs)) ?? blobs));
    const length = Buffer.alloc(4);
    length.writeUInt32LE(header.length);
    const pack = Buffer.concat([...waiting.map(({ sealed }) => sealed), header, length]);
    const id = this.#store('data', options.damage?.(Buffer.from(pack)) ?? pack, sha256(pack));
    this.#packs.push({ id, blobs });
  }

  #store(folder: (typeof folders)[number], bytes: Buffer, name = sha256(bytes)): string {
    const place = folder === 'data' ? join(this.location, 'data', name.slice(0, 2)) : join(this.location, folder);
    mkdirSync(place, { recursive: true });
    writeFileSync(join(place, name), bytes);
    return name;
  }
}

export function sha256(bytes: Uint8Array): string {
  return createHash('sha256').update(bytes).digest('hex');
}

/** Type, lengths (four bytes, little endian) and id of each blob. */
function encodeHeader(blobs: readonly PackedBlob[]): Buffer {
  const entries = blobs.map(({ id, type, length, uncompressed_length: plain }) => {
    const entry = Buffer.alloc(plain === undefined ? 37 : 41);
    entry.writeUInt8((type === 'tree' ? 1 : 0) + (plain === undefined ? 0 : 2));
    entry.writeUInt32LE(length, 1);
    if (plain !== undefined) entry.writeUInt32LE(plain, 5);
    Buffer.from(id, 'hex').copy(entry, entry.length - 32);
    return entry;
  });
  return Buffer.concat(entries);
}
