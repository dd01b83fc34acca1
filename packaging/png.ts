/** Pictures from shapes: coverage of each pixel by sampling, written as PNG (ISO/IEC 15948), 8 bits RGBA. */
import { crc32, deflateSync } from 'node:zlib';

/** In units of the picture: 0 to 1 in both directions, y down. */
export type Shape = (x: number, y: number) => boolean;
export type Layer = { readonly shape: Shape; readonly color: string };

/** Samples in each direction for a pixel. */
const samples = 8;

/** Layers from the bottom to the top; where a layer has no colour (`transparent`) it cuts a hole. */
export function drawPng(size: number, layers: readonly Layer[]): Buffer {
  const rows = Buffer.alloc(size * (1 + size * 4));
  for (let row = 0; row < size; row += 1) {
    for (let column = 0; column < size; column += 1) {
      const pixel = pixelOf(layers, column, row, size);
      rows.set(pixel, row * (1 + size * 4) + 1 + column * 4);
    }
  }
  const header = Buffer.alloc(13);
  header.writeUInt32BE(size, 0);
  header.writeUInt32BE(size, 4);
  header.set([8, 6, 0, 0, 0], 8);
  return Buffer.concat([
    Buffer.from([0x89, 0x50, 0x4e, 0x47, 0x0d, 0x0a, 0x1a, 0x0a]),
    chunk('IHDR', header),
    chunk('IDAT', deflateSync(rows, { level: 9 })),
    chunk('IEND', Buffer.alloc(0)),
  ]);
}

export const disc =
  (cx: number, cy: number, radius: number): Shape =>
  (x, y) =>
    Math.hypot(x - cx, y - cy) <= radius;

export const ring =
  (cx: number, cy: number, radius: number, width: number): Shape =>
  (x, y) =>
    Math.abs(Math.hypot(x - cx, y - cy) - radius) <= width / 2;

export const bar =
  (cx: number, cy: number, width: number, height: number): Shape =>
  (x, y) =>
    Math.abs(x - cx) <= width / 2 && Math.abs(y - cy) <= height / 2;

export const roundedSquare =
  (inset: number, corner: number): Shape =>
  (x, y) => {
    const half = 0.5 - inset;
    const dx = Math.max(0, Math.abs(x - 0.5) - (half - corner));
    const dy = Math.max(0, Math.abs(y - 0.5) - (half - corner));
    return Math.hypot(dx, dy) <= corner;
  };

/** Stands on its base; `r` is half of its height. */
export const triangle =
  (cx: number, cy: number, r: number): Shape =>
  (x, y) => {
    const down = (y - (cy - r)) / (2 * r);
    return down >= 0 && down <= 1 && Math.abs(x - cx) <= down * r * 1.15;
  };

export const cross =
  (cx: number, cy: number, r: number, width: number): Shape =>
  (x, y) => {
    const a = (x - cx + (y - cy)) / Math.SQRT2;
    const b = (x - cx - (y - cy)) / Math.SQRT2;
    return (Math.abs(a) <= width / 2 && Math.abs(b) <= r) || (Math.abs(b) <= width / 2 && Math.abs(a) <= r);
  };

function pixelOf(
  layers: readonly Layer[],
  column: number,
  row: number,
  size: number,
): [number, number, number, number] {
  const sum = [0, 0, 0];
  let covered = 0;
  for (let sample = 0; sample < samples * samples; sample += 1) {
    const x = (column + ((sample % samples) + 0.5) / samples) / size;
    const y = (row + (Math.floor(sample / samples) + 0.5) / samples) / size;
    const top = layers.findLast(({ shape }) => shape(x, y));
    if (top === undefined || top.color === 'transparent') continue;
    covered += 1;
    channelsOf(top.color).forEach((value, channel) => (sum[channel] = (sum[channel] ?? 0) + value));
  }
  if (covered === 0) return [0, 0, 0, 0];
  const mean = (channel: number): number => Math.round((sum[channel] ?? 0) / covered);
  return [mean(0), mean(1), mean(2), Math.round((covered / samples ** 2) * 255)];
}

/** `#rrggbb`. */
function channelsOf(color: string): [number, number, number] {
  const value = Number.parseInt(color.slice(1), 16);
  return [value >> 16, (value >> 8) & 0xff, value & 0xff];
}

function chunk(type: string, data: Buffer): Buffer {
  const body = Buffer.concat([Buffer.from(type, 'latin1'), data]);
  const whole = Buffer.alloc(body.length + 8);
  whole.writeUInt32BE(data.length, 0);
  body.copy(whole, 4);
  whole.writeUInt32BE(crc32(body), body.length + 4);
  return whole;
}
