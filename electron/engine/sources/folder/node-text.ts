/** The JSON of a folder's entries while the folder is walked: some of it new, most of it as it stands in the parent's tree. */
import type { ParentFolder, Stretch } from './parent-folder.ts';

/** JSON of an entry, or where it stands in that of the parent, with those around it; null where it is left out. */
export type NodeText = string | Stretch | null;

const asciiOnly = /^[\x20-\x7e]*$/;

/** Longer stretches are not made: each becomes one text, which one rare character makes twice as large. */
const stretchBytes = 64 * 1024;

/** In one with the last, where it follows on it: of a folder that has not changed there is one stretch. */
export function addStretch(nodes: NodeText[], { from, to }: Stretch): void {
  const last = nodes.at(-1);
  const goesOn = typeof last === 'object' && last !== null && last.to + 1 === from && to - last.from <= stretchBytes;
  if (goesOn) nodes[nodes.length - 1] = { from: last.from, to };
  else nodes.push({ from, to });
}

/** All entries that are not left out, in order; some texts are those of several. */
export function textsOf(nodes: readonly NodeText[], before: ParentFolder | null): string[] {
  return nodes.flatMap((node) => {
    if (node === null || typeof node === 'string') return node ?? [];
    if (before === null) throw new Error('an entry was matched in a folder that has no parent');
    return before.stored(node);
  });
}

/** Stored JSON is compared byte by byte, so text beyond ASCII takes the form of its bytes. */
export function asLatin1(head: string): string {
  return asciiOnly.test(head) ? head : Buffer.from(head, 'utf8').toString('latin1');
}

/** The inverse, for what is taken over from the stored text. */
export function fromLatin1(text: string): string {
  return asciiOnly.test(text) ? text : Buffer.from(text, 'latin1').toString('utf8');
}

/** The part of a rest that lies before the content. */
export function attributesIn(rest: string): string {
  return rest.slice(0, rest.indexOf(',"content":'));
}

/** Many small pieces joined are kept as a tree of pieces, several times as large, until someone reads the text. */
export function flat(text: string): string {
  asciiOnly.test(text);
  return text;
}

export function subtreeOf(tail: string): string | null {
  return /"subtree":"([0-9a-f]{64})"/.exec(tail)?.[1] ?? null;
}
