/** Which native snapshots the next images need, and which names images have for themselves. */
import { expect, test } from 'vitest';
import {
  imageBases,
  refuseNameOfSource,
  refuseTakenByImages,
} from '../../../../electron/engine/api/images/images-of.ts';
import { encodeFact } from '../../../../electron/engine/repository/format/snapshot.ts';
import type { StoredSnapshot } from '../../../../electron/engine/repository/snapshots.ts';
import { ec2DefinitionSchema, type RegisteredSource } from '../../../../shared/contract/sources.ts';
import { noHooks } from '../../../../shared/model/hooks.ts';
import { native } from '../../../support/natives.ts';

const [first, second, other] = [
  native({ takenAtMs: 1 }, { volume: 'vol-a' }),
  native({ takenAtMs: 2 }, { volume: 'vol-a' }),
  native({ takenAtMs: 2 }, { volume: 'vol-b' }),
];
const natives = [first, second, other];

function images(takenAtMs: number, ids: readonly string[], more: { source?: string; missed?: string } = {}) {
  const { source = 'web images', missed } = more;
  const tags = [
    ...ids.map((id) => encodeFact('image', id)),
    ...(missed === undefined ? [] : [encodeFact('incomplete', missed)]),
  ];
  return { id: `at-${takenAtMs}`, source, takenAtMs, file: { tags } } as unknown as StoredSnapshot;
}

test('of each volume, the one that its newest image is of', () => {
  const stored = [images(1, [first.id]), images(2, [second.id, other.id])];
  expect(imageBases(stored, natives, 'default')).toEqual(new Set([second.id, other.id]));
});

test('a volume that a run has missed has the image before', () => {
  const stored = [images(1, [first.id]), images(2, [second.id, other.id], { missed: '/vol-a' })];
  expect(imageBases(stored, natives, 'default')).toEqual(new Set([first.id, other.id]));
});

test('images under another name build on those of that name', () => {
  const stored = [images(1, [first.id], { source: 'disks' }), images(2, [second.id])];
  expect(imageBases(stored, natives, 'default')).toEqual(new Set([first.id, second.id]));
});

const common = {
  kind: 'ec2',
  commands: noHooks,
  tags: [],
  rpoMs: null,
  target: { kind: 'tag', key: 'a', value: null },
};
const ec2 = (name: string, offCloud: boolean) => ec2DefinitionSchema.parse({ ...common, name, offCloud });
const registered = (name: string, offCloud: boolean) =>
  ({ ...ec2(name, offCloud), addedAt: '', addedBy: '', approved: true }) as unknown as RegisteredSource;

test('no source is called as the images of another, whichever comes first', () => {
  const taken = { code: 'SOURCE_EXISTS' };
  const refusalOf = (work: () => void): unknown => {
    try {
      work();
    } catch (error) {
      return error;
    }
    return null;
  };
  expect(refusalOf(() => refuseTakenByImages(ec2('web images', false), [registered('web', true)]))).toMatchObject(
    taken,
  );
  expect(refusalOf(() => refuseTakenByImages(ec2('web', true), [registered('web images', false)]))).toMatchObject(
    taken,
  );
  expect(refusalOf(() => refuseTakenByImages(ec2('web', false), [registered('web images', false)]))).toBeNull();
  expect(refusalOf(() => refuseTakenByImages(ec2('web', true), [registered('web', true)]))).toBeNull();
  expect(refusalOf(() => refuseNameOfSource('web', [registered('web', true)]))).toMatchObject(taken);
  expect(refusalOf(() => refuseNameOfSource('disks', [registered('web', true)]))).toBeNull();
});
