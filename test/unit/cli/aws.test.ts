import { expect, test } from 'vitest';
import type { AwsAccount } from '../../../shared/contract/aws-accounts.ts';
import { access, makeScene } from './harness.ts';

const arn = 'arn:aws:iam::111122223333:role/backup';
const account: AwsAccount = {
  name: 'prod',
  credentials: { kind: 'keys', accessKeyId: 'AKIAEXAMPLE', expiresAt: null, renewAfterDays: 90 },
  role: { arn, externalId: 'ours-7', mfaSerial: null, sessionName: 'holdfast', durationSeconds: 3_600 },
  regions: ['eu-central-1'],
  endpoint: null,
  addedAt: '2026-01-01T00:00:00.000Z',
  addedBy: 'cli:alice',
  changedAt: '2026-01-01T00:00:00.000Z',
  changedBy: 'cli:alice',
  secretAt: '2026-01-01T00:00:00.000Z',
  identity: null,
  approved: true,
  endsAt: null,
  usedBy: [],
};
const changed = { account, secretsKept: null, saved: true, notices: [] };

test('the properties of an account become what the contract asks for', async () => {
  await using scene = await makeScene({ handlers: { 'aws.accounts.add': () => changed } });
  const properties = ['access-key=AKIAEXAMPLE', 'renew-after=90d', `role=${arn}`, 'external-id=ours-7', 'duration=2h'];
  const set = [...properties, 'region=eu-central-1', 'region=us-east-1'].flatMap((text) => ['--set', text]);
  expect(await scene.holdfast('aws', 'account', 'add', '--name', 'prod', ...set)).toBe(0);
  const { credentials, role } = account;
  const expected = {
    name: 'prod',
    credentials,
    role: { ...role, durationSeconds: 7_200 },
    regions: ['eu-central-1', 'us-east-1'],
    endpoint: null,
  };
  expect(scene.calls).toEqual([
    { name: 'aws.accounts.add', input: { repository: access, account: expected, secrets: [] } },
  ]);
});

test('what is not named stays, and what is taken away goes with all that hangs on it', async () => {
  const handlers = { 'aws.accounts.show': () => account, 'aws.accounts.set': () => changed };
  await using scene = await makeScene({ handlers });
  const run = (...args: string[]) => scene.holdfast('aws', 'account', 'set', 'prod', ...args);
  const given = () => (scene.calls.at(-1)?.input as { account: unknown } | undefined)?.account;
  const { name, credentials, role, endpoint } = account;
  expect(await run('--set', 'region=eu-west-1')).toBe(0);
  expect(given()).toEqual({ name, credentials, role, regions: ['eu-west-1'], endpoint });
  expect(await run('--unset', 'role', '--unset', 'renew-after')).toBe(0);
  expect(given()).toMatchObject({ role: null, credentials: { ...credentials, renewAfterDays: null } });
  expect(await run('--set', 'profile=work')).toBe(0);
  expect(given()).toMatchObject({ credentials: { kind: 'profile', profile: 'work' }, role });
  expect(await run('--unset', 'access-key')).toBe(0);
  expect(given()).toMatchObject({ credentials: { kind: 'environment' } });
});

test.each([
  [['--set', 'region'], 'key=value'],
  [['--set', 'colour=red'], 'has no colour'],
  [['--set', 'secret-access-key=x'], 'arguments can be seen by others'],
  [['--set', 'access-key=AKIAEXAMPLE', '--set', 'profile=work'], 'not both'],
  [['--set', 'external-id=x'], 'goes with a role only'],
  [['--set', 'expires=2026-01-01'], 'goes with an access key only'],
  [['--set', 'role=backup'], 'arn:aws:iam'],
  [['--set', 'region=Frankfurt'], 'eu-central-1'],
  [['--set', 'endpoint=http://store.example.org'], 'https://'],
  [['--set', 'endpoint=https://me:hunter2@h'], 'https://'],
  [['--set', `role=${arn}`, '--set', 'duration=1m'], 'durationSeconds'],
  [['--set', 'access-key=AKIAEXAMPLE', '--set', 'expires=soon'], 'no time'],
  [['--secret', 'token=env:HOME'], 'secret-access-key'],
])('%j is refused before anything is opened', async (properties, words) => {
  await using scene = await makeScene();
  expect(await scene.holdfast('aws', 'account', 'add', '--name', 'prod', ...properties)).toBe(2);
  expect(scene.stderr.text).toContain(words);
  expect(scene.stderr.text).not.toContain('hunter2');
  expect(scene.opened).toBe(0);
});

test('a purpose that nobody knows is refused, and those there are are named', async () => {
  await using scene = await makeScene();
  expect(await scene.holdfast('aws', 'policy', '--for', 'everything')).toBe(2);
  expect(scene.stderr.text).toContain('protect, restore, off-cloud, bucket');
});
