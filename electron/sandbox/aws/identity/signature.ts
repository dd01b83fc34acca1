/** Signature Version 4, checked as AWS checks it: in the header, in the address, and piece by piece in a streamed body. */
import { createHash, createHmac, timingSafeEqual } from 'node:crypto';
import { type Asked, type ChunkSeal } from '../service.ts';
import { type SandboxClock } from '../clock.ts';
import { type Credential, type Identities } from './identities.ts';

export type AuthProblem =
  | 'missing'
  | 'malformed'
  | 'unknown-key'
  | 'bad-token'
  | 'expired-token'
  | 'mismatch'
  | 'skewed';

/** Thrown for what proves nothing. */
export class Unproven extends Error {
  readonly problem: AuthProblem;

  constructor(problem: AuthProblem) {
    super(problem);
    this.problem = problem;
  }
}

/** What a request claims, before anything is checked. */
export type Claim = {
  readonly accessKeyId: string;
  /** `20260102`. */
  readonly date: string;
  readonly region: string;
  readonly service: string;
  readonly signedHeaders: readonly string[];
  readonly signature: string;
  /** `20260102T030405Z`. */
  readonly time: string;
  readonly token: string | null;
  /** Null: it stands in the headers. */
  readonly validForMs: number | null;
};

const skewMs = 15 * 60_000;
const keptKeys = 1000;
const signingKeys = new Map<string, Buffer>();

/** Null: it claims nothing. Throws `Unproven` for what cannot be read. */
export function claimOf({ headers, query }: Pick<Asked, 'headers' | 'query'>): Claim | null {
  const { authorization } = headers;
  if (authorization !== undefined) return headerClaim(authorization, headers);
  return query.get('X-Amz-Algorithm') === null ? null : queryClaim(query);
}

export type Proof = { readonly credential: Credential; readonly seal: ChunkSeal };

/** `wallMs`: the time that requests are dated against, which is not moved. Throws `Unproven`. */
export function prove(
  asked: Asked,
  claim: Claim,
  identities: Pick<Identities, 'credential'>,
  clock: SandboxClock,
  wallMs: number,
): Proof {
  const credential = identities.credential(claim.accessKeyId);
  if (credential === undefined) throw new Unproven('unknown-key');
  const signedMs = timeOf(claim.time);
  if (Number.isNaN(signedMs)) throw new Unproven('malformed');
  const lateMs = wallMs - signedMs;
  if (lateMs < -skewMs || lateMs > (claim.validForMs ?? skewMs)) throw new Unproven('skewed');
  const { session } = credential;
  if ((session?.token ?? null) !== claim.token) throw new Unproven('bad-token');
  if (session !== null && session.expiresMs <= clock.now()) throw new Unproven('expired-token');
  const key = signingKey(credential.secretAccessKey, claim);
  const scope = `${claim.date}/${claim.region}/${claim.service}/aws4_request`;
  const text = ['AWS4-HMAC-SHA256', claim.time, scope, sha256(canonicalRequest(asked, claim))].join('\n');
  if (!isSame(hmac(key, text).toString('hex'), claim.signature)) throw new Unproven('mismatch');
  return { credential, seal: new Chain(key, claim.time, scope, claim.signature) };
}

class Chain implements ChunkSeal {
  readonly #key: Buffer;
  readonly #head: string;
  #previous: string;

  constructor(key: Buffer, time: string, scope: string, seed: string) {
    this.#key = key;
    this.#head = `${time}\n${scope}`;
    this.#previous = seed;
  }

  next(hash: string, signature: string): boolean {
    return this.#check('AWS4-HMAC-SHA256-PAYLOAD', `${sha256('')}\n${hash}`, signature);
  }

  trailer(hash: string, signature: string): boolean {
    return this.#check('AWS4-HMAC-SHA256-TRAILER', hash, signature);
  }

  #check(kind: string, tail: string, signature: string): boolean {
    const text = `${kind}\n${this.#head}\n${this.#previous}\n${tail}`;
    this.#previous = hmac(this.#key, text).toString('hex');
    return isSame(this.#previous, signature);
  }
}

function headerClaim(authorization: string, headers: Asked['headers']): Claim {
  const pattern = /^AWS4-HMAC-SHA256 +Credential=([^,\s]+), *SignedHeaders=([^,\s]+), *Signature=([\da-f]+)$/;
  const [, credential = '', signedHeaders = '', signature = ''] = pattern.exec(authorization) ?? [];
  return {
    ...scopeOf(credential),
    signedHeaders: signedHeaders.split(';'),
    signature,
    time: headerText(headers['x-amz-date']),
    token: headers['x-amz-security-token'] === undefined ? null : headerText(headers['x-amz-security-token']),
    validForMs: null,
  };
}

function queryClaim(query: URLSearchParams): Claim {
  return {
    ...scopeOf(query.get('X-Amz-Credential') ?? ''),
    signedHeaders: (query.get('X-Amz-SignedHeaders') ?? '').split(';'),
    signature: query.get('X-Amz-Signature') ?? '',
    time: query.get('X-Amz-Date') ?? '',
    token: query.get('X-Amz-Security-Token'),
    validForMs: Number(query.get('X-Amz-Expires') ?? Number.NaN) * 1000,
  };
}

function scopeOf(credential: string): Pick<Claim, 'accessKeyId' | 'date' | 'region' | 'service'> {
  const [, accessKeyId, date, region, service] =
    /^(\w+)\/(\d{8})\/([\w-]+)\/(\w+)\/aws4_request$/.exec(credential) ?? [];
  if (accessKeyId === undefined || date === undefined || region === undefined || service === undefined) {
    throw new Unproven('malformed');
  }
  return { accessKeyId, date, region, service };
}

function canonicalRequest(asked: Asked, claim: Claim): string {
  const { method, path, headers, body } = asked;
  const isInQuery = claim.validForMs !== null;
  const given = headers['x-amz-content-sha256'];
  const unsigned = claim.service === 's3' ? 'UNSIGNED-PAYLOAD' : sha256(body);
  // Of S3 the address is taken as it was sent; for all others it is encoded once more.
  const canonicalPath = claim.service === 's3' ? path : path.split('/').map(encodeStrictly).join('/');
  const lines = claim.signedHeaders.map((name) => `${name}:${headerText(headers[name]).trim().replaceAll(/ +/g, ' ')}`);
  const payload = isInQuery ? unsigned : (given ?? unsigned);
  return [
    method,
    canonicalPath,
    canonicalQuery(asked.rawQuery),
    ...lines,
    '',
    claim.signedHeaders.join(';'),
    headerText(payload),
  ].join('\n');
}

function canonicalQuery(rawQuery: string): string {
  return rawQuery
    .split('&')
    .filter((pair) => pair !== '' && !pair.startsWith('X-Amz-Signature='))
    .map((pair) => {
      const at = pair.indexOf('=');
      const [name, value] = at === -1 ? [pair, ''] : [pair.slice(0, at), pair.slice(at + 1)];
      return [encodeStrictly(decoded(name)), encodeStrictly(decoded(value))] as const;
    })
    .sort(([a, x], [b, y]) => (a === b ? order(x, y) : order(a, b)))
    .map(([name, value]) => `${name}=${value}`)
    .join('&');
}

function order(a: string, b: string): number {
  if (a === b) return 0;
  return a < b ? -1 : 1;
}

function decoded(text: string): string {
  try {
    return decodeURIComponent(text);
  } catch {
    throw new Unproven('mismatch');
  }
}

/** All but letters, digits and `-._~`. */
export function encodeStrictly(text: string): string {
  return encodeURIComponent(text).replaceAll(/[!'()*]/g, (unit) => `%${unit.charCodeAt(0).toString(16).toUpperCase()}`);
}

/** Of one day, region and service: the same for thousands of requests. */
function signingKey(secret: string, { date, region, service }: Claim): Buffer {
  const of = [secret, date, region, service].join('\n');
  let key = signingKeys.get(of);
  if (key === undefined) {
    key = [date, region, service, 'aws4_request'].reduce<Buffer>(hmac, Buffer.from(`AWS4${secret}`));
    if (signingKeys.size >= keptKeys) signingKeys.clear();
    signingKeys.set(of, key);
  }
  return key;
}

function hmac(key: Buffer, text: string): Buffer {
  return createHmac('sha256', key).update(text).digest();
}

function sha256(data: string | Uint8Array): string {
  return createHash('sha256').update(data).digest('hex');
}

function isSame(a: string, b: string): boolean {
  const [left, right] = [Buffer.from(a), Buffer.from(b)];
  return left.length === right.length && timingSafeEqual(left, right);
}

function timeOf(text: string): number {
  const [, year, month, day, hour, minute, second] = /^(\d{4})(\d\d)(\d\d)T(\d\d)(\d\d)(\d\d)Z$/.exec(text) ?? [];
  return Date.parse(`${year}-${month}-${day}T${hour}:${minute}:${second}Z`);
}

function headerText(value: string | readonly string[] | undefined): string {
  return typeof value === 'string' ? value : (value ?? []).join(',');
}
