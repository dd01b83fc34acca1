/**
 * What the parent snapshot says of one folder. As long as nothing in the folder has changed, its stored JSON is compared
 * as text, entry by entry, without parsing it: that is what makes an unchanged run fast. From the first difference on,
 * the rest is looked up by name.
 */
import type { RawPath } from '../../platform/raw-path.ts';
import { parseGoTime } from '../../repository/format/go-time.ts';
import { parseWholeTree } from '../../repository/format/tree.ts';
import type { TreeNode } from '../../repository/format/tree-node.ts';
import type { Entry } from './entry.ts';

const opening = '{"nodes":[';
const contentKey = ',"content":';
const comma = 0x2c;

export class ParentFolder {
  /** Id of the stored tree. */
  readonly treeId: string;
  readonly #json: Buffer;
  readonly #text: string;
  #position = opening.length;
  #byName: ReadonlyMap<RawPath, TreeNode> | undefined;

  constructor(treeId: string, json: Buffer) {
    this.treeId = treeId;
    this.#json = json;
    this.#text = json.toString('latin1');
  }

  /**
   * The rest of the entry's stored JSON (attributes, content, closing brace) when the next one begins just like `start`,
   * else null. Text is compared in latin1, one character per byte, so `start` must be in that form.
   */
  matchNext(start: string): string | null {
    if (this.#byName !== undefined) return null;
    const at = this.#position;
    const restAt = at + start.length;
    // The comma: "links":1 must not be taken for the beginning of "links":12.
    if (this.#text.charCodeAt(restAt) !== comma || !this.#text.startsWith(start, at)) return null;
    // Within JSON strings the quotes of this key would be escaped, and its value is a list of ids: no brace is in it.
    const contentAt = this.#text.indexOf(contentKey, restAt);
    const end = contentAt < 0 ? 0 : this.#text.indexOf('}', contentAt) + 1;
    if (end === 0 || !attributesOnly(this.#text, restAt, contentAt)) return null;
    this.#position = end + 1;
    return this.#text.slice(restAt, end);
  }

  /** True when every stored entry has been matched: the folder holds what it held. */
  get exhausted(): boolean {
    return this.#byName === undefined && this.#text.startsWith('}', this.#position);
  }

  /** The entry of that name, or undefined. */
  find(name: RawPath): TreeNode | undefined {
    this.#byName ??= new Map(parseWholeTree(this.#json).nodes.map((node) => [node.name, node]));
    return this.#byName.get(name);
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
