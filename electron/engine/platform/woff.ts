/** WOFF 1.0 (W3C), the font in the file of a web page, as the OpenType font that was packed into it. */
import { inflateSync } from 'node:zlib';

const headBytes = 44;
const entryBytes = 20;

/**
 * Those who read fonts can read it packed too, and unpack a table again for each glyph that they look up: half a second for a
 * page.
 */
export function unpackedFont(woff: Buffer): Buffer {
  if (woff.toString('latin1', 0, 4) !== 'wOFF') throw new Error('This is no font in WOFF.');
  const count = woff.readUInt16BE(12);
  const tables = Array.from({ length: count }, (_, at) => tableOf(woff, headBytes + at * entryBytes));
  const head = Buffer.alloc(12 + 16 * count);
  const power = Math.floor(Math.log2(count));
  woff.copy(head, 0, 4, 8);
  head.writeUInt16BE(count, 4);
  head.writeUInt16BE(16 * 2 ** power, 6);
  head.writeUInt16BE(power, 8);
  head.writeUInt16BE(16 * (count - 2 ** power), 10);
  const parts: Buffer[] = [head];
  let offset = head.length;
  for (const [at, { tag, checksum, bytes }] of tables.entries()) {
    const entry = 12 + 16 * at;
    head.write(tag, entry, 'latin1');
    head.writeUInt32BE(checksum, entry + 4);
    head.writeUInt32BE(offset, entry + 8);
    head.writeUInt32BE(bytes.length, entry + 12);
    // Each table begins at a multiple of four bytes.
    const padding = Buffer.alloc(-bytes.length & 3);
    parts.push(bytes, padding);
    offset += bytes.length + padding.length;
  }
  return Buffer.concat(parts);
}

type Table = { readonly tag: string; readonly checksum: number; readonly bytes: Buffer };

function tableOf(woff: Buffer, entry: number): Table {
  const [offset = 0, packed = 0, length = 0, checksum = 0] = [4, 8, 12, 16].map((at) => woff.readUInt32BE(entry + at));
  const stored = woff.subarray(offset, offset + packed);
  const bytes = packed < length ? inflateSync(stored, { maxOutputLength: length }) : stored;
  return { tag: woff.toString('latin1', entry, entry + 4), checksum, bytes };
}
