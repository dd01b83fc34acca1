import { describe, expect, test } from 'vitest';
import { EntryList, type Named } from '../../../../electron/engine/sources/s3-bucket/entry-list.ts';

type Entry = Named & { readonly in?: readonly Entry[] };

function listOf(names: readonly string[], most?: number): readonly Entry[] {
  const list = new EntryList<Entry>((entries, name) => ({ name, in: entries }), most);
  for (const name of names) list.push({ name });
  return list.finish();
}

const flat = (entries: readonly Entry[]): string[] =>
  entries.flatMap((entry) => (entry.in === undefined ? [entry.name] : flat(entry.in)));
const largest = (entries: readonly Entry[]): number =>
  Math.max(entries.length, ...entries.map((entry) => (entry.in === undefined ? 0 : largest(entry.in))));
const named = (count: number): string[] =>
  Array.from({ length: count }, (_, at) => `key ${String(at).padStart(8, '0')}`);

describe('the entries of a folder', () => {
  test('are one list up to the limit', () => {
    expect(listOf(named(10_000)).every((entry) => entry.in === undefined)).toBe(true);
  });

  test('above it are parted, in their order, and no part is above it', () => {
    const names = named(60_000);
    const list = listOf(names);
    expect(flat(list)).toEqual(names);
    expect(largest(list)).toBeLessThanOrEqual(10_000);
    expect(list.every(({ name }) => name.startsWith('%+'))).toBe(true);
  });

  test('are parted in several levels where there are very many', () => {
    const names = named(5_000);
    const list = listOf(names, 40);
    expect(flat(list)).toEqual(names);
    expect(largest(list)).toBeLessThanOrEqual(40);
    expect(new Set(list.map(({ name }) => name)).size).toBe(list.length);
  });

  test('that are one more change one part', () => {
    const names = named(60_000);
    const before = new Map(listOf(names).map((part) => [part.name, flat(part.in ?? []).join()]));
    const after = listOf([...names.slice(0, 30_000), 'key 00029999 and a half', ...names.slice(30_000)]);
    const changed = after.filter((part) => before.get(part.name) !== flat(part.in ?? []).join());
    expect(changed.length).toBeLessThanOrEqual(2);
  });
});
