/**
 * Where the nodes of a stored folder begin, and what each is called, without parsing them: a screen shows a few hundred
 * of a hundred thousand, and parsing all takes five times as long. Only the form that restic and Holdfast write is
 * understood; whatever else there is, is read node by node and written in that form first (`canonicalTree`).
 */
import { isUtf8 } from 'node:buffer';
import type { RawPath } from '../platform/raw-path.ts';
import { goUnquote } from '../repository/format/go-quote.ts';
import type { NodeType } from '../repository/format/go-mode.ts';

export const nodeTypes: readonly NodeType[] = [
  'dir',
  'file',
  'symlink',
  'dev',
  'chardev',
  'fifo',
  'socket',
  'irregular',
];
/** The number of `dir` among the types. */
export const folderType = 0;
const fileType = 1;

export type ScannedTree = {
  /** The whole tree, a unit for each byte. */
  readonly text: string;
  readonly count: number;
  /** In `text`, for each node: its opening brace, the quote behind its name, and behind its closing brace. */
  readonly starts: Uint32Array;
  readonly nameEnds: Uint32Array;
  readonly ends: Uint32Array;
  /** Places in `nodeTypes`. */
  readonly types: Uint8Array;
  /** Names that are not written as they are. */
  readonly oddNames: ReadonlyMap<number, RawPath>;
};

const opening = '{"nodes":[';
const nodeOpening = '{"name":"';
/** Behind the brace that ends the node before it. */
const nextNode = `,${nodeOpening}`;
const afterName = '","type":"';
/** A node with a name of one letter and no more than a type is longer. */
const leastNodeBytes = 24;
/** No file can have a longer one; one of many megabytes must not get to a screen. */
export const longestName = 4096;

/** Null where the tree is not of the form that is understood, or holds names that no entry may have. */
export function scanTree(json: Buffer): ScannedTree | null {
  if (!isUtf8(json)) return null;
  const text = json.toString('latin1');
  const last = endOfNodes(text);
  if (last === null) return null;
  const columns = new Columns(Math.ceil(text.length / leastNodeBytes) + 1);
  const oddNames = new Map<number, RawPath>();
  let count = 0;
  for (let start = opening.length; start < last;) {
    if (!text.startsWith(nodeOpening, start)) return null;
    const nameStart = start + nodeOpening.length;
    let nameEnd = endOfPlainName(text, nameStart);
    if (nameEnd < 0) {
      nameEnd = endOfString(text, nameStart);
      const name = decodeName(text.slice(nameStart, nameEnd));
      if (name === null || isImpossible(name)) return null;
      oddNames.set(count, name);
    }
    const type = typeAfter(text, nameEnd);
    if (type < 0) return null;
    const end = endOfNode(text, nameEnd, last);
    columns.set(count, start, nameEnd, end, type);
    count += 1;
    start = end === last ? last : end + 1;
  }
  return { text, count, ...columns.cut(count), oddNames };
}

export function nameOf({ text, starts, nameEnds, oddNames }: ScannedTree, row: number): RawPath {
  return oddNames.get(row) ?? text.slice((starts[row] as number) + nodeOpening.length, nameEnds[row]);
}

/** Whether every name is greater than the one before it, byte by byte. */
export function isAscending(scan: ScannedTree): boolean {
  const { text, count, starts, nameEnds, oddNames } = scan;
  for (let row = 1; row < count; row++) {
    if (oddNames.size > 0 && (oddNames.has(row) || oddNames.has(row - 1))) {
      if (nameOf(scan, row - 1) >= nameOf(scan, row)) return false;
      continue;
    }
    let before = (starts[row - 1] as number) + nodeOpening.length;
    let at = (starts[row] as number) + nodeOpening.length;
    const end = nameEnds[row] as number;
    const endBefore = nameEnds[row - 1] as number;
    while (at < end && before < endBefore && text.charCodeAt(at) === text.charCodeAt(before)) {
      at += 1;
      before += 1;
    }
    const isGreater = before === endBefore ? at < end : at < end && text.charCodeAt(at) > text.charCodeAt(before);
    if (!isGreater) return false;
  }
  return true;
}

/** The JSON of one node. */
export function nodeJson({ text, starts, ends }: ScannedTree, row: number): string {
  return Buffer.from(text.slice(starts[row], ends[row]), 'latin1').toString('utf8');
}

/** Bytes of memory that it takes. */
export function bytesOf({ text, count, oddNames }: ScannedTree): number {
  return text.length + count * 13 + oddNames.size * 200;
}

class Columns {
  readonly #starts: Uint32Array;
  readonly #nameEnds: Uint32Array;
  readonly #ends: Uint32Array;
  readonly #types: Uint8Array;

  constructor(capacity: number) {
    this.#starts = new Uint32Array(capacity);
    this.#nameEnds = new Uint32Array(capacity);
    this.#ends = new Uint32Array(capacity);
    this.#types = new Uint8Array(capacity);
  }

  set(row: number, start: number, nameEnd: number, end: number, type: number): void {
    this.#starts[row] = start;
    this.#nameEnds[row] = nameEnd;
    this.#ends[row] = end;
    this.#types[row] = type;
  }

  cut(count: number): Pick<ScannedTree, 'starts' | 'nameEnds' | 'ends' | 'types'> {
    return {
      starts: this.#starts.slice(0, count),
      nameEnds: this.#nameEnds.slice(0, count),
      ends: this.#ends.slice(0, count),
      types: this.#types.slice(0, count),
    };
  }
}

/** Behind the closing brace of the last node; null where the beginning or the end is another. */
function endOfNodes(text: string): number | null {
  if (!text.startsWith(opening)) return null;
  const last = text.length - (text.endsWith('\n') ? 3 : 2);
  if (last < opening.length || !text.startsWith(']}', last)) return null;
  return last === opening.length || text[last - 1] === '}' ? last : null;
}

/** The quote that ends a name which is written as it is; -1 where it has to be looked at more closely. */
function endOfPlainName(text: string, from: number): number {
  const limit = from + longestName;
  for (let at = from; at <= limit; at++) {
    const unit = text.charCodeAt(at);
    if (unit === 0x22) {
      // No name, `.` and `..` are impossible.
      return at - from > 2 || (at > from && text.charCodeAt(from) !== 0x2e) ? at : -1;
    }
    if (unit === 0x5c || unit === 0x2f) return -1;
  }
  return -1;
}

/** The quote that ends a JSON string. */
function endOfString(text: string, from: number): number {
  for (let at = text.indexOf('"', from); at >= 0; at = text.indexOf('"', at + 1)) {
    let backslashes = 0;
    while (text.charCodeAt(at - 1 - backslashes) === 0x5c) backslashes += 1;
    if (backslashes % 2 === 0) return at;
  }
  return text.length;
}

/**
 * Extended attributes are objects with a name as well; what follows it tells them apart. A brace alone is looked for: one
 * character is found several times as fast as a text, and nodes hold few others.
 */
function endOfNode(text: string, from: number, last: number): number {
  for (let at = text.indexOf('}', from); at >= 0;) {
    if (!text.startsWith(nextNode, at + 1)) {
      at = text.indexOf('}', at + 1);
      continue;
    }
    const nameStart = at + 1 + nextNode.length;
    const plainEnd = endOfPlainName(text, nameStart);
    const nameEnd = plainEnd < 0 ? endOfString(text, nameStart) : plainEnd;
    if (text.startsWith(afterName, nameEnd)) return at + 1;
    at = text.indexOf('}', nameEnd);
  }
  return last;
}

function typeAfter(text: string, nameEnd: number): number {
  if (!text.startsWith(afterName, nameEnd)) return -1;
  const from = nameEnd + afterName.length;
  if (text.startsWith('file"', from)) return fileType;
  return nodeTypes.findIndex((type) => text.startsWith(type, from) && text[from + type.length] === '"');
}

function decodeName(json: string): RawPath | null {
  try {
    const quoted: unknown = JSON.parse(`"${Buffer.from(json, 'latin1').toString('utf8')}"`);
    return typeof quoted === 'string' ? goUnquote(quoted) : null;
  } catch {
    return null;
  }
}

function isImpossible(name: RawPath): boolean {
  return (
    name === '' ||
    name.length > longestName ||
    name === '.' ||
    name === '..' ||
    name.includes('/') ||
    name.includes('\0')
  );
}
