/** The containers that Windows and macOS want an icon in: PNG pictures of several sizes behind a directory of them. */

export type Picture = { readonly size: number; readonly png: Buffer };

/** ICO with PNG inside, as Windows reads it since Vista: a directory of 16 bytes for each picture, up to 256 pixels. */
export function icoFile(pictures: readonly Picture[]): Buffer {
  const directory = Buffer.alloc(6 + 16 * pictures.length);
  directory.writeUInt16LE(1, 2);
  directory.writeUInt16LE(pictures.length, 4);
  let offset = directory.length;
  pictures.forEach(({ size, png }, position) => {
    const at = 6 + 16 * position;
    // One byte for each side, in which 256 is 0.
    directory.writeUInt8(size % 256, at);
    directory.writeUInt8(size % 256, at + 1);
    directory.writeUInt16LE(1, at + 4);
    directory.writeUInt16LE(32, at + 6);
    directory.writeUInt32LE(png.length, at + 8);
    directory.writeUInt32LE(offset, at + 12);
    offset += png.length;
  });
  return Buffer.concat([directory, ...pictures.map(({ png }) => png)]);
}

/** Names of the entries that hold PNG, by pixels; the second of a size is for screens of double density. */
const icnsTypes: Readonly<Record<number, readonly string[]>> = {
  16: ['icp4'],
  32: ['icp5', 'ic11'],
  64: ['ic12'],
  128: ['ic07'],
  256: ['ic08', 'ic13'],
  512: ['ic09', 'ic14'],
  1024: ['ic10'],
};

/** ICNS: entries of a name, a length that counts these eight bytes too, and a PNG. Sizes it does not know are left out. */
export function icnsFile(pictures: readonly Picture[]): Buffer {
  const entries = pictures.flatMap(({ size, png }) =>
    (icnsTypes[size] ?? []).map((type) => Buffer.concat([head(type, png.length), png])),
  );
  return Buffer.concat([
    head(
      'icns',
      entries.reduce((sum, { length }) => sum + length, 0),
    ),
    ...entries,
  ]);
}

function head(type: string, length: number): Buffer {
  const bytes = Buffer.alloc(8);
  bytes.write(type, 'latin1');
  bytes.writeUInt32BE(length + 8, 4);
  return bytes;
}
