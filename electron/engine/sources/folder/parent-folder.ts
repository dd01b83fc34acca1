/**
 * What the parent snapshot says of one folder. As long as nothing in the folder has changed, its stored JSON is compared
 * as text, entry by entry, without parsing it: that is what makes an unchanged run fast. From the first difference on,
 * the rest is looked up by name. Neither holds the whole folder: one of a million entries exceeds what a string can hold.
 */
import { HoldfastError } from '../../../../shared/model/errors.ts';
import type { RawPath } from '../../platform/raw-path.ts';
import { parseGoTime } from '../../repository/format/go-time.ts';
import { parseTree, parseWholeTree } from '../../repository/format/tree.ts';
import type { TreeNode } from '../../repository/format/tree-node.ts';
import type { Entry } from './entry.ts';

const opening = '{"nodes":[';
const contentKey = ',"content":';
const comma = 0x2c;
const closingBracket = 0x5d;
/** Text that is held at once. */
const textBytes = 64 * 1024 * 1024;
/** Trees up to this are parsed in one go. */
const wholeBytes = 4 * 1024 * 1024;

/** Of the stored JSON, in bytes. */
export type Stretch = { readonly from: number; readonly to: number };

export class ParentFolder {
  /** Id of the stored tree. */
  readonly treeId: string;
  readonly #json: Buffer;
  readonly #textBytes: number;
  /** The JSON from `#textAt` on. */
  #text: string;
  #textAt = 0;
  /** In the text. */
  #position = opening.length;
  #matched: Stretch = { from: 0, to: 0 };
  #nodes: Iterator<TreeNode> | undefined;
  #nextNode: TreeNode | null = null;

  constructor(treeId: string, json: Buffer, given: { readonly textBytes?: number } = {}) {
    this.treeId = treeId;
    this.#json = json;
    this.#textBytes = given.textBytes ?? textBytes;
    this.#text = json.toString('latin1', 0, this.#textBytes);
  }

  /**
   * The rest of the entry's stored JSON (attributes, content, closing brace) when the next one begins just like `start`,
   * else null. Text is compared in latin1, one character per byte, so `start` must be in that form.
   */
  matchNext(start: string): string | null {
    if (this.#nodes !== undefined) return null;
    this.#slide();
    const at = this.#position;
    const restAt = at + start.length;
    // The comma: "links":1 must not be taken for the beginning of "links":12.
    if (this.#text.charCodeAt(restAt) !== comma || !this.#text.startsWith(start, at)) return null;
    // Within JSON strings the quotes of this key would be escaped, and its value is a list of ids: no brace is in it.
    const contentAt = this.#text.indexOf(contentKey, restAt);
    const end = contentAt < 0 ? 0 : this.#text.indexOf('}', contentAt) + 1;
    if (end === 0 || !attributesOnly(this.#text, restAt, contentAt) || !this.#goesOn(this.#textAt + end)) return null;
    this.#position = end + 1;
    this.#matched = { from: this.#textAt + at, to: this.#textAt + end };
    return this.#text.slice(restAt, end);
  }

  /** Where the entry stands that was matched last. */
  get matched(): Stretch {
    return this.#matched;
  }

  /** The stored JSON of what stands there. */
  stored({ from, to }: Stretch): string {
    return this.#json.toString('utf8', from, to);
  }

  /** True when every stored entry has been matched: the folder holds what it held. */
  get exhausted(): boolean {
    return this.#nodes === undefined && this.#text.startsWith('}', this.#position);
  }

  /** The entry of that name, or undefined. Names must be asked for in the order of a snapshot. */
  find(name: RawPath): TreeNode | undefined {
    this.#nodes ??= nodesOf(this.#json);
    while (this.#nextNode === null || this.#nextNode.name < name) {
      const next = this.#nodes.next();
      if (next.done === true) return undefined;
      this.#nextNode = next.value;
    }
    return this.#nextNode.name === name ? this.#nextNode : undefined;
  }

  /** What stands between entries is taken over with them. */
  #goesOn(at: number): boolean {
    const next = this.#json[at];
    return next === comma || next === closingBracket;
  }

  /** Moves the text on before an entry could reach over its end. */
  #slide(): void {
    const reached = this.#textAt + this.#text.length;
    if (this.#text.length - this.#position > this.#textBytes / 4 || reached >= this.#json.length) return;
    this.#textAt += this.#position;
    this.#text = this.#json.toString('latin1', this.#textAt, this.#textAt + this.#textBytes);
    this.#position = 0;
  }
}

/** Ends where the JSON is not that of a tree: what follows is stored anew. */
function* nodesOf(json: Buffer): Generator<TreeNode, undefined> {
  try {
    const pieces = json.length <= wholeBytes ? [parseWholeTree(json)] : parseTree([json]);
    for (const { nodes } of pieces) yield* nodes;
  } catch (error) {
    if (!(error instanceof HoldfastError)) throw error;
  }
}

/** Whether between start and content there is nothing but what `readAttributes` would read. */
function attributesOnly(text: string, from: number, to: number): boolean {
  return from === to || text.startsWith(',"extended_attributes":', from) || text.startsWith(',"device":', from);
}

/** Whether a file is the one the parent saw: size, modification and change time, and inode. */
export function isSameFile(before: TreeNode, { size, stat, mtime, ctime }: Entry): boolean {
  return (
    before.type === 'file' &&
    before.size === size &&
    before.inode === stat.inode &&
    isSameTime(before.mtime, mtime) &&
    isSameTime(before.ctime, ctime)
  );
}

/** restic writes times in its own zone, we in UTC. */
function isSameTime(stored: string, now: string): boolean {
  return stored === now || parseGoTime(stored) === parseGoTime(now);
}
