/**
 * A chain that is written: each entry names the hash of the one before, so that none can be changed, taken out or put in
 * without all that follow showing it. Many that come at once are written together and reach the disk by one sync.
 */
import { randomBytes } from 'node:crypto';
import { open, rename, rm, type FileHandle } from 'node:fs/promises';
import { basename, join } from 'node:path';
import type { ChainLog } from '../../../../shared/model/evidence.ts';
import { listSegments, makeFolder, readSegment, segmentName, type ChainSegment } from './chain-files.ts';
import { formatLine, linesOf, noHash, parseLine, type ChainLine, type EntryType } from './chain-line.ts';
import type { SigningKey } from './signing-key.ts';

/** What a new chain goes on from; null hash: an earlier one that could not be read to its end. */
export type FormerChain = { readonly chain: string; readonly seq: number | null; readonly hash: string | null };

export type ChainHead = { readonly chain: string; readonly log: ChainLog; readonly seq: number; readonly hash: string };

export type ChainOptions = {
  /** Of the tenant. */
  readonly folder: string;
  readonly formerFolder: string;
  readonly log: ChainLog;
  readonly key: SigningKey;
  readonly nowMs: () => number;
  /** What the first entry of a new chain states besides its key. */
  readonly about: Readonly<Record<string, string>>;
  /** What a new chain goes on from, where no chain of this home says so. */
  readonly former: () => Promise<FormerChain | null>;
  /** Files that are kept; the oldest go then. Null: all. */
  readonly maximumSegments: number | null;
};

const segmentBytes = 1024 * 1024;
/** Of what a disk that takes nothing keeps waiting. */
const maximumWaiting = 10_000;

type Position = { chain: string; segment: number; seq: number; hash: string; bytes: number };
type Waiting = { readonly line: Buffer; readonly written: () => void; readonly failed: (error: unknown) => void };

export class Chain {
  readonly #options: ChainOptions;
  readonly #at: Position;
  #file: FileHandle;
  #waiting: Waiting[] = [];
  #writing: Promise<void> | null = null;
  #dropping: Promise<unknown> = Promise.resolve();

  /** Goes on with the chain there is, or begins one. */
  static async open(options: ChainOptions): Promise<Chain> {
    await makeFolder(options.folder);
    const found = await findEnd(options);
    if (found === null) return Chain.#begin(options, await options.former());
    if ('former' in found) {
      await putAside(options);
      return Chain.#begin(options, found.former);
    }
    const file = await open(pathOf(options, found.at), 'r+');
    const chain = new Chain(options, found.at, file);
    if (found.torn > 0) {
      await file.truncate(found.at.bytes);
      await chain.append('mended', { bytes: found.torn });
    }
    return chain;
  }

  static async #begin(options: ChainOptions, former: FormerChain | null): Promise<Chain> {
    const at = { chain: randomBytes(8).toString('hex'), segment: 1, seq: -1, hash: noHash, bytes: 0 };
    const chain = new Chain(options, at, await open(pathOf(options, at), 'wx', 0o600));
    const { publicKey } = options.key.about;
    await chain.append('begin', { ...options.about, publicKey, continues: former });
    return chain;
  }

  private constructor(options: ChainOptions, at: Position, file: FileHandle) {
    this.#options = options;
    this.#at = at;
    this.#file = file;
  }

  get head(): ChainHead {
    const { chain, seq, hash } = this.#at;
    return { chain, log: this.#options.log, seq, hash };
  }

  /** Its hash stands at once, so that entries follow in the order of the calls; durable when it resolves. */
  append(type: EntryType, body: Readonly<Record<string, unknown>>): Promise<ChainHead> {
    if (this.#waiting.length >= maximumWaiting)
      return Promise.reject(new Error('Too many entries wait to be written.'));
    const { log, key, nowMs } = this.#options;
    const { chain, seq, hash: prev } = this.#at;
    const at = new Date(nowMs()).toISOString();
    const entry = { chain, log, seq: seq + 1, at, prev, key: key.about.fingerprint, type, body };
    const { line, hash } = formatLine(entry, key.sign);
    this.#at.seq += 1;
    this.#at.hash = hash;
    const { head } = this;
    return new Promise((resolve, reject) => {
      this.#waiting.push({ line: Buffer.from(line), written: () => resolve(head), failed: reject });
      this.#writing ??= this.#write();
    });
  }

  async close(): Promise<void> {
    await this.#writing;
    await this.#dropping;
    await this.#file.close();
  }

  /** What could not be written waits for the next: the chain has no gaps, whatever the disk says. */
  async #write(): Promise<void> {
    // Whoever comes in the same turn is written along.
    await Promise.resolve();
    while (this.#waiting.length > 0) {
      // A copy: what comes while these are written is for the next round.
      const batch = [...this.#waiting];
      try {
        await this.#makeRoom();
        await this.#put(Buffer.concat(batch.map(({ line }) => line)));
      } catch (error) {
        for (const { failed } of batch) failed(error);
        break;
      }
      this.#waiting = this.#waiting.slice(batch.length);
      for (const { written } of batch) written();
    }
    this.#writing = null;
  }

  async #put(bytes: Buffer): Promise<void> {
    const { bytes: from } = this.#at;
    let done = 0;
    while (done < bytes.length) {
      const { bytesWritten } = await this.#file.write(bytes, done, bytes.length - done, from + done);
      done += bytesWritten;
    }
    await this.#file.datasync();
    this.#at.bytes += bytes.length;
  }

  async #makeRoom(): Promise<void> {
    if (this.#at.bytes < segmentBytes) return;
    const next = { ...this.#at, segment: this.#at.segment + 1 };
    const file = await open(pathOf(this.#options, next), 'w', 0o600);
    await this.#file.close();
    this.#file = file;
    this.#at.segment = next.segment;
    this.#at.bytes = 0;
    await this.#dropOldest();
  }

  /** That they are gone is stated before they go. */
  async #dropOldest(): Promise<void> {
    const { folder, log, maximumSegments } = this.#options;
    const segments = await listSegments(folder, log);
    const dropped = maximumSegments === null ? [] : segments.slice(0, Math.max(0, segments.length - maximumSegments));
    const last = dropped.at(-1);
    if (last === undefined) return;
    const end = parseLine(linesOf(await readSegment(last)).lines.at(-1) ?? Buffer.alloc(0));
    this.#dropping = this.append('dropped', { upTo: end?.entry.seq ?? null, hash: end?.hash ?? null })
      .then(() => Promise.all(dropped.map(({ path }) => rm(path, { force: true }))))
      .catch(() => undefined);
  }
}

type End = { readonly at: Position; readonly torn: number } | { readonly former: FormerChain };
type LastLine = { readonly line: ChainLine | null; readonly bytes: number; readonly torn: number };

/** Null where there is no chain. Of one that cannot be gone on with, what a new one says of it. */
async function findEnd({ folder, log, key }: ChainOptions): Promise<End | null> {
  const segments = await listSegments(folder, log);
  const last = segments.at(-1);
  if (last === undefined) return null;
  const { chain, number: segment } = last;
  const { line, bytes, torn } = await readLastLine(segments);
  const isOne = segments.every((one) => one.chain === chain);
  if (line === null || !isOne || nextSigner(line) !== key.about.fingerprint)
    return { former: { chain, seq: line?.entry.seq ?? null, hash: line?.hash ?? null } };
  return { at: { chain, segment, seq: line.entry.seq, hash: line.hash, bytes }, torn };
}

/** Of the last file, or of the one before where that was begun and got none. */
async function readLastLine(segments: readonly ChainSegment[]): Promise<LastLine> {
  const [last, ...before] = segments.toReversed();
  if (last === undefined) return { line: null, bytes: 0, torn: 0 };
  const content = await readSegment(last);
  const { lines, rest } = linesOf(content);
  const line = lines.at(-1);
  if (line !== undefined) return { line: parseLine(line), bytes: content.length - rest.length, torn: rest.length };
  const former = await readLastLine(before.slice(0, 1));
  return { ...former, bytes: 0, torn: rest.length };
}

function nextSigner({ entry }: ChainLine): unknown {
  return entry.type === 'key' ? entry.body['fingerprint'] : entry.key;
}

async function putAside({ folder, formerFolder, log }: ChainOptions): Promise<void> {
  await makeFolder(formerFolder);
  for (const { path } of await listSegments(folder, log)) await rename(path, join(formerFolder, basename(path)));
}

function pathOf({ folder, log }: ChainOptions, { chain, segment }: Position): string {
  return join(folder, segmentName({ chain, log, number: segment }));
}
