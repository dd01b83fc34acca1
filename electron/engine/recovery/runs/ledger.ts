/**
 * What a restore run makes and replaces, noted before it does, so that it can be undone after any end, also that of a
 * killed engine. One JSON array a line: a kind, a path for people (`displayRaw`, which leads back to the bytes), facts.
 */
import { closeSync, constants, fsyncSync, mkdirSync, openSync, readSync, rmSync, writeSync } from 'node:fs';
import { dirname, join } from 'node:path';
import { z } from 'zod';
import { displayRaw, rawFromDisplay, type RawPath } from '../../platform/raw-path.ts';

/** Size in bytes and time in nanoseconds, as the snapshot has them; the name it may have until it is whole. */
export type Intended = { readonly size: number; readonly mtimeNs: bigint; readonly temporary: RawPath | null };

export interface RestoreLedger {
  willMakeFolder(path: RawPath): void;
  willCreate(path: RawPath, intended: Intended): void;
  /** What is there goes to `aside` first. */
  willReplace(path: RawPath, aside: RawPath, intended: Intended): void;
  /** It is there now; `ctimeNs` where nothing of ours changes it any more. */
  isThere(path: RawPath, inode: bigint, ctimeNs: bigint | null): void;
  wasKept(path: RawPath): void;
  /** What an earlier attempt of the run has created under that path. */
  createdBefore(path: RawPath): Intended | null;
  hasFailed(path: RawPath): void;
}

/** A path that a run has touched, from all its lines. */
export type LedgerEntry = {
  readonly path: RawPath;
  readonly kind: 'folder' | 'created' | 'replaced';
  /** Null for folders. */
  readonly intended: Intended | null;
  readonly aside: RawPath | null;
  readonly there: { readonly inode: bigint; readonly ctimeNs: bigint | null } | null;
};

export type LedgerContent = {
  /** In the order in which they were made. */
  readonly entries: readonly LedgerEntry[];
  /** Stayed as they were, because something was in the way or because they could not be restored. */
  readonly leftOut: ReadonlySet<RawPath>;
};

export function ledgerPath(home: string, run: string): string {
  return join(home, 'restores', `run-${run}.ledger`);
}

const pieceBytes = 1024 * 1024;
/** Paths of a few thousand bytes, of which one may be shown as six. */
const longestLine = 256 * 1024;
const newline = 0x0a;

const text = z.string();
const number64 = z.string().regex(/^-?\d{1,20}$/);
const lineSchema = z.union([
  z.tuple([z.literal('folder'), text]),
  z.tuple([z.literal('create'), text, z.number(), number64, text.nullable()]),
  z.tuple([z.literal('replace'), text, z.number(), number64, text.nullable(), text]),
  z.tuple([z.literal('there'), text, number64, number64.nullable()]),
  z.tuple([z.literal('left'), text]),
]);
type Line = z.infer<typeof lineSchema>;

export class LedgerWriter implements RestoreLedger {
  readonly #descriptor: number;
  readonly #before: ReadonlyMap<RawPath, LedgerEntry>;

  /** Goes on with the ledger of an earlier attempt. */
  constructor(path: string) {
    this.#before = new Map(readLedger(path).entries.map((entry) => [entry.path, entry]));
    mkdirSync(dirname(path), { recursive: true, mode: 0o700 });
    const flags = constants.O_WRONLY | constants.O_APPEND | constants.O_CREAT | constants.O_NOFOLLOW;
    this.#descriptor = openSync(path, flags, 0o600);
    // A line that a kill has cut off must not swallow the next one.
    writeSync(this.#descriptor, '\n');
  }

  willMakeFolder(path: RawPath): void {
    this.#write(['folder', displayRaw(path)]);
  }

  willCreate(path: RawPath, { size, mtimeNs, temporary }: Intended): void {
    const part = temporary === null ? null : displayRaw(temporary);
    this.#write(['create', displayRaw(path), size, String(mtimeNs), part]);
  }

  willReplace(path: RawPath, aside: RawPath, { size, mtimeNs, temporary }: Intended): void {
    const part = temporary === null ? null : displayRaw(temporary);
    this.#write(['replace', displayRaw(path), size, String(mtimeNs), part, displayRaw(aside)]);
  }

  isThere(path: RawPath, inode: bigint, ctimeNs: bigint | null): void {
    this.#write(['there', displayRaw(path), String(inode), ctimeNs === null ? null : String(ctimeNs)]);
  }

  wasKept(path: RawPath): void {
    this.#write(['left', displayRaw(path)]);
  }

  createdBefore(path: RawPath): Intended | null {
    const entry = this.#before.get(path);
    return entry?.kind === 'created' ? entry.intended : null;
  }

  hasFailed(path: RawPath): void {
    this.#write(['left', displayRaw(path)]);
  }

  /** Durable from here on. */
  close(): void {
    fsyncSync(this.#descriptor);
    closeSync(this.#descriptor);
  }

  #write(line: Line): void {
    writeSync(this.#descriptor, `${JSON.stringify(line)}\n`);
  }
}

/** Empty where there is none. A damaged line says nothing. */
export function readLedger(path: string): LedgerContent {
  const entries = new Map<RawPath, LedgerEntry>();
  const leftOut = new Set<RawPath>();
  for (const line of linesOf(path)) {
    const raw = rawFromDisplay(line[1]);
    const known = entries.get(raw);
    // A later attempt succeeded where an earlier one did not.
    if (line[0] === 'left') leftOut.add(raw);
    else leftOut.delete(raw);
    // The first line says how it was before the run.
    if (line[0] === 'there' && known !== undefined) {
      const there = { inode: BigInt(line[2]), ctimeNs: line[3] === null ? null : BigInt(line[3]) };
      entries.set(raw, { ...known, there });
    }
    if (line[0] === 'left' || line[0] === 'there') continue;
    // But for what was created by the run, then changed by somebody, then replaced: what they made is kept aside.
    if (known !== undefined && (line[0] !== 'replace' || known.kind !== 'created')) continue;
    const part = line[0] === 'folder' || line[4] === null ? null : rawFromDisplay(line[4]);
    const intended = line[0] === 'folder' ? null : { size: line[2], mtimeNs: BigInt(line[3]), temporary: part };
    const aside = line[0] === 'replace' ? rawFromDisplay(line[5]) : null;
    const kind = line[0] === 'folder' ? 'folder' : line[0] === 'create' ? 'created' : 'replaced';
    entries.set(raw, { path: raw, kind, intended, aside, there: null });
  }
  return { entries: [...entries.values()], leftOut };
}

export function removeLedger(path: string): void {
  rmSync(path, { force: true });
}

function* linesOf(path: string): Generator<Line> {
  for (const line of textLines(path)) {
    try {
      yield lineSchema.parse(JSON.parse(line));
    } catch {
      // Cut off by a kill.
    }
  }
}

/** Piece by piece: the ledger of some million files is longer than a text can be. */
function* textLines(path: string): Generator<string> {
  let descriptor: number;
  try {
    descriptor = openSync(path, 'r');
  } catch (error) {
    if (error instanceof Error && 'code' in error && error.code === 'ENOENT') return;
    throw error;
  }
  try {
    const piece = Buffer.alloc(pieceBytes);
    let begun: Buffer = Buffer.alloc(0);
    for (let read = readSync(descriptor, piece); read > 0; read = readSync(descriptor, piece)) {
      let from = 0;
      for (let end = piece.indexOf(newline, from); end >= 0 && end < read; end = piece.indexOf(newline, from)) {
        const line = piece.subarray(from, end);
        const whole = begun.length === 0 ? line : Buffer.concat([begun, line]);
        if (whole.length > 0 && whole.length <= longestLine) yield whole.toString('utf8');
        begun = Buffer.alloc(0);
        from = end + 1;
      }
      // What is longer than any line of ours says nothing; its end is still looked for.
      if (begun.length <= longestLine) begun = Buffer.concat([begun, piece.subarray(from, read)]);
    }
    if (begun.length > 0 && begun.length <= longestLine) yield begun.toString('utf8');
  } finally {
    closeSync(descriptor);
  }
}
