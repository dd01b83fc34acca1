import { describe, expect, it } from 'vitest';
import { awsAccountDefinitionSchema, type AwsAccount } from '../../../../../shared/contract/aws-accounts.ts';
import {
  addAccountCommand,
  changeAccountCommand,
  policyCommand,
} from '../../../../../renderer/features/settings/aws/account-commands.ts';
import {
  definitionOfAccount,
  draftOfAccount,
  faultsOf,
  keepsSecret,
  newAccount,
  secretsOfAccount,
  type AccountDraft,
} from '../../../../../renderer/features/settings/aws/account-draft.ts';

const nobody: ReadonlySet<string> = new Set();
const keys: AccountDraft = { ...newAccount, name: 'production', accessKeyId: ' AKIAEXAMPLE ', secret: ' s3cret ' };
const role: AccountDraft = {
  ...keys,
  takesRole: true,
  roleArn: 'arn:aws:iam::111122223333:role/protector',
  externalId: 'holdfast-7',
  mfaSerial: 'arn:aws:iam::111122223333:mfa/phone',
  durationSeconds: 7_200,
  regions: 'eu-central-1, us-east-1',
  endpoint: 'https://aws.example.org',
};
const known: AwsAccount = {
  ...definitionOfAccount(role),
  addedAt: '2026-11-01T00:00:00Z',
  addedBy: 'ann',
  changedAt: '2026-11-01T00:00:00Z',
  changedBy: 'ann',
  secretAt: '2026-11-01T00:00:00Z',
  identity: null,
  approved: true,
  endsAt: null,
  usedBy: [],
};

describe('A new AWS account', () => {
  it('is what the engine takes, without the spaces that were typed around it', () => {
    const definition = definitionOfAccount(role);
    expect(awsAccountDefinitionSchema.parse(definition)).toEqual(definition);
    expect(definition.credentials).toMatchObject({ accessKeyId: 'AKIAEXAMPLE', expiresAt: null });
    expect(definition.regions).toEqual(['eu-central-1', 'us-east-1']);
    expect(secretsOfAccount(keys)).toEqual([{ key: 'secret-access-key', value: 's3cret', variable: null }]);
  });

  it('sends no secret of a kind that has none', () => {
    expect(secretsOfAccount({ ...keys, kind: 'profile', profile: 'default' })).toEqual([]);
    expect(secretsOfAccount({ ...keys, kind: 'environment' })).toEqual([]);
  });

  it('says what is missing or wrong, of the kind that was chosen alone', () => {
    expect(faultsOf(keys, null, nobody)).toEqual({});
    expect(Object.keys(faultsOf(newAccount, null, nobody))).toEqual(['name', 'accessKeyId', 'secret']);
    expect(Object.keys(faultsOf({ ...newAccount, name: 'a', kind: 'profile' }, null, nobody))).toEqual(['profile']);
    expect(Object.keys(faultsOf({ ...keys, takesRole: true }, null, nobody))).toEqual(['roleArn']);
    expect(faultsOf(keys, null, new Set(['production'])).name).toMatch(/already/);
    expect(faultsOf({ ...keys, regions: 'eu-central-1 here' }, null, nobody).regions).toMatch(/^here is no region/);
    expect(faultsOf({ ...keys, endpoint: 'http://aws.example.org' }, null, nobody).endpoint).toMatch(/https/);
  });

  it('of a session asks for its token', () => {
    const session = { ...keys, accessKeyId: 'ASIAEXAMPLE' };
    expect(Object.keys(faultsOf(session, null, nobody))).toEqual(['sessionToken']);
    expect(faultsOf({ ...session, sessionToken: 'token' }, null, nobody)).toEqual({});
  });
});

describe('An AWS account that is changed', () => {
  const draft = draftOfAccount(known);

  it('comes back as it was, without its secret', () => {
    expect(definitionOfAccount(draft)).toEqual(definitionOfAccount(role));
    expect([draft.secret, draft.sessionToken]).toEqual(['', '']);
    expect(faultsOf(draft, known, nobody)).toEqual({});
  });

  it('keeps its secret for the same key at the same place alone', () => {
    expect(keepsSecret(draft, known)).toBe(true);
    expect(keepsSecret({ ...draft, accessKeyId: 'AKIAOTHER' }, known)).toBe(false);
    expect(faultsOf({ ...draft, endpoint: 'https://elsewhere.example.org' }, known, nobody).secret).toMatch(
      /another key/,
    );
    expect(keepsSecret(draft, { ...known, secretAt: null })).toBe(false);
  });

  it('is changed by a command that names what is other, and takes away what is gone', () => {
    const after = definitionOfAccount({ ...draft, externalId: '', regions: 'us-east-1' });
    expect(changeAccountCommand(known, after, [])).toEqual(
      'holdfast aws account set production --set region=us-east-1 --unset external-id'.split(' '),
    );
  });
});

describe('The command of an AWS account', () => {
  it('names variables in place of secrets', () => {
    const command = addAccountCommand(definitionOfAccount(keys), ['secret-access-key']);
    expect(command.join(' ')).toBe(
      'holdfast aws account add --name production --set access-key=AKIAEXAMPLE --secret secret-access-key=env:AWS_SECRET_ACCESS_KEY',
    );
  });

  it('leaves out what is usual of a role', () => {
    const words = addAccountCommand(definitionOfAccount(role), []).join(' ');
    expect(words).toContain('--set duration=2h');
    expect(words).not.toContain('session=');
    expect(policyCommand('bucket', ['media'], ['eu-central-1']).join(' ')).toBe(
      'holdfast aws policy --for bucket --bucket media --region eu-central-1',
    );
  });
});
