/** JSON with literals that JavaScript cannot hold: 2^63, 1e999, duplicate keys. */

const marker = '\u0001raw:';

/** Stands for `text` in what `encodeRawJson` writes: any characters at all, in place of a value. */
export function raw(text: string): string {
  return `${marker}${Buffer.from(text).toString('hex')}`;
}

export function encodeRawJson(value: unknown): string {
  const pattern = new RegExp(`"${JSON.stringify(marker).slice(1, -1).replace('\\', '\\\\')}([0-9a-f]*)"`, 'g');
  return JSON.stringify(value).replace(pattern, (_, hex: string) => Buffer.from(hex, 'hex').toString());
}
