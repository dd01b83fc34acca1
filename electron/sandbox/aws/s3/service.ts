/** S3 (REST XML): which operation a request is, on which bucket and key, and S3's own form of a refusal. */
import { randomBytes } from 'node:crypto';
import { xmlDocument } from '../protocol/xml.ts';
import { Refusal, type Answer, type Asked, type Call, type Operation, type Service } from '../service.ts';
import { archiveRoutes } from './archive.ts';
import { rawKeyOf } from './bucket.ts';
import { bucketRoutes, newBucketRoutes } from './buckets.ts';
import { header, type S3Call, type S3Route } from './call.ts';
import { deletingRoutes } from './deleting.ts';
import { listingRoutes } from './listing.ts';
import { lockRoutes } from './locks.ts';
import { multipartRoutes } from './multipart.ts';
import { readingRoutes } from './reading.ts';
import { accessDenied, denied, elsewhere, noSuchBucket, notImplemented, slowDown, unproven } from './refusals.ts';
import { type S3World } from './world.ts';
import { type Throttle } from '../throttle.ts';
import { writingRoutes } from './writing.ts';

const routes = [
  ...bucketRoutes,
  ...lockRoutes,
  ...archiveRoutes,
  ...multipartRoutes,
  ...deletingRoutes,
  ...writingRoutes,
  ...readingRoutes,
  ...listingRoutes,
];

const longestKey = 1024;

/** Parts of S3 that are not played: asked for, they are refused, and not taken for something else. */
const notPlayed = [
  'accelerate',
  'acl',
  'analytics',
  'intelligent-tiering',
  'inventory',
  'logging',
  'metrics',
  'notification',
  'ownershipControls',
  'policy',
  'policyStatus',
  'replication',
  'requestPayment',
  'select',
  'torrent',
  'website',
];

type Target = { readonly bucketName: string; readonly key: string };

export class S3Service implements Service {
  readonly name = 's3';
  readonly readsBodies = true;
  readonly unproven = unproven;
  readonly throttled = slowDown;
  readonly #world: S3World;
  readonly #throttle: Throttle;

  constructor(world: S3World, throttle: Throttle) {
    this.#world = world;
    this.#throttle = throttle;
  }

  operation(asked: Asked): Operation {
    const { bucketName, key: text } = targetOf(asked);
    const key = rawKeyOf(text);
    const where = whereOf(bucketName, key);
    const on = (call: Call): S3Call => ({ ...call, world: this.#world, bucketName, key });
    const ahead = newBucketRoutes.find((route) => isFor(route, asked, where) && !hasSubresource(asked));
    if (ahead !== undefined) return { ...named(ahead, asked), answer: (call) => ahead.answer(on(call)) };
    const unplayed = notPlayed.find((name) => asked.query.has(name));
    const route = unplayed === undefined ? routes.find((one) => isFor(one, asked, where)) : undefined;
    if (route === undefined) throw notImplemented(unplayed ?? asked.method);
    return { ...named(route, asked), answer: (call) => this.#answer(route, on(call)) };
  }

  denied(caller: Call['caller'], { action }: Operation): Refusal {
    return denied(caller, action ?? '');
  }

  refuse({ status, code, message, fields, headers }: Refusal, requestId: string, asked: Asked): Answer {
    const hostId = randomBytes(48).toString('base64');
    const ids = { 'x-amz-request-id': requestId, 'x-amz-id-2': hostId };
    if (asked.method === 'HEAD') return { status, headers: { ...ids, ...headers, 'content-type': 'application/xml' } };
    const content = { Code: code, Message: message, ...fields, RequestId: requestId, HostId: hostId };
    return {
      status,
      headers: { 'content-type': 'application/xml', ...ids, ...headers },
      body: xmlDocument('Error', null, content),
    };
  }

  async #answer(route: S3Route, call: S3Call): Promise<Answer> {
    const { bucketName, key, requestId, region, caller } = call;
    const bucket = this.#world.buckets.get(bucketName);
    if (bucket === undefined) throw noSuchBucket(bucketName);
    if (!this.#throttle.take(bucket.account, bucketName, route.name, false)) throw slowDown();
    if (bucket.region !== region && route.name !== 'GetBucketLocation') throw elsewhere(bucket);
    if (bucket.account !== caller.account) throw accessDenied();
    const expected = header(call, 'x-amz-expected-bucket-owner');
    if (expected !== undefined && expected !== bucket.account) throw accessDenied();
    if (key.length > longestKey) {
      const fields = { Size: String(key.length), MaxSizeAllowed: String(longestKey) };
      throw new Refusal(400, 'KeyTooLongError', 'Your key is too long', { fields });
    }
    if (this.#world.behaviour.refusesChecksums) refuseChecksums(call);
    const answer = await route.answer({ ...call, bucket });
    return { ...answer, headers: { 'x-amz-request-id': requestId, ...answer.headers } };
  }
}

function named(route: Pick<S3Route, 'name' | 'action'>, asked: Asked): Pick<Operation, 'name' | 'action'> {
  const { name, action } = route;
  return { name, action: typeof action === 'string' ? action : action(asked) };
}

function isFor({ method, where, query = [], header: needed }: S3Route<never>, asked: Asked, at: string): boolean {
  if (method !== asked.method || where !== at) return false;
  return query.every((name) => asked.query.has(name)) && (needed === undefined || needed in asked.headers);
}

function hasSubresource({ query }: Asked): boolean {
  const names = [...routes.flatMap((route) => route.query ?? []), ...notPlayed];
  return names.some((name) => query.has(name));
}

function whereOf(bucketName: string, key: string): S3Route['where'] {
  if (bucketName === '') return 'service';
  return key === '' ? 'bucket' : 'object';
}

/** By path, or by the name of the host: `bucket.s3.eu-central-1.localhost`. Nothing in a key is resolved. */
function targetOf(asked: Asked): Target {
  const host = (header(asked, 'host') ?? '').replace(/:\d+$/, '');
  const [, inHost] = /^(?!s3[.-])(.+?)\.(?:s3(?:[.-][\w-]+)?\.)?localhost$/.exec(host) ?? [];
  const path = asked.path.slice(1);
  if (inHost !== undefined) return { bucketName: inHost, key: decodedKey(path) };
  const at = path.indexOf('/');
  return at === -1
    ? { bucketName: path, key: '' }
    : { bucketName: path.slice(0, at), key: decodedKey(path.slice(at + 1)) };
}

function decodedKey(path: string): string {
  try {
    return decodeURIComponent(path);
  } catch {
    throw new Refusal(400, 'InvalidURI', "Couldn't parse the specified URI.", { fields: { URI: path } });
  }
}

/** As stores do that know of no checksums but MD5. */
function refuseChecksums(call: S3Call): void {
  const refused = Object.keys(call.headers).find((name) =>
    /^x-amz-(?:checksum-(?!mode)|sdk-checksum|trailer)/.test(name),
  );
  if (refused !== undefined) throw notImplemented(refused);
}
