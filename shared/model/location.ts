/**
 * Where a repository lies, in restic's own words: a folder, `s3:`, `rest:` or `sftp:`. What lets one in is never part of
 * it: locations are shown, logged and kept where everybody reads.
 */
import { HoldfastError } from './errors.ts';

export type FolderLocation = {
  readonly kind: 'local';
  /** As it was written, without `local:`. */ readonly folder: string;
};
export type S3Location = {
  readonly kind: 's3';
  /** Scheme, host and port. */
  readonly endpoint: string;
  /** Whether AWS itself is meant. */
  readonly isAws: boolean;
  /** That of the host, where AWS's host names one. */
  readonly region: string | null;
  readonly bucket: string;
  /** Without slashes at its ends; empty: the whole bucket. */
  readonly prefix: string;
};
export type RestLocation = {
  readonly kind: 'rest';
  /** With a slash at its end. */
  readonly url: string;
};
export type SftpLocation = {
  readonly kind: 'sftp';
  /** Null: the account that the engine runs under. */
  readonly user: string | null;
  /** An IPv6 address without its brackets. */
  readonly host: string;
  readonly port: number;
  /** Absolute, or below the folder that the server begins in. */
  readonly path: string;
};
export type RemoteLocation = S3Location | RestLocation | SftpLocation;
export type RepositoryLocation = FolderLocation | RemoteLocation;

const longest = 4_096;
const sshPort = 22;
const host = String.raw`(?:[A-Za-z0-9_](?:[A-Za-z0-9._-]*[A-Za-z0-9_])?|\[[0-9A-Fa-f:.]+\])`;
/** Printable, and nothing that a query or a fragment would begin with. */
const plainPath = String.raw`[^\s\u0000-\u0020\u007f-\u00a0\u2028\u2029?#\\]*`;
const address = new RegExp(String.raw`^(https?)://(${host})(?::(\d{1,5}))?(/${plainPath})?$`, 'i');
const sftpAddress = new RegExp(String.raw`^//(?:([^\s@:/]+)@)?(${host})(?::(\d{1,5}))?/(.+)$`);
const sftpShort = new RegExp(String.raw`^(?:([^\s@:/]+)@)?(${host}):(.+)$`);
const bucketName = /^[A-Za-z0-9][A-Za-z0-9._-]{1,253}[A-Za-z0-9]$/;
const awsHost = /^s3(?:[.-](?:dualstack\.)?([a-z]{2}(?:-[a-z]+)+-\d))?\.amazonaws\.com(?:\.cn)?$/;

/**
 * Strict: what is not understood is refused, never taken for the name of a folder, since that would put on this machine what
 * was meant to lie on another. REPOSITORY_KIND_UNSUPPORTED for kinds that are not known, LOCATION_INVALID for addresses that
 * are not one. Nothing that is refused is repeated: it may hold a password.
 */
export function parseLocation(text: string): RepositoryLocation {
  const [, scheme = null, rest = ''] = /^([^/:]{2,}):([^]*)$/.exec(text) ?? [];
  if (scheme === null) return { kind: 'local', folder: text };
  if (scheme === 'local') return { kind: 'local', folder: rest };
  if (text.length > longest || !text.isWellFormed())
    throw invalid(`The address is not text of at most ${longest} signs.`);
  if (scheme === 's3') return parseS3(rest);
  if (scheme === 'rest') return parseRest(rest);
  if (scheme === 'sftp') return parseSftp(rest);
  const told = `${scheme}: is the beginning of an address, not of a folder's name.`;
  throw new HoldfastError('REPOSITORY_KIND_UNSUPPORTED', told);
}

/** As it is kept and shown: equal for two that mean the same place. A folder stays as it is. */
export function formatLocation(location: RepositoryLocation): string {
  switch (location.kind) {
    case 'local':
      return location.folder;
    case 's3': {
      const { endpoint, bucket, prefix } = location;
      return `s3:${endpoint}/${bucket}${prefix === '' ? '' : `/${prefix}`}`;
    }
    case 'rest':
      return `rest:${location.url}`;
    case 'sftp': {
      const { user, port, path } = location;
      const who = user === null ? '' : `${user}@`;
      const where = location.host.includes(':') ? `[${location.host}]` : location.host;
      return port === sshPort ? `sftp:${who}${where}:${path}` : `sftp://${who}${where}:${port}/${path}`;
    }
  }
}

function parseS3(rest: string): S3Location {
  const url = /^https?:/i.test(rest) ? rest : rest.startsWith('//') ? `https:${rest}` : `https://${rest}`;
  refuseSignIn(url, 's3');
  const { endpoint, host: at, path } = parseAddress(url, 's3:https://host/bucket/prefix');
  const parts = path.split('/').filter((part) => part !== '');
  const [bucket = '', ...folders] = parts;
  if (!bucketName.test(bucket)) throw invalid('A bucket is named after the host: s3:https://host/bucket/prefix.');
  if (folders.some((part) => part === '.' || part === '..'))
    throw invalid('The prefix of a bucket has no . or .. in it.');
  const [, region = null] = awsHost.exec(at) ?? [];
  return { kind: 's3', endpoint, isAws: awsHost.test(at), region, bucket, prefix: folders.join('/') };
}

function parseRest(rest: string): RestLocation {
  refuseSignIn(rest, 'rest');
  const { endpoint, path } = parseAddress(rest, 'rest:https://host:port/path/');
  const parts = path.split('/').filter((part) => part !== '');
  if (parts.some((part) => part === '.' || part === '..')) throw invalid('The path on a server has no . or .. in it.');
  return { kind: 'rest', url: `${endpoint}/${parts.map((part) => `${part}/`).join('')}` };
}

function parseSftp(rest: string): SftpLocation {
  const form = 'sftp:user@host:/path or sftp://user@host:port//path';
  // Whoever is between the beginning and the last @ has a colon in it: a password.
  if (/^(?:\/\/)?[^/@]*:[^/]*@/.test(rest)) throw holdsPassword('sftp');
  const [, user = null, at = '', port, path = ''] = sftpAddress.exec(rest) ?? shortForm(rest) ?? [];
  if (at === '') throw invalid(`An SFTP server is written as ${form}.`);
  if (/\p{Cc}/u.test(path)) throw invalid('The path on a server has a sign in it that cannot be seen.');
  const name = at.startsWith('[') ? at.slice(1, -1) : at;
  const trimmed = path.length > 1 ? path.replace(/(?<=[^/])\/+$/, '') : path;
  return { kind: 'sftp', user, host: name.toLowerCase(), port: portOf(port) ?? sshPort, path: trimmed };
}

/** In the order of the long form, which has a port. */
function shortForm(rest: string): readonly (string | undefined)[] | null {
  const found = sftpShort.exec(rest);
  return found === null ? null : [found[0], found[1], found[2], undefined, found[3]];
}

function parseAddress(
  url: string,
  form: string,
): { readonly endpoint: string; readonly host: string; readonly path: string } {
  const [, scheme, at, digits, path = '/'] = address.exec(url) ?? [];
  if (scheme === undefined || at === undefined) throw invalid(`The address is not of the form ${form}.`);
  const usual = scheme.toLowerCase() === 'https' ? 443 : 80;
  const port = portOf(digits);
  const name = at.toLowerCase();
  const shown = port === null || port === usual ? '' : `:${port}`;
  return { endpoint: `${scheme.toLowerCase()}://${name}${shown}`, host: name, path };
}

function portOf(digits: string | undefined): number | null {
  if (digits === undefined) return null;
  const port = Number(digits);
  if (port < 1 || port > 65_535) throw invalid('The port of an address is a number from 1 to 65535.');
  return port;
}

/** Even a user alone: many a token is written there. */
function refuseSignIn(url: string, kind: 's3' | 'rest'): void {
  if (/^[a-z]+:\/\/[^/]*@/i.test(url)) throw holdsPassword(kind);
}

function holdsPassword(kind: RemoteLocation['kind']): HoldfastError {
  const where = {
    s3: 'Keys go to --set access-key-id=… and --secret secret-access-key=env:NAME, or into AWS_ACCESS_KEY_ID and AWS_SECRET_ACCESS_KEY.',
    rest: 'They go to --set user=… and --secret password=env:NAME, or into RESTIC_REST_USERNAME and RESTIC_REST_PASSWORD.',
    sftp: 'It goes to --secret password=env:NAME.',
  }[kind];
  const what = kind === 'sftp' ? 'A password is' : 'User and password are';
  return invalid(`${what} not part of an address, which everybody may see. ${where}`);
}

function invalid(text: string): HoldfastError {
  return new HoldfastError('LOCATION_INVALID', text);
}
