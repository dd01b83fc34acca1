/** What the tags of native snapshots say: all of it comes back from them, and what is not whole is nobody's of ours. */
import { expect, test } from 'vitest';
import {
  copyTarget,
  isOwn,
  lineageOf,
  lineageTags,
  tagKeys,
  type Lineage,
} from '../../../electron/engine/aws/lineage.ts';
import { snapshotMaker } from '../../../shared/model/snapshot-makers.ts';

const lineage: Lineage = {
  console: '0123456789abcdef',
  tenant: 'default',
  source: 'Web server @ Köln',
  repository: 'ab'.repeat(32),
  run: 'fedcba9876543210',
  takenAtMs: Date.UTC(2026, 4, 3, 2, 1),
  profile: 'Nightly',
  periods: ['daily', 'weekly'],
  consistency: 'application',
  instance: 'i-0123456789abcdef0',
  volume: 'vol-0123456789abcdef0',
  device: '/dev/sdf',
  copyTo: ['us-east-1', copyTarget({ region: 'eu-west-1', account: 'Vault' })],
  copyOf: { snapshot: 'snap-0123456789abcdef0', region: 'eu-central-1' },
  keepUntilMs: Date.UTC(2027, 0, 1),
};
const bare: Lineage = {
  ...lineage,
  profile: null,
  periods: [],
  consistency: null,
  instance: null,
  volume: null,
  device: null,
  repository: null,
  copyTo: [],
  copyOf: null,
  keepUntilMs: null,
};

const mapOf = (of: Lineage) => new Map(lineageTags(of).map(({ Key, Value }) => [Key, Value]));

test.each([lineage, bare])('all that is known comes back from the tags', (of) => {
  expect(lineageOf(mapOf(of))).toEqual(of);
});

test('tags are what AWS takes: at most 50, of bounded length, each once, none of its own prefix', () => {
  const periods = Array.from({ length: 60 }, (_, at) => `period-${at}`);
  const tags = lineageTags({ ...lineage, source: 's'.repeat(100), periods });
  expect(tags.length).toBeLessThan(50);
  expect(new Set(tags.map(({ Key }) => Key)).size).toBe(tags.length);
  for (const { Key, Value } of tags) {
    expect(Key).not.toMatch(/^aws:/i);
    expect(Key.length).toBeLessThanOrEqual(128);
    expect(Value.length).toBeLessThanOrEqual(256);
  }
  const read = lineageOf(new Map(tags.map(({ Key, Value }) => [Key, Value])))?.periods ?? [];
  expect(read.length).toBeGreaterThan(10);
  expect(periods.slice(0, read.length)).toEqual(read);
});

test('ten places to copy to fit', () => {
  const copyTo = Array.from({ length: 10 }, (_, at) =>
    copyTarget({ region: 'ap-southeast-1', account: `Vault ${at}` }),
  );
  expect(lineageOf(mapOf({ ...lineage, copyTo }))?.copyTo).toEqual(copyTo);
  expect(new Set(copyTo).size).toBe(10);
});

test('what would not fit is refused, not cut', () => {
  expect(() => lineageTags({ ...lineage, device: 'x'.repeat(257) })).toThrow(RangeError);
});

test.each([tagKeys.console, tagKeys.tenant, tagKeys.source, tagKeys.run, tagKeys.takenAt])(
  'without %s a snapshot is not ours',
  (key) => {
    const tags = mapOf(lineage);
    tags.delete(key);
    expect(lineageOf(tags)).toBeNull();
    tags.set(key, '');
    expect(lineageOf(tags)).toBeNull();
  },
);

test('what others have put into our tags is taken for no id', () => {
  const tags = mapOf(lineage);
  tags.set(tagKeys.volume, 'vol-<b>').set(tagKeys.instance, '../..').set(tagKeys.copyOf, 'snap-1');
  tags.set(tagKeys.keepUntil, 'soon').set(tagKeys.consistency, 'perfect');
  expect(lineageOf(tags)).toMatchObject({
    volume: null,
    instance: null,
    copyOf: null,
    keepUntilMs: null,
    consistency: null,
  });
});

test('own are those of this console, tenant and source, and of consoles it has taken the place of', () => {
  const owner = { consoles: new Set([lineage.console]), tenant: lineage.tenant, source: lineage.source };
  expect(isOwn(lineage, owner)).toBe(true);
  expect(isOwn(null, owner)).toBe(false);
  expect(isOwn({ ...lineage, console: 'aaaaaaaaaaaaaaaa' }, owner)).toBe(false);
  expect(isOwn({ ...lineage, tenant: 'other' }, owner)).toBe(false);
  expect(isOwn({ ...lineage, source: 'other' }, owner)).toBe(false);
  const heir = { ...owner, consoles: new Set(['aaaaaaaaaaaaaaaa', lineage.console]) };
  expect(isOwn(lineage, heir)).toBe(true);
});

test.each([
  [['aws:backup:source-resource'], '', false, 'aws-backup'],
  [['aws:dlm:lifecycle-policy-id'], '', false, 'dlm'],
  [['dlm:managed'], '', false, 'dlm'],
  [[], 'Created by CreateImage(i-0123456789abcdef0) for ami-0123456789abcdef0', false, 'image'],
  [['Name'], 'by hand', false, 'other'],
  [['aws:backup:source-resource'], '', true, 'holdfast'],
] as const)('the maker of %j, %j', (tags, description, isOurs, maker) => {
  expect(snapshotMaker(tags, description, isOurs)).toBe(maker);
});
