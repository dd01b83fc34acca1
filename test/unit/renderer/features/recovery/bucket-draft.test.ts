import { describe, expect, test } from 'vitest';
import {
  bucketRequestOf,
  bucketRestoreCommand,
  daysFault,
  emptyBucketRestore,
  isSaid,
  targetFault,
} from '../../../../../renderer/features/recovery/bucket/bucket-draft.ts';

const place = {
  connection: 'main',
  name: 'berlin',
  location: '/srv/berlin',
  isSite: true,
  snapshots: { cafe: 'there' },
};
const whole = { ...emptyBucketRestore, source: 'photos', point: 'cafe', place, bucket: 'photos-back' };

describe('what goes to a bucket', () => {
  test('is a snapshot of a source, below keys that are named, put where it is said', () => {
    const draft = { ...whole, keys: 'a/', prefix: 'back/', overwrite: 'if-changed', versions: 'all' } as const;
    expect(bucketRequestOf({ ...draft, account: 'prod', endpoint: 'https://left.example' })).toMatchObject({
      give: {
        repository: { id: 'main' },
        // As it is called there.
        selection: 'there:a/',
        source: 'photos',
        overwrite: 'if-changed',
        versions: 'all',
      },
      bucket: 'photos-back',
      prefix: 'back/',
      thaw: null,
      who: { account: 'prod', keys: null },
      // Its credential goes nowhere else.
      endpoint: null,
    });
  });

  test('can be what is archived alone', () => {
    const draft = {
      ...emptyBucketRestore,
      gives: false,
      thaws: true,
      tier: 'Bulk',
      days: '30',
      bucket: 'cold',
    } as const;
    expect(bucketRequestOf(draft)).toMatchObject({ give: null, bucket: 'cold', thaw: { tier: 'Bulk', days: 30 } });
  });

  test.each([
    ['nothing', { gives: false }],
    ['no source', { source: '' }],
    ['no place that is chosen', { place: null }],
    ['a place of another snapshot', { point: 'beef' }],
    ['no bucket', { bucket: '' }],
    ['a bucket that none can be', { bucket: 'No_bucket!' }],
    ['days without an end', { thaws: true, days: '1000' }],
  ])('is not said with %s', (_, change) => {
    expect(isSaid({ ...whole, ...change })).toBe(false);
    expect(bucketRequestOf({ ...whole, ...change })).toBeNull();
  });

  test('says what is wrong where it is typed', () => {
    expect(targetFault('No_bucket!')).toContain('3 to 255');
    expect(targetFault('')).toBeNull();
    expect(daysFault('0')).toContain('1 to 365');
    expect(daysFault('7')).toBeNull();
  });
});

test('the command does the same, and holds no secret', () => {
  const keys = { by: 'keys', accessKeyId: 'AKIA1', secret: 'very secret' } as const;
  const request = bucketRequestOf({ ...whole, ...keys, thaws: true, versions: 'all', region: 'eu-central-1' });
  const command = bucketRestoreCommand(request ?? expect.fail('it is complete'), place).join(' ');
  expect(command).toBe(
    'holdfast aws restore objects s3://photos-back/ --give there --source photos --versions all --thaw Standard --days 7 --region eu-central-1 --repository /srv/berlin --access-key AKIA1 --secret secret-access-key=env:AWS_SECRET_ACCESS_KEY',
  );
  expect(command).not.toContain('very secret');
});
