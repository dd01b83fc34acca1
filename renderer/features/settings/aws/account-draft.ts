/** An account of AWS while somebody puts it together: what it says, what is wrong with it, what will be sent. Pure. */
import type { AwsAccount, AwsAccountDefinition, AwsAccountSecret } from '../../../../shared/contract/aws-accounts.ts';
import { regionPattern, rolePattern } from '../../../../shared/model/aws.ts';
import { namePattern } from '../../../../shared/model/configuration.ts';
import { isApiUrl } from '../../../../shared/model/source-kinds.ts';

export type CredentialKind = AwsAccountDefinition['credentials']['kind'];

/** Everything as it was typed; fields of other kinds are there and not used. */
export type AccountDraft = {
  readonly name: string;
  readonly kind: CredentialKind;
  readonly accessKeyId: string;
  /** Empty: what is kept stays. */
  readonly secret: string;
  /** Of temporary keys. */
  readonly sessionToken: string;
  /** Local, as a field of date and time has it; empty: not by itself. */
  readonly endsAt: string;
  /** Empty: as old as it will. */
  readonly renewAfterDays: string;
  readonly profile: string;
  readonly takesRole: boolean;
  readonly roleArn: string;
  readonly externalId: string;
  readonly mfaSerial: string;
  readonly sessionName: string;
  readonly durationSeconds: number;
  /** Parted by spaces, commas or lines. */
  readonly regions: string;
  readonly endpoint: string;
};

export const newAccount: AccountDraft = {
  name: '',
  kind: 'keys',
  accessKeyId: '',
  secret: '',
  sessionToken: '',
  endsAt: '',
  renewAfterDays: '',
  profile: '',
  takesRole: false,
  roleArn: '',
  externalId: '',
  mfaSerial: '',
  sessionName: 'holdfast',
  durationSeconds: 3_600,
  regions: '',
  endpoint: '',
};

export function draftOfAccount(account: AwsAccount): AccountDraft {
  const { name, credentials, role, regions, endpoint } = account;
  return {
    ...newAccount,
    name,
    kind: credentials.kind,
    ...(credentials.kind === 'keys'
      ? {
          accessKeyId: credentials.accessKeyId,
          endsAt: credentials.expiresAt === null ? '' : localTime(credentials.expiresAt),
          renewAfterDays: credentials.renewAfterDays === null ? '' : String(credentials.renewAfterDays),
        }
      : {}),
    ...(credentials.kind === 'profile' ? { profile: credentials.profile } : {}),
    takesRole: role !== null,
    ...(role === null
      ? {}
      : {
          roleArn: role.arn,
          externalId: role.externalId ?? '',
          mfaSerial: role.mfaSerial ?? '',
          sessionName: role.sessionName,
          durationSeconds: role.durationSeconds,
        }),
    regions: regions.join(' '),
    endpoint: endpoint ?? '',
  };
}

/** As a field of date and time has it, in the zone of whoever looks. */
export function localTime(iso: string): string {
  const date = new Date(iso);
  return new Date(date.getTime() - date.getTimezoneOffset() * 60_000).toISOString().slice(0, 16);
}

export function regionsOf(text: string): readonly string[] {
  return [...new Set(text.split(/[\s,]+/))].filter((region) => region !== '');
}

/** As `aws.accounts.add` takes it, where nothing is wrong with it. */
export function definitionOfAccount(draft: AccountDraft): AwsAccountDefinition {
  return {
    name: draft.name.trim(),
    credentials: credentialsOf(draft),
    role: draft.takesRole ? roleOf(draft) : null,
    regions: [...regionsOf(draft.regions)],
    endpoint: orNull(draft.endpoint),
  };
}

function credentialsOf({ kind, ...draft }: AccountDraft): AwsAccountDefinition['credentials'] {
  if (kind === 'environment') return { kind };
  if (kind === 'profile') return { kind, profile: draft.profile.trim() };
  return {
    kind,
    accessKeyId: draft.accessKeyId.trim(),
    expiresAt: draft.endsAt === '' ? null : new Date(draft.endsAt).toISOString(),
    renewAfterDays: draft.renewAfterDays.trim() === '' ? null : Number(draft.renewAfterDays),
  };
}

function roleOf(draft: AccountDraft): AwsAccountDefinition['role'] {
  return {
    arn: draft.roleArn.trim(),
    externalId: orNull(draft.externalId),
    mfaSerial: orNull(draft.mfaSerial),
    sessionName: draft.sessionName.trim(),
    durationSeconds: draft.durationSeconds,
  };
}

export function secretsOfAccount({ kind, secret, sessionToken }: AccountDraft): AwsAccountSecret[] {
  if (kind !== 'keys' || secret.trim() === '') return [];
  const token = sessionToken.trim();
  return [
    { key: 'secret-access-key', value: secret.trim(), variable: null },
    ...(token === '' ? [] : [{ key: 'session-token' as const, value: token, variable: null }]),
  ];
}

/** Whether the secret that is kept goes with what is typed: it belongs to one key, and is sent to one place. */
export function keepsSecret(draft: AccountDraft, before: AwsAccount | null): boolean {
  if (before === null || before.credentials.kind !== 'keys' || before.secretAt === null) return false;
  return before.credentials.accessKeyId === draft.accessKeyId.trim() && before.endpoint === orNull(draft.endpoint);
}

/** Keys of a session begin so, and are worth nothing without its token. */
export function isOfSession({ accessKeyId }: AccountDraft): boolean {
  return accessKeyId.trim().startsWith('ASIA');
}

export const steps = ['Name', 'Credentials', 'Role', 'Regions', 'Test'] as const;
export type AccountStep = (typeof steps)[number];

const fieldsOf = {
  Name: ['name'],
  Credentials: ['accessKeyId', 'secret', 'sessionToken', 'endsAt', 'renewAfterDays', 'profile'],
  Role: ['roleArn', 'externalId', 'mfaSerial', 'sessionName'],
  Regions: ['regions', 'endpoint'],
  Test: [],
} as const satisfies Readonly<Record<AccountStep, readonly (keyof AccountDraft)[]>>;

export type Fault = (typeof fieldsOf)[AccountStep][number];
export type Faults = { readonly [Field in Fault]?: string };

export function faultsOfStep(step: AccountStep): readonly Fault[] {
  return fieldsOf[step];
}

/** `taken`: names of other accounts. */
export function faultsOf(draft: AccountDraft, before: AwsAccount | null, taken: ReadonlySet<string>): Faults {
  const all: readonly (readonly [Fault, string | null])[] = [
    ['name', before === null ? nameFault(draft.name.trim(), taken) : null],
    ...(draft.kind === 'keys' ? keyFaults(draft, before) : []),
    ['profile', draft.kind === 'profile' && draft.profile.trim() === '' ? 'Which AWS profile?' : null],
    ...(draft.takesRole ? roleFaults(draft) : []),
    ['regions', regionsFault(draft.regions)],
    ['endpoint', endpointFault(draft.endpoint)],
  ];
  return Object.fromEntries(all.filter(([, words]) => words !== null));
}

function nameFault(name: string, taken: ReadonlySet<string>): string | null {
  if (name === '') return 'What is it called?';
  if (taken.has(name)) return 'There is an AWS account of this name already.';
  return namePattern.test(name)
    ? null
    : 'A name is of letters, digits, spaces and . _ @ + -, and begins with a letter or digit.';
}

type Found = readonly (readonly [Fault, string | null])[];

function keyFaults(draft: AccountDraft, before: AwsAccount | null): Found {
  const typed = draft.secret.trim();
  const days = draft.renewAfterDays.trim();
  const isNeeded = typed === '' && !keepsSecret(draft, before);
  const needsToken = isOfSession(draft) && typed !== '' && draft.sessionToken.trim() === '';
  return [
    [
      'accessKeyId',
      matches(draft.accessKeyId, /^[\w.+=,@-]{3,128}$/, 'An access key id is of letters and digits, such as AKIA….'),
    ],
    ['secret', isNeeded ? secretWords(before) : /\s/.test(typed) ? 'A secret has no spaces in it.' : null],
    ['sessionToken', needsToken ? 'Keys of a session, which begin with ASIA, come with a token.' : null],
    ['endsAt', draft.endsAt !== '' && Number.isNaN(Date.parse(draft.endsAt)) ? 'This is no date.' : null],
    ['renewAfterDays', days === '' || /^[1-9]\d{0,2}$|^[1-3]\d{3}$/.test(days) ? null : 'Days, from 1 to 3,650.'],
  ];
}

function secretWords(before: AwsAccount | null): string {
  return before === null
    ? 'The secret is missing.'
    : 'It was of another key or endpoint: type the one that goes with it.';
}

function roleFaults(draft: AccountDraft): Found {
  return [
    ['roleArn', matches(draft.roleArn, rolePattern, 'A role is written as arn:aws:iam::111122223333:role/name.')],
    ['externalId', unlessEmpty(draft.externalId, /^[\w+=,.@:/-]{2,1224}$/, 'Two letters or digits at least.')],
    [
      'mfaSerial',
      unlessEmpty(draft.mfaSerial, /^[\w+=/:,.@-]{9,256}$/, 'As arn:aws:iam::111122223333:mfa/name, or a number.'),
    ],
    ['sessionName', matches(draft.sessionName, /^[\w+=,.@-]{2,64}$/, 'Letters, digits and = , . @ -; two at least.')],
  ];
}

function regionsFault(text: string): string | null {
  const wrong = regionsOf(text).find((region) => !regionPattern.test(region));
  return wrong === undefined ? null : `${wrong} is no region: they are written as eu-central-1.`;
}

export function endpointFault(text: string): string | null {
  return text.trim() === '' || isApiUrl(text.trim())
    ? null
    : 'An address begins with https://; on this machine alone, http:// will do.';
}

function matches(text: string, pattern: RegExp, words: string): string | null {
  return pattern.test(text.trim()) ? null : words;
}

function unlessEmpty(text: string, pattern: RegExp, words: string): string | null {
  return text.trim() === '' ? null : matches(text, pattern, words);
}

function orNull(text: string): string | null {
  return text.trim() === '' ? null : text.trim();
}
