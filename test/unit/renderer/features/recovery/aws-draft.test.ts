import { describe, expect, it } from 'vitest';
import { awsRestoreRequestSchema } from '../../../../../shared/contract/aws-restores.ts';
import { awsRestoreCommand } from '../../../../../renderer/features/recovery/aws/aws-commands.ts';
import {
  awsRequestOf,
  disksOf,
  emptyAwsRestore,
  wantOf,
  whoOf,
  type AwsRestoreDraft,
} from '../../../../../renderer/features/recovery/aws/aws-draft.ts';

const snapshot = 'snap-0123456789abcdef0';
const instance = 'i-0123456789abcdef0';
const volume: AwsRestoreDraft = { ...emptyAwsRestore, snapshot, zone: 'eu-central-1a', account: 'restore' };

function requestOf(draft: AwsRestoreDraft) {
  const request = awsRequestOf(draft, 'primary');
  if (request === null) throw new Error('it is not whole');
  return request;
}

describe('A restore in AWS', () => {
  it('is what the engine takes, of every kind', () => {
    const data = `/dev/sdf ${snapshot}\n`;
    for (const kind of ['volume', 'disk', 'root', 'launch', 'clone'] as const) {
      const request = requestOf({ ...volume, kind, instance, data });
      expect(awsRestoreRequestSchema.parse(request).want.kind).toBe(kind);
    }
  });

  it('takes what a Holdfast snapshot says of an instance in place of one that is there', () => {
    const point = '0f3a9c21';
    const whole: AwsRestoreDraft = { ...emptyAwsRestore, kind: 'launch', point };
    expect(requestOf(whole)).toMatchObject({
      point: { repository: { id: 'primary' }, snapshot: point },
      want: { kind: 'launch', like: null, root: null, data: [] },
    });
    const named = requestOf({ ...whole, instance });
    expect(named.point).toMatchObject({ instance });
    expect(awsRestoreCommand(named).join(' ')).toContain(`--point ${point} --of ${instance}`);
    expect(awsRequestOf({ ...whole, point: 'latest' }, 'primary')).toBeNull();
    // A volume is of a native snapshot.
    expect(requestOf({ ...volume, point }).point).toBeNull();
  });

  it('is none while something is missing or wrong', () => {
    expect(wantOf({ ...volume, zone: '' })).toBeNull();
    expect(wantOf({ ...volume, snapshot: 'vol-0123456789abcdef0' })).toBeNull();
    expect(wantOf({ ...volume, kind: 'root' })).toBeNull();
    expect(wantOf({ ...volume, kind: 'clone', instance, expiresInHours: '0' })).toBeNull();
    expect(wantOf({ ...volume, kind: 'launch', instance, data: '/dev/sdf' })).toBeNull();
    expect(awsRequestOf({ ...volume, region: 'here' }, 'primary')).toBeNull();
    expect(disksOf(`/dev/sdf ${snapshot} more`)).toBeNull();
  });

  it('sends the credential of an account nowhere but where the account is', () => {
    const elsewhere = { ...volume, endpoint: 'https://elsewhere.example.org' };
    expect(requestOf(elsewhere).endpoint).toBeNull();
    expect(requestOf({ ...elsewhere, account: '' }).endpoint).toBe('https://elsewhere.example.org');
  });

  it('asks by keys once both are there, and with no account beside', () => {
    const keys = { ...volume, by: 'keys' as const, accessKeyId: 'AKIAEXAMPLE' };
    expect(whoOf(keys)).toBeNull();
    expect(whoOf({ ...keys, secret: 's3cret' })).toEqual({
      account: null,
      keys: { accessKeyId: 'AKIAEXAMPLE', secretAccessKey: 's3cret', sessionToken: null },
      mfaCode: null,
    });
  });

  it('is begun by the command that is shown, without a secret', () => {
    expect(awsRestoreCommand(requestOf(volume)).join(' ')).toBe(
      `holdfast aws restore volume ${snapshot} --zone eu-central-1a --account restore`,
    );
    const disk = { ...volume, kind: 'disk' as const, instance, region: 'eu-central-1', by: 'keys' as const };
    const words = awsRestoreCommand(requestOf({ ...disk, accessKeyId: 'AKIAEXAMPLE', secret: 's3cret' })).join(' ');
    expect(words).toBe(
      `holdfast aws restore disk ${snapshot} --instance ${instance} --device /dev/sdf --swap --region eu-central-1` +
        ' --access-key AKIAEXAMPLE --secret secret-access-key=env:AWS_SECRET_ACCESS_KEY',
    );
  });
});
