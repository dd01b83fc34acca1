/**
 * One line of a chain: an entry, its hash, and the signature of that hash by the key of the console. The bytes between
 * the frame are hashed as they stand, so whoever checks a chain needs no rules for writing JSON.
 */
import { createHash } from 'node:crypto';
import { canonicalJson } from '../../../../shared/model/canonical-json.ts';
import type { ChainLog } from '../../../../shared/model/evidence.ts';

/**
 * `begin`: the first of a chain, with the key and what it goes on from. `key`: from the next one on another key signs.
 * `mended`: an end that a crash had torn was cut off. `dropped`: the oldest were removed for want of room. `joined`: the
 * chain of another console came along, from which this one has taken over.
 */
export const entryTypes = ['begin', 'record', 'key', 'mended', 'dropped', 'joined'] as const;
export type EntryType = (typeof entryTypes)[number];

export type ChainEntry = {
  /** Of the chain: 16 hexadecimal digits. */
  readonly chain: string;
  readonly log: ChainLog;
  /** From 0 on, without gaps. */
  readonly seq: number;
  /** ISO-8601. */
  readonly at: string;
  /** Hash of the entry before; 64 zeros in the first. */
  readonly prev: string;
  /** Fingerprint of the key that signs it. */
  readonly key: string;
  readonly type: EntryType;
  readonly body: Readonly<Record<string, unknown>>;
};

export type ChainLine = { readonly entry: ChainEntry; readonly hash: string; readonly signature: string };

/** Signs a hash: 128 hexadecimal digits. */
export type Sign = (hash: string) => string;

export const noHash = '0'.repeat(64);

const frame = /^\{"entry":(.*),"hash":"([0-9a-f]{64})","signature":"((?:[0-9a-f]{128})?)"\}$/s;

/** With its line feed. Where nobody can sign now, the signature is empty: that of a later entry covers it. */
export function formatLine(entry: ChainEntry, sign: Sign | null): { readonly line: string; readonly hash: string } {
  const text = canonicalJson(entry);
  const hash = sha256(Buffer.from(text, 'utf8'));
  const signature = sign === null ? '' : sign(hash);
  return { line: `{"entry":${text},"hash":"${hash}","signature":"${signature}"}\n`, hash };
}

/** Bytes of a line without its line feed; null where they are none, or are not what the hash is of. */
export function parseLine(line: Buffer): ChainLine | null {
  const [, text, hash, signature] = frame.exec(line.toString('latin1')) ?? [];
  if (text === undefined || hash === undefined || signature === undefined) return null;
  const bytes = Buffer.from(text, 'latin1');
  if (sha256(bytes) !== hash) return null;
  const entry = entryOf(bytes.toString('utf8'));
  return entry === null ? null : { entry, hash, signature };
}

/** Lines with their line feeds cut off; `rest` is what follows the last line feed. */
export function linesOf(bytes: Buffer): { readonly lines: readonly Buffer[]; readonly rest: Buffer } {
  const lines: Buffer[] = [];
  let from = 0;
  for (let end = bytes.indexOf(10, from); end >= 0; end = bytes.indexOf(10, from)) {
    lines.push(bytes.subarray(from, end));
    from = end + 1;
  }
  return { lines, rest: bytes.subarray(from) };
}

function entryOf(text: string): ChainEntry | null {
  try {
    const entry = JSON.parse(text) as ChainEntry;
    return isEntry(entry) ? entry : null;
  } catch {
    return null;
  }
}

function isEntry(entry: ChainEntry): boolean {
  const { chain, log, seq, at, prev, key, type, body } = entry;
  const texts = [chain, log, at, prev, key].every((text) => typeof text === 'string');
  return texts && Number.isSafeInteger(seq) && entryTypes.includes(type) && typeof body === 'object' && body !== null;
}

function sha256(bytes: Uint8Array): string {
  return createHash('sha256').update(bytes).digest('hex');
}
