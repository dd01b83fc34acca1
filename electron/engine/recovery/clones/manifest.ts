/**
 * What a clone has made, thing by thing, as it was when it was whole: what is not in it, or not as it says, is somebody
 * else's. One JSON array a line; paths as people see them (`displayRaw`), which leads back to the bytes.
 */
import { closeSync, createReadStream, fsyncSync, mkdirSync, openSync, renameSync, rmSync, writeSync } from 'node:fs';
import { dirname, join } from 'node:path';
import { createInterface } from 'node:readline';
import { z } from 'zod';
import { displayRaw, rawFromDisplay, type RawPath } from '../../platform/raw-path.ts';

/** Of a thing in a folder. Times are nanoseconds. */
export type MadeThing = {
  readonly kind: 'file' | 'dir' | 'symlink' | 'other';
  readonly size: number;
  readonly inode: bigint;
  readonly mtimeNs: bigint;
  readonly ctimeNs: bigint;
};

/** Of an object in a bucket: `version` is null where the bucket keeps none. */
export type MadeObject = {
  readonly version: string | null;
  readonly etag: string;
  readonly size: number;
  readonly lastModifiedMs: number;
};

const folderLine = z.tuple([z.string(), z.enum(['file', 'dir', 'symlink', 'other']), z.number(), ...big3()]);
const objectLine = z.tuple([z.string(), z.string().nullable(), z.string(), z.number(), z.number()]);

function big3() {
  const number64 = z.string().regex(/^-?\d{1,20}$/);
  return [number64, number64, number64] as const;
}

export function manifestPath(home: string, id: string): string {
  return join(home, 'clones', `${id}.manifest`);
}

/** Appears whole or not at all, and is durable then. */
export class ManifestWriter {
  readonly #path: string;
  readonly #descriptor: number;
  #lines: string[] = [];

  constructor(path: string) {
    this.#path = path;
    mkdirSync(dirname(path), { recursive: true, mode: 0o700 });
    this.#descriptor = openSync(`${path}.part`, 'w', 0o600);
  }

  thing(path: RawPath, { kind, size, inode, mtimeNs, ctimeNs }: MadeThing): void {
    this.#write([displayRaw(path), kind, size, String(inode), String(mtimeNs), String(ctimeNs)]);
  }

  /** `key`: its bytes, one character each. */
  object(key: string, { version, etag, size, lastModifiedMs }: MadeObject): void {
    this.#write([displayRaw(key), version, etag, size, lastModifiedMs]);
  }

  finish(): void {
    this.#flush();
    fsyncSync(this.#descriptor);
    closeSync(this.#descriptor);
    renameSync(`${this.#path}.part`, this.#path);
    const folder = openSync(dirname(this.#path), 'r');
    try {
      fsyncSync(folder);
    } finally {
      closeSync(folder);
    }
  }

  #write(line: readonly unknown[]): void {
    this.#lines.push(`${JSON.stringify(line)}\n`);
    if (this.#lines.length >= 1000) this.#flush();
  }

  #flush(): void {
    writeSync(this.#descriptor, this.#lines.join(''));
    this.#lines = [];
  }
}

/** By path; empty where there is none. A damaged line says nothing, so what it was of is left alone. */
export async function readThings(path: string): Promise<Map<RawPath, MadeThing>> {
  const things = new Map<RawPath, MadeThing>();
  for await (const line of linesOf(path)) {
    const parsed = folderLine.safeParse(line);
    if (!parsed.success) continue;
    const [name, kind, size, inode, mtimeNs, ctimeNs] = parsed.data;
    const times = { mtimeNs: BigInt(mtimeNs), ctimeNs: BigInt(ctimeNs) };
    things.set(rawFromDisplay(name), { kind, size, inode: BigInt(inode), ...times });
  }
  return things;
}

/** By key, whose bytes are one character each. */
export async function readObjects(path: string): Promise<Map<string, MadeObject>> {
  const objects = new Map<string, MadeObject>();
  for await (const line of linesOf(path)) {
    const parsed = objectLine.safeParse(line);
    if (!parsed.success) continue;
    const [key, version, etag, size, lastModifiedMs] = parsed.data;
    objects.set(rawFromDisplay(key), { version, etag, size, lastModifiedMs });
  }
  return objects;
}

export function removeManifest(path: string): void {
  rmSync(path, { force: true });
  rmSync(`${path}.part`, { force: true });
}

async function* linesOf(path: string): AsyncGenerator {
  const stream = createReadStream(path, 'utf8');
  const opened = new Promise<boolean>((resolve, reject) => {
    stream.once('open', () => resolve(true));
    stream.once('error', (error) => {
      if ('code' in error && error.code === 'ENOENT') resolve(false);
      else reject(error);
    });
  });
  if (!(await opened)) return;
  for await (const line of createInterface({ input: stream, crlfDelay: Infinity })) {
    try {
      yield JSON.parse(line);
    } catch {
      // Cut off.
    }
  }
}
