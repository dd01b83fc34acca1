/** What a repository elsewhere is reached with, beside its location: settings, which are shown, and secrets, which are not. */

import { HoldfastError } from './errors.ts';
import type { RepositoryLocation } from './location.ts';

export const storageClasses = [
  'STANDARD',
  'STANDARD_IA',
  'ONEZONE_IA',
  'INTELLIGENT_TIERING',
  'GLACIER_IR',
  'REDUCED_REDUNDANCY',
] as const;
export type StorageClass = (typeof storageClasses)[number];
export const lockModes = ['governance', 'compliance'] as const;
export type LockMode = (typeof lockModes)[number];

/** Each kind of location has some of them; none of them is secret. */
export type AccessSettings = {
  /** s3: an AWS account that Holdfast knows by this name. Without it and without a key, the usual AWS environment. */
  readonly account?: string | undefined;
  /** s3: a key of its own; its secret is the secret `secret-access-key`. */
  readonly accessKeyId?: string | undefined;
  /** s3: where its host does not say it. */
  readonly region?: string | undefined;
  /** s3: of packs alone. */
  readonly storageClass?: StorageClass | undefined;
  /** s3: Object Lock; with `lockDays`. */
  readonly lockMode?: LockMode | undefined;
  readonly lockDays?: number | undefined;
  /** rest: who signs in. */
  readonly user?: string | undefined;
  /**
   * The one server that is meant. rest: SHA-256 of its certificate, 64 hexadecimal digits. sftp: of its host key, as
   * `ssh-keygen -lf` shows it, `SHA256:…`.
   */
  readonly fingerprint?: string | undefined;
  /** rest: certificates of authorities that are trusted in place of the usual ones, as PEM. */
  readonly authority?: string | undefined;
  /** sftp: a private key that lies on the engine's machine. */
  readonly keyFile?: string | undefined;
  /** sftp: whether the agent of SSH_AUTH_SOCK is asked. */
  readonly agent?: boolean | undefined;
};

/** s3: `secret-access-key`, `session-token`. rest: `password`. sftp: `password`, `key`, and `passphrase` of a key. */
export const accessSecrets = ['secret-access-key', 'session-token', 'password', 'key', 'passphrase'] as const;
export type AccessSecret = (typeof accessSecrets)[number];

const settingsOf = {
  local: [],
  s3: ['account', 'accessKeyId', 'region', 'storageClass', 'lockMode', 'lockDays'],
  rest: ['user', 'fingerprint', 'authority'],
  sftp: ['fingerprint', 'keyFile', 'agent'],
} as const satisfies Readonly<Record<RepositoryLocation['kind'], readonly (keyof AccessSettings)[]>>;
const secretsOf = {
  local: [],
  s3: ['secret-access-key', 'session-token'],
  rest: ['password'],
  sftp: ['password', 'key', 'passphrase'],
} as const satisfies Readonly<Record<RepositoryLocation['kind'], readonly AccessSecret[]>>;

export function settingsFor(kind: RepositoryLocation['kind']): readonly (keyof AccessSettings)[] {
  return settingsOf[kind];
}

export function secretsFor(kind: RepositoryLocation['kind']): readonly AccessSecret[] {
  return secretsOf[kind];
}

/** ACCESS_INVALID where something does not go with the location, or with something else. */
export function checkAccess(
  { kind }: RepositoryLocation,
  settings: AccessSettings,
  secrets: readonly AccessSecret[],
): void {
  const given = (Object.keys(settings) as (keyof AccessSettings)[]).filter((key) => settings[key] !== undefined);
  const stray =
    given.find((key) => !settingsFor(kind).includes(key)) ?? secrets.find((name) => !secretsFor(kind).includes(name));
  const words = kind === 'local' ? 'A folder' : `A place of the kind ${kind}:`;
  if (stray !== undefined) throw invalid(`${words} has no ${accessKey(stray)}.`);
  if (settings.account !== undefined && (settings.accessKeyId !== undefined || secrets.length > 0))
    throw invalid('An account has keys of its own: give the account, or a key with its secret.');
  if ((settings.lockMode === undefined) !== (settings.lockDays === undefined))
    throw invalid('Object Lock needs both lock-mode and lock-days.');
  if (kind === 's3' && settings.accessKeyId === undefined && secrets.length > 0)
    throw invalid('A secret access key goes with access-key-id.');
}

/** As it is typed: `accessKeyId` is `access-key-id`. */
export function accessKey(name: string): string {
  return name.replaceAll(/[A-Z]/g, (letter) => `-${letter.toLowerCase()}`);
}

function invalid(text: string): HoldfastError {
  return new HoldfastError('ACCESS_INVALID', text);
}
