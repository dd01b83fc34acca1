/**
 * Objects of S3 into memory. The kit asks for the first one, which shows where and as whom it does; what follows is asked for
 * as it did, without it: its way to a request costs twenty times what a small object does (measured). Whatever is not answered
 * with the object is left to the kit, which knows what to wait for, where to turn to and what to say.
 */
import { GetObjectCommand, type GetObjectCommandOutput, type S3Client } from '@aws-sdk/client-s3';
import type { HttpRequest } from '@aws-sdk/types';
import type { HttpTarget } from '../platform/http-line.ts';
import { HttpLines } from '../platform/http-lines.ts';
import { encodeUri, intoMemory, pathAndQuery, targetOf } from './body-reads.ts';
import { connectMs, usualIdleMs } from './make-client.ts';
import { RequestSigner } from './signature.ts';

export type ObjectWanted = {
  readonly Bucket: string;
  readonly Key: string;
  readonly IfMatch?: string;
  readonly VersionId?: string;
  readonly Range?: string;
  readonly ChecksumMode?: 'ENABLED';
};

/** What an answer says of an object. */
export type ObjectAnswer = Pick<GetObjectCommandOutput, 'Metadata' | 'TagCount' | keyof typeof textHeaders>;

/** Where S3 says that it is asked too much, the kit alone asks for so long: at its own pace. */
const calmMs = 30_000;

export class ObjectReads implements Disposable {
  readonly #s3: S3Client;
  readonly #lines = new HttpLines({ connectMs, idleMs: usualIdleMs });
  /** Of buckets. */
  readonly #ways = new Map<string, Way>();
  #calmUntilMs = 0;

  constructor(s3: S3Client) {
    this.#s3 = s3;
  }

  /** It fills the memory, which is just as long, or the call fails as the kit's does. */
  async get(wanted: ObjectWanted, memory: Uint8Array, signal: AbortSignal): Promise<ObjectAnswer> {
    const way = this.#ways.get(wanted.Bucket);
    const straight =
      way === undefined || Date.now() < this.#calmUntilMs ? null : this.#straight(way, wanted, memory, signal);
    return (await straight) ?? this.#byKit(wanted, memory, signal);
  }

  [Symbol.dispose](): void {
    this.#lines[Symbol.dispose]();
  }

  /** Null where it is not answered with the object. */
  async #straight(
    { target, base, headers: common, signer }: Way,
    { Key, IfMatch, VersionId, Range, ChecksumMode }: ObjectWanted,
    memory: Uint8Array,
    signal: AbortSignal,
  ): Promise<ObjectAnswer | null> {
    const path = base + pathOf(Key);
    const query = VersionId === undefined ? '' : `versionId=${encodeUri(VersionId)}`;
    const more = {
      ...(IfMatch !== undefined && { 'if-match': IfMatch }),
      ...(Range !== undefined && { range: Range }),
      ...(ChecksumMode !== undefined && { 'x-amz-checksum-mode': ChecksumMode }),
    };
    const { credentials, systemClockOffset } = this.#s3.config;
    const nowMs = Date.now() + systemClockOffset;
    const headers = signer.sign(
      { method: 'GET', path, query, headers: { ...common, ...more } },
      await credentials(),
      nowMs,
    );
    const asked = { target, method: 'GET', path: query === '' ? path : `${path}?${query}`, headers };
    try {
      const { status, headers: answered, body } = await this.#lines.ask(asked, memory, signal);
      if (status === 429 || status >= 500) this.#calmUntilMs = Date.now() + calmMs;
      return body === null ? answerIn(answered) : null;
    } catch (error) {
      if (signal.aborted) throw error;
      return null;
    }
  }

  async #byKit(wanted: ObjectWanted, memory: Uint8Array, signal: AbortSignal): Promise<ObjectAnswer> {
    const command = new GetObjectCommand(wanted);
    let sent: HttpRequest | undefined;
    const ask = async (request: HttpRequest) => {
      sent = request;
      const { method, headers } = request;
      return this.#lines.ask(
        { target: targetOf(request), method, path: pathAndQuery(request), headers },
        memory,
        signal,
      );
    };
    intoMemory(command, ask, 'flexibleChecksumsResponseMiddleware');
    const answer = await this.#s3.send(command, { abortSignal: signal });
    const way = sent === undefined ? null : wayOf(sent, wanted.Key);
    if (way !== null && !this.#ways.has(wanted.Bucket)) this.#ways.set(wanted.Bucket, way);
    return answer;
  }
}

type Way = {
  readonly target: HttpTarget;
  /** What precedes a key. */
  readonly base: string;
  readonly headers: Readonly<Record<string, string>>;
  readonly signer: RequestSigner;
};

/** Null where the kit does what is not done here, such as signing for many regions at once. */
function wayOf(request: HttpRequest, key: string): Way | null {
  const { headers, path } = request;
  const [, region, service] =
    /^AWS4-HMAC-SHA256 Credential=[^/]+\/\d{8}\/([^/]+)\/(s3)\/aws4_request,/.exec(headers['authorization'] ?? '') ??
    [];
  const { host } = headers;
  if (region === undefined || service === undefined || host === undefined || !path.endsWith(pathOf(key))) return null;
  const base = path.slice(0, path.length - pathOf(key).length);
  return { target: targetOf(request), base, headers: { host }, signer: new RequestSigner({ region, service }) };
}

function pathOf(key: string): string {
  return key.split('/').map(encodeUri).join('/');
}

const textHeaders = {
  ETag: 'etag',
  VersionId: 'x-amz-version-id',
  StorageClass: 'x-amz-storage-class',
  ContentType: 'content-type',
  ContentEncoding: 'content-encoding',
  ContentDisposition: 'content-disposition',
  ContentLanguage: 'content-language',
  CacheControl: 'cache-control',
  ExpiresString: 'expires',
  WebsiteRedirectLocation: 'x-amz-website-redirect-location',
  ServerSideEncryption: 'x-amz-server-side-encryption',
  SSEKMSKeyId: 'x-amz-server-side-encryption-aws-kms-key-id',
  SSECustomerAlgorithm: 'x-amz-server-side-encryption-customer-algorithm',
  ChecksumType: 'x-amz-checksum-type',
  ChecksumCRC32: 'x-amz-checksum-crc32',
  ChecksumCRC32C: 'x-amz-checksum-crc32c',
  ChecksumCRC64NVME: 'x-amz-checksum-crc64nvme',
  ChecksumSHA1: 'x-amz-checksum-sha1',
  ChecksumSHA256: 'x-amz-checksum-sha256',
} as const;

function answerIn(headers: Readonly<Record<string, string>>): ObjectAnswer {
  const answer: Record<string, unknown> = {};
  for (const [name, header] of Object.entries(textHeaders)) {
    const value = headers[header];
    if (value !== undefined) answer[name] = value;
  }
  const metadata = Object.entries(headers).filter(([name]) => name.startsWith(metadataPrefix));
  if (metadata.length > 0)
    answer['Metadata'] = Object.fromEntries(
      metadata.map(([name, value]) => [name.slice(metadataPrefix.length), value]),
    );
  const tags = Number(headers['x-amz-tagging-count'] ?? 0);
  if (tags > 0) answer['TagCount'] = tags;
  return answer;
}

const metadataPrefix = 'x-amz-meta-';
