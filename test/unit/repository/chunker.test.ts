import { createCipheriv } from 'node:crypto';
import { describe, expect, test } from 'vitest';
import {
  averageChunk,
  findCut,
  gearTable,
  maximumChunk,
  minimumChunk,
  type GearTable,
} from '../../../electron/engine/repository/chunker.ts';
import { sha256 } from '../../support/restic-repository.ts';

const mib = 1024 * 1024;
const polynomial = '25b468838dcb75';
const gear = gearTable(polynomial);

/** Noise that is fast to make: a key stream. */
function randomData(length: number, seed = 'chunks'): Buffer {
  return createCipheriv('aes-256-ctr', sha256(Buffer.from(seed)).slice(0, 32), Buffer.alloc(16)).update(
    Buffer.alloc(length),
  );
}

/** Ends of all chunks, with all of the data in view. */
function cutAll(table: GearTable, data: Uint8Array): number[] {
  const ends: number[] = [];
  for (let at = 0; at < data.length; at = ends.at(-1) ?? 0) ends.push(findCut(table, data, at, data.length));
  return ends;
}

/** FastCDC as its paper has it, one byte a step. */
function cutPlainly(table: GearTable, data: Uint8Array): number[] {
  const ends: number[] = [];
  let start = 0;
  let hash = 0;
  for (let at = 0; at < data.length; at++) {
    const length = at + 1 - start;
    if (length <= minimumChunk) hash = 0;
    else {
      hash = ((hash << 1) + (table[data[at] ?? 0] ?? 0)) >>> 0;
      const zeroBits = length <= averageChunk ? 21 : 18;
      if (hash >>> (32 - zeroBits) !== 0 && length < maximumChunk) continue;
      ends.push(at + 1);
      start = at + 1;
    }
  }
  if (start < data.length) ends.push(data.length);
  return ends;
}

/** As the storing threads do it: a window of fixed size, and what is left over at its end is read again. */
function cutInWindows(table: GearTable, data: Uint8Array, windowBytes: number): number[] {
  const ends: number[] = [];
  for (let offset = 0; offset < data.length;) {
    const window = data.subarray(offset, offset + windowBytes);
    const atEnd = offset + window.length === data.length;
    let used = 0;
    while (used < window.length) {
      const next = findCut(table, window, used, window.length);
      if (next === window.length && !atEnd && next - used < maximumChunk) break;
      ends.push(offset + next);
      used = next;
    }
    offset += used;
  }
  return ends;
}

const lengthsOf = (ends: readonly number[]): number[] => ends.map((end, at) => end - (ends[at - 1] ?? 0));

describe('cuts', () => {
  const data = randomData(40 * mib);
  const ends = cutAll(gear, data);

  test('are those of a plain implementation of FastCDC', () => {
    expect(ends).toEqual(cutPlainly(gear, data));
  });

  test('are those of a plain implementation where zeros run between data, whatever their length', () => {
    const runs = [1, 31, 33, 4000, 16_384, 16_385, 70_000, 700_000, 3 * mib, 9 * mib, 20 * mib];
    const pieces = runs.flatMap((length, at) => [Buffer.alloc(length), randomData(at * 90_001 + 7, `run ${at}`)]);
    const mixed = Buffer.concat([...pieces, Buffer.alloc(12 * mib)]);
    expect(cutAll(gear, mixed)).toEqual(cutPlainly(gear, mixed));
  });

  test('are those of a plain implementation when a run of zeros itself asks for a cut', () => {
    const unlucky = Int32Array.from(gear);
    unlucky[0] = 0;
    const around = Buffer.concat([randomData(mib), Buffer.alloc(4 * mib), randomData(mib, 'behind')]);
    expect(cutAll(unlucky, around)).toEqual(cutPlainly(unlucky, around));
  });

  test('are the same again, and with the table made anew', () => {
    expect(cutAll(gearTable(polynomial), Buffer.from(data))).toEqual(ends);
  });

  test.each([8 * mib, 8 * mib + 1, 9 * mib + 12_345, 32 * mib])(
    'are the same in windows of %i bytes',
    (windowBytes) => {
      expect(cutInWindows(gear, data, windowBytes)).toEqual(ends);
    },
  );

  test('lie at least the minimum apart, but for the last; never more than the maximum; gathered around the average', () => {
    const lengths = lengthsOf(ends);
    expect(Math.min(...lengths.slice(0, -1))).toBeGreaterThan(minimumChunk);
    expect(Math.max(...lengths)).toBeLessThanOrEqual(maximumChunk);
    const average = data.length / lengths.length;
    expect(average).toBeGreaterThan(0.8 * averageChunk);
    expect(average).toBeLessThan(1.6 * averageChunk);
  });

  test('begin anew at any place in memory', () => {
    for (const shift of [1, 2, 3, 5]) {
      const moved = Buffer.alloc(4 * mib + shift);
      data.copy(moved, shift);
      expect(findCut(gear, moved, shift, moved.length) - shift, `${shift} bytes on`).toBe(ends[0]);
    }
  });

  test('stay where they were, but for a few, when a byte is put in front', () => {
    const before = new Set(chunksOf(data, ends));
    const longer = Buffer.concat([Buffer.of(7), data]);
    const after = chunksOf(longer, cutAll(gear, longer));
    expect(after.filter((chunk) => !before.has(chunk)).length).toBeLessThanOrEqual(4);
  });

  test('stay where they were around a change in the middle', () => {
    const before = new Set(chunksOf(data, ends));
    const changed = Buffer.from(data);
    changed.fill(0, 20 * mib, 20 * mib + 1000);
    const after = chunksOf(changed, cutAll(gear, changed));
    expect(after.filter((chunk) => !before.has(chunk)).length).toBeLessThanOrEqual(4);
  });

  test('lie elsewhere in a repository with another polynomial', () => {
    const other = new Set(cutAll(gearTable('3dea92648f6e83'), data));
    expect(ends.filter((end) => end !== data.length && other.has(end)).length).toBeLessThanOrEqual(1);
  });
});

function chunksOf(data: Buffer, ends: readonly number[]): string[] {
  return ends.map((end, at) => sha256(data.subarray(ends[at - 1] ?? 0, end)));
}

describe('without a cut in sight', () => {
  test.each([1, 1000, minimumChunk - 1, minimumChunk])('%i bytes are one chunk', (length) => {
    expect(findCut(gear, randomData(length), 0, length)).toBe(length);
  });

  test('zeros are cut at the maximum', () => {
    const zeros = new Uint8Array(2 * maximumChunk + 5);
    expect(cutAll(gear, zeros)).toEqual([maximumChunk, 2 * maximumChunk, zeros.length]);
  });

  test('the end of what is there is given, not of the memory it lies in', () => {
    const zeros = new Uint8Array(2 * maximumChunk);
    for (const end of [
      minimumChunk + 1,
      minimumChunk + 2,
      averageChunk - 1,
      averageChunk,
      averageChunk + 3,
      5 * mib + 2,
    ])
      expect(findCut(gear, zeros, 0, end)).toBe(end);
  });
});

test('the first cut that can be lies one byte after the minimum', () => {
  const alwaysZero = new Int32Array(256);
  const data = randomData(3 * mib);
  expect(findCut(alwaysZero, data, 0, data.length)).toBe(minimumChunk + 1);
  expect(cutAll(alwaysZero, data)).toEqual(cutPlainly(alwaysZero, data));
});

test('the table has 256 different numbers, others for another polynomial', () => {
  expect(new Set(gear).size).toBe(256);
  const other = new Set(gearTable('3dea92648f6e83'));
  expect([...gear].filter((value) => other.has(value))).toEqual([]);
});
