/** What a repository elsewhere is reached with, beside its location: settings, which are shown, and secrets, which are not. */

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
