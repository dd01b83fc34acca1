/** Stored folders of any form, read entry by entry and written again in the one form that `tree-scan.ts` understands. */
import { hash } from 'node:crypto';
import {
  formatNodeAttributes,
  formatNodeStart,
  formatNodeTail,
  type InvalidNode,
  type TreeNode,
} from '../repository/format/tree-node.ts';
import type { TreePiece } from '../repository/format/tree.ts';
import { longestName } from './tree-scan.ts';

export type CanonicalTree = {
  readonly json: Buffer;
  /** Entries that cannot be used, the first hundred; and how many more. */
  readonly invalid: readonly InvalidNode[];
  readonly moreInvalid: number;
  /** Usable entries beyond the limit, which are not in `json`. */
  readonly leftOut: number;
};

const keptIssues = 100;
/** Kept whole, a forged folder would fill the memory with them. */
const longestTarget = 8192;
const longestAccount = 256;

/** Throws TREE_INVALID where the JSON itself is broken. `limitBytes` bounds what is kept, not what is read. */
export function canonicalTree(pieces: Iterable<TreePiece>, limitBytes: number): CanonicalTree {
  const kept: Buffer[] = [Buffer.from('{"nodes":[')];
  const invalid: InvalidNode[] = [];
  let moreInvalid = 0;
  let bytes = 0;
  let leftOut = 0;
  const refuse = (node: InvalidNode): void => {
    if (invalid.length < keptIssues)
      invalid.push({ name: node.name?.slice(0, longestName) ?? null, reason: node.reason });
    else moreInvalid += 1;
  };
  for (const piece of pieces) {
    piece.invalid.forEach(refuse);
    const texts: string[] = [];
    for (const node of piece.nodes) {
      if (bytes > limitBytes) leftOut += 1;
      else if (node.name.length > longestName)
        refuse({ name: node.name, reason: 'its name is longer than any file can have' });
      else {
        const text = briefJson(node);
        bytes += text.length;
        texts.push(text);
      }
    }
    if (texts.length > 0) kept.push(Buffer.from(`${kept.length > 1 ? ',' : ''}${texts.join(',')}`, 'utf8'));
  }
  kept.push(Buffer.from(']}\n'));
  return { json: Buffer.concat(kept), invalid, moreInvalid, leftOut };
}

/** What stands for the content of a file: equal where it is equal. */
export function contentKey(content: readonly string[]): string {
  return content.length <= 1 ? (content[0] ?? '') : hash('sha256', content.join(''), 'hex');
}

/** Without what no list shows; a long list of contents as the one id that stands for it. */
function briefJson(node: TreeNode): string {
  const { content, linkTarget } = node;
  const start = formatNodeStart({
    ...node,
    user: node.user.slice(0, longestAccount),
    group: node.group.slice(0, longestAccount),
    linkTarget: linkTarget?.slice(0, longestTarget) ?? null,
  });
  const key = content === null ? null : contentKey(content);
  return (
    start +
    formatNodeAttributes([], node.device) +
    formatNodeTail(key === null ? null : key === '' ? [] : [key], node.subtree)
  );
}
