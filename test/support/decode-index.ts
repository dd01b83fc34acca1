/** An index file read to its end, for tests. */
import { decodeIndex as decode, type IndexedPack } from '../../electron/engine/repository/format/index-file.ts';

type Decoded = { readonly packs: readonly IndexedPack[]; readonly refused: number };

export function decodeIndex(json: Uint8Array): Decoded | null {
  return decodePieces([json]);
}

export function decodePieces(pieces: Iterable<Uint8Array>): Decoded | null {
  const packs: IndexedPack[] = [];
  const reading = decode(pieces);
  for (let next = reading.next(); ; next = reading.next()) {
    if (next.done === true) return next.value === null ? null : { packs, refused: next.value };
    packs.push(next.value);
  }
}
