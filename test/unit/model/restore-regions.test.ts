import { expect, it } from 'vitest';
import { restoreRegions } from '../../../shared/model/restore-regions.ts';

const native = (snapshot: string, region: string, more: object = {}) => ({
  snapshot,
  region,
  run: 'r1',
  state: 'completed',
  archived: false,
  copyOf: null,
  ...more,
});

it('puts where they were taken before copies, and the archive last', () => {
  const regions = restoreRegions(
    [
      native('snap-c', 'eu-west-1', { copyOf: {} }),
      native('snap-a', 'us-east-1', { archived: true }),
      native('snap-h', 'us-west-2'),
      native('snap-2', 'us-west-2'),
      native('snap-p', 'ap-south-1', { state: 'pending' }),
      native('snap-o', 'ap-south-1', { run: 'another' }),
    ],
    'r1',
  );
  expect(regions.map(({ region }) => region)).toEqual(['us-west-2', 'eu-west-1', 'us-east-1']);
  expect(regions[0]).toMatchObject({ snapshots: ['snap-h', 'snap-2'] });
  expect(regions[0]?.words).toContain('2 native snapshots.');
  expect(regions[1]?.words).toContain('copied there');
  expect(regions[2]?.words).toContain('24 to 72 hours');
});
