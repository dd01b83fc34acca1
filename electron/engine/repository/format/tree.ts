/**
 * Trees as bytes: `{"nodes":[…]}` and a newline. A folder with millions of entries exceeds the longest string V8 can
 * hold, so trees are written and parsed in pieces.
 */
import { HoldfastError } from '../../../../shared/model/errors.ts';
import { isInvalidNode, readNode, type InvalidNode, type TreeNode } from './tree-node.ts';

const opening = '{"nodes":[';
const closing = ']}\n';
const pieceCharacters = 4 * 1024 * 1024;
const writtenCharacters = 64 * 1024;

/** The bytes of a tree from the JSON of its nodes, which must be sorted by name. */
export function encodeTree(nodes: readonly string[]): Buffer {
  const commas = Math.max(0, nodes.length - 1);
  const length = nodes.reduce((sum, node) => sum + Buffer.byteLength(node), opening.length + commas + closing.length);
  const tree = Buffer.allocUnsafe(length);
  let filled = 0;
  let text = opening;
  for (const [index, node] of nodes.entries()) {
    text += index === 0 ? node : `,${node}`;
    // Joined before it is written: one call for many nodes.
    if (text.length < writtenCharacters) continue;
    filled += tree.write(text, filled, 'utf8');
    text = '';
  }
  tree.write(text + closing, filled, 'utf8');
  return tree;
}

export type TreePiece = { readonly nodes: readonly TreeNode[]; readonly invalid: readonly InvalidNode[] };

/** The nodes of a tree, piece by piece; what is not a node is named. Throws TREE_INVALID where the JSON itself is broken. */
export function* parseTree(pieces: Iterable<Buffer>): Generator<TreePiece> {
  for (const values of parseTreeValues(pieces)) yield readNodes(values);
}

/** As `parseTree`, without looking at what the nodes are: for whoever must not overlook anything in them. */
export function* parseTreeValues(pieces: Iterable<Buffer>): Generator<readonly unknown[]> {
  for (const array of splitNodes(withWholeOpening(pieces))) yield parseNodeArray(array);
}

/** All nodes of a tree at once. */
export function parseWholeTree(json: Buffer): TreePiece {
  if (json.length > pieceCharacters) {
    const parts = [...parseTree([json])];
    return { nodes: parts.flatMap((part) => part.nodes), invalid: parts.flatMap((part) => part.invalid) };
  }
  return readNodes(parseWholeTreeValues(json));
}

/** One node from its JSON, as text or cut out of a tree's. Throws TREE_INVALID where that is broken. */
export function parseNode(json: string): TreeNode | InvalidNode {
  return readNode(parseJson(json));
}

/** All values of a tree that is not too large to be parsed at once. */
export function parseWholeTreeValues(json: Buffer): readonly unknown[] {
  const tree = parseJson(json.toString('utf8')) as { nodes?: unknown } | null;
  const nodes = tree?.nodes;
  if (nodes === null) return [];
  if (!Array.isArray(nodes)) throw invalidTree();
  return nodes;
}

function readNodes(values: readonly unknown[]): TreePiece {
  const nodes: TreeNode[] = [];
  const invalid: InvalidNode[] = [];
  for (const value of values) {
    const node = readNode(value);
    if (isInvalidNode(node)) invalid.push(node);
    else nodes.push(node);
  }
  return { nodes, invalid };
}

const longNumber = /"(inode|device_id|device)":(\d{16,20})(?=[,}\]\s])/g;

/** JSON.parse that keeps 64-bit numbers as strings. Within a JSON string the quotes of such a key would be escaped. */
function parseJson(text: string): unknown {
  try {
    return JSON.parse(longNumber.test(text) ? text.replace(longNumber, '"$1":"$2"') : text);
  } catch {
    throw invalidTree();
  } finally {
    longNumber.lastIndex = 0;
  }
}

function parseNodeArray(json: Buffer): readonly unknown[] {
  const values = parseJson(json.toString('utf8'));
  return Array.isArray(values) ? values : [];
}

function invalidTree(): HoldfastError {
  return new HoldfastError('TREE_INVALID', 'A stored folder is not readable as JSON.');
}

const quote = 0x22;
const backslash = 0x5c;
const openBrace = 0x7b;
const closeBrace = 0x7d;
const openBracket = 0x5b;
const closeBracket = 0x5d;
const comma = 0x2c;

const arrayOpening = Buffer.from('[');
const arrayClosing = Buffer.from(']');

/** Enough for `{"nodes":[` with white space: it must not be cut apart. */
const openingBytes = 64;

function* withWholeOpening(pieces: Iterable<Buffer>): Generator<Buffer> {
  let start: Buffer | null = Buffer.alloc(0);
  for (const piece of pieces) {
    if (start === null) yield piece;
    else {
      start = Buffer.concat([start, piece]);
      if (start.length < openingBytes) continue;
      yield start;
      start = null;
    }
  }
  if (start !== null) yield start;
}

/** What follows the list must end the object, and nothing may follow that. */
function refuseTail(tail: Buffer): void {
  if (tail.length > openingBytes * 1024) throw invalidTree();
  parseJson(`{"nodes":[]${tail.toString('utf8')}`);
}

/** Groups of whole nodes as JSON arrays of about `pieceCharacters`, cut where a comma stands between two nodes. */
function* splitNodes(pieces: Iterable<Buffer>): Generator<Buffer> {
  let depth = 0;
  let inString = false;
  let escaped = false;
  let started = false;
  let finished = false;
  let carried: Buffer[] = [arrayOpening];
  let carriedBytes = 0;
  const tail: Buffer[] = [];
  for (const piece of pieces) {
    let from = 0;
    if (finished) tail.push(Buffer.from(piece));
    for (let at = 0; at < piece.length && !finished; at++) {
      const byte = piece[at] as number;
      if (inString) {
        if (escaped) escaped = false;
        else if (byte === backslash) escaped = true;
        else if (byte === quote) inString = false;
        continue;
      }
      if (byte === quote) inString = true;
      else if (byte === openBrace || byte === openBracket) {
        depth += 1;
        if (depth === 2 && byte === openBracket && !started) {
          if (!/"nodes"\s*:\s*$/.test(piece.toString('latin1', Math.max(0, at - 40), at))) throw invalidTree();
          started = true;
          from = at + 1;
        }
      } else if (byte === closeBrace || byte === closeBracket) {
        depth -= 1;
        if (started && depth === 1) {
          finished = true;
          tail.push(Buffer.from(piece.subarray(at + 1)));
          carried.push(piece.subarray(from, at), arrayClosing);
          yield Buffer.concat(carried);
        }
      } else if (byte === comma && depth === 2 && started && carriedBytes + at - from > pieceCharacters) {
        carried.push(piece.subarray(from, at), arrayClosing);
        yield Buffer.concat(carried);
        carried = [arrayOpening];
        carriedBytes = 0;
        from = at + 1;
      }
    }
    if (started && !finished) {
      // The decompressor reuses its buffer, so what is kept must be copied.
      carried.push(Buffer.from(piece.subarray(from)));
      carriedBytes += piece.length - from;
    }
  }
  if (!finished) throw invalidTree();
  refuseTail(Buffer.concat(tail));
}
