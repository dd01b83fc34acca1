/** A stored folder in the form in which parts of it are found quickly: sorted, filtered, one entry at a time. */
import { displayRaw, type RawPath } from '../platform/raw-path.ts';
import { parseGoTime } from '../repository/format/go-time.ts';
import { parseNode } from '../repository/format/tree.ts';
import { isInvalidNode, type InvalidNode, type TreeNode } from '../repository/format/tree-node.ts';
import { bytesOf, folderType, isAscending, nameOf, nodeJson, type ScannedTree } from './tree-scan.ts';

export type FolderView = {
  readonly sort: 'name' | 'size' | 'modified' | 'type';
  readonly descending: boolean;
  readonly filter: string;
  readonly foldersOnly: boolean;
};

/** What could not be used of the folder. */
export type FolderFaults = {
  readonly invalid: readonly InvalidNode[];
  readonly moreInvalid: number;
  readonly leftOut: number;
};

export const noFaults: FolderFaults = { invalid: [], moreInvalid: 0, leftOut: 0 };

/** The folder only looked as if it were of the form that is read without parsing. */
export class NotAsScanned extends Error {
  override readonly name = 'NotAsScanned';
}

/** A view is asked for page by page. */
const keptViews = 4;

export class FolderTable {
  readonly faults: FolderFaults;
  /** Names that stand in the folder more than once: the last one counts. */
  readonly repeated: number;
  readonly #scan: ScannedTree;
  /** Rows in the order of their names, which are bytes. */
  readonly #byName: Uint32Array;
  readonly #views = new Map<string, Uint32Array>();

  constructor(scan: ScannedTree, faults: FolderFaults) {
    this.#scan = scan;
    this.faults = faults;
    this.#byName = rowsByName(scan);
    this.repeated = scan.count - this.#byName.length;
  }

  /** Entries that can be shown. */
  get count(): number {
    return this.#byName.length;
  }

  get bytes(): number {
    return bytesOf(this.#scan) + this.count * 4 * (1 + this.#views.size);
  }

  name(row: number): RawPath {
    return nameOf(this.#scan, row);
  }

  /** Throws NotAsScanned. */
  node(row: number): TreeNode {
    let node: TreeNode | InvalidNode;
    try {
      node = parseNode(nodeJson(this.#scan, row));
    } catch (cause) {
      throw new NotAsScanned('an entry is no JSON', { cause });
    }
    if (isInvalidNode(node) || node.name !== this.name(row)) throw new NotAsScanned('an entry is none');
    return node;
  }

  /** The row of a name, or -1. */
  find(name: RawPath): number {
    let low = 0;
    let high = this.#byName.length;
    while (low < high) {
      const middle = (low + high) >>> 1;
      const row = this.#byName[middle] as number;
      const found = this.name(row);
      if (found === name) return row;
      if (found < name) low = middle + 1;
      else high = middle;
    }
    return -1;
  }

  /** Rows in the order of the view, folders first; equal ones by name. */
  rows(view: FolderView): Uint32Array {
    const key = JSON.stringify([view.sort, view.descending, view.filter, view.foldersOnly]);
    const rows = this.#views.get(key) ?? this.#arrange(view);
    this.#views.delete(key);
    this.#views.set(key, rows);
    for (const oldest of this.#views.keys()) {
      if (this.#views.size <= keptViews) break;
      this.#views.delete(oldest);
    }
    return rows;
  }

  #arrange({ sort, descending, filter, foldersOnly }: FolderView): Uint32Array {
    const { types } = this.#scan;
    const matching = filter === '' ? this.#byName : this.#byName.filter(this.#matches(filter));
    const folders = countFolders(matching, types);
    // What is asked for first, and in a folder of files alone it is there already.
    if (sort === 'name' && !descending && folders === (foldersOnly ? matching.length : 0)) return matching;
    const rows = new Uint32Array(foldersOnly ? folders : matching.length);
    let [folder, other] = [0, folders];
    for (let at = 0; at < matching.length; at++) {
      const row = matching[at] as number;
      if (types[row] === folderType) rows[folder++] = row;
      else if (!foldersOnly) rows[other++] = row;
    }
    // Folders have no size and are of one type.
    this.#order(rows.subarray(0, folders), sort === 'modified' ? sort : 'name', descending);
    this.#order(rows.subarray(folders), sort, descending);
    return rows;
  }

  /** In place; they come in the order of their names. */
  #order(rows: Uint32Array, sort: FolderView['sort'], descending: boolean): void {
    if (sort === 'type') {
      const kinds = new Map([...rows].map((row) => [row, this.#kind(row)]));
      rows.sort((a, b) => compareText(kinds.get(a) ?? '', kinds.get(b) ?? ''));
    } else if (sort !== 'name') {
      const keys = sort === 'size' ? this.#sizes() : this.#times();
      rows.sort((a, b) => (keys[a] as number) - (keys[b] as number));
    }
    if (descending) rows.reverse();
  }

  #matches(filter: string): (row: number) => boolean {
    const wanted = filter.toLowerCase();
    return (row) => displayRaw(this.name(row)).toLowerCase().includes(wanted);
  }

  /** Its type, then the ending of its name. */
  #kind(row: number): string {
    const name = this.name(row);
    const dot = name.lastIndexOf('.');
    return `${this.#scan.types[row]}${dot > 0 ? name.slice(dot + 1).toLowerCase() : ''}`;
  }

  #sizes(): Float64Array {
    return this.#column(',"size":', (text, at) => {
      let size = 0;
      for (let digit = text.charCodeAt(at) - 0x30; digit >= 0 && digit <= 9; digit = text.charCodeAt(at) - 0x30) {
        size = size * 10 + digit;
        at += 1;
      }
      return size;
    });
  }

  #times(): Float64Array {
    return this.#column(',"mtime":"', (text, at) => secondsOf(text.slice(at, text.indexOf('"', at))));
  }

  /** The value behind a key, for every row; 0 where it has none. */
  #column(key: string, read: (text: string, at: number) => number): Float64Array {
    const { text, count, nameEnds, ends } = this.#scan;
    const values = new Float64Array(count);
    // Where the key stands next: a folder without any must not be searched to its end for each of its entries.
    let at = 0;
    for (let row = 0; row < count && at >= 0; row++) {
      const from = nameEnds[row] as number;
      if (at < from) at = text.indexOf(key, from);
      if (at >= 0 && at < (ends[row] as number)) values[row] = read(text, at + key.length);
    }
    return values;
  }
}

/** Stored folders are in order; where one is not, it is put in order, and of two with one name the later one counts. */
function rowsByName(scan: ScannedTree): Uint32Array {
  const rows = new Uint32Array(scan.count);
  for (let row = 0; row < scan.count; row++) rows[row] = row;
  if (isAscending(scan)) return rows;
  const names = Array.from(rows, (row) => nameOf(scan, row));
  rows.sort((a, b) => compareText(names[a] as string, names[b] as string) || a - b);
  return rows.filter((row, at) => at + 1 === rows.length || names[row] !== names[rows[at + 1] as number]);
}

/** By number: until it is compiled, walking an array as an iterator takes many times as long. */
function countFolders(rows: Uint32Array, types: Uint8Array): number {
  let folders = 0;
  for (let at = 0; at < rows.length; at++) if (types[rows[at] as number] === folderType) folders += 1;
  return folders;
}

function compareText(a: string, b: string): number {
  return a < b ? -1 : a > b ? 1 : 0;
}

/** Since 1970, with the fraction; only ever compared. */
function secondsOf(time: string): number {
  // `2026-11-25T01:02:03.123456789Z`
  const milliseconds = time.endsWith('Z') ? Date.parse(`${time.slice(0, 19)}Z`) : Number.NaN;
  if (Number.isNaN(milliseconds)) return Number(parseGoTime(time) ?? 0n) / 1e9;
  return milliseconds / 1000 + (time[19] === '.' ? Number(time.slice(19, -1)) : 0);
}
