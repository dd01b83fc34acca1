/** Object Lock: what keeps versions from being removed, until when, and who may lift it. */
import { childOf, textOf } from '../protocol/xml.ts';
import { Refusal, type Answer } from '../service.ts';
import { type Bucket, type DefaultRetention, type ObjectVersion, type Retention } from './bucket.ts';
import { demandVersion, header, xmlAnswer, xmlBody, type BucketCall, type S3Route } from './call.ts';
import { invalidRequest, malformedXml, protectedByLock } from './refusals.ts';

const dayMs = 86_400_000;

export const lockRoutes: readonly S3Route[] = [
  one('GET', 'GetObjectRetention', 'retention', 's3:GetObjectRetention', retention),
  one('PUT', 'PutObjectRetention', 'retention', 's3:PutObjectRetention', setRetention),
  one('GET', 'GetObjectLegalHold', 'legal-hold', 's3:GetObjectLegalHold', hold),
  one('PUT', 'PutObjectLegalHold', 'legal-hold', 's3:PutObjectLegalHold', setHold),
];

function one(method: 'GET' | 'PUT', name: string, query: string, action: string, answer: S3Route['answer']): S3Route {
  return { name, method, where: 'object', query: [query], action, answer };
}

/** Throws where the version may not be removed. */
export function checkRemoval(call: BucketCall, version: ObjectVersion): void {
  if (version.legalHold) throw protectedByLock();
  const { retention: kept } = version;
  if (kept === null || kept.untilMs <= call.world.clock.now()) return;
  if (kept.mode === 'COMPLIANCE' || !bypasses(call)) throw protectedByLock();
}

/** What headers and the bucket's own setting say of a version that is written. */
export function locksOf(call: BucketCall): Pick<ObjectVersion, 'retention' | 'legalHold'> {
  const mode = header(call, 'x-amz-object-lock-mode');
  const until = header(call, 'x-amz-object-lock-retain-until-date');
  const legalHold = header(call, 'x-amz-object-lock-legal-hold') === 'ON';
  const { lock } = call.bucket;
  if (lock === null && (mode !== undefined || until !== undefined || legalHold)) throw noLock();
  if ((mode === undefined) !== (until === undefined)) {
    throw invalidRequest('x-amz-object-lock-retain-until-date and x-amz-object-lock-mode must both be supplied');
  }
  const now = call.world.clock.now();
  if (mode !== undefined) return { retention: retentionFrom(mode, until, now), legalHold };
  const usual = lock?.default ?? null;
  const retained = usual === null ? null : { mode: usual.mode, untilMs: now + usual.days * dayMs };
  return { retention: retained, legalHold };
}

/** Whether the call says anything of locks, for which S3 then wants a checksum. */
export function asksForLock(call: BucketCall): boolean {
  return Object.keys(call.headers).some((name) => name.startsWith('x-amz-object-lock-'));
}

export function lockHeaders({ retention: kept, legalHold }: ObjectVersion): Answer['headers'] {
  return {
    ...(kept !== null && {
      'x-amz-object-lock-mode': kept.mode,
      'x-amz-object-lock-retain-until-date': new Date(kept.untilMs).toISOString(),
    }),
    ...(legalHold && { 'x-amz-object-lock-legal-hold': 'ON' }),
  };
}

export function lockSettings({ bucket }: BucketCall): Answer {
  if (bucket.lock === null) {
    const words = 'Object Lock configuration does not exist for this bucket';
    throw new Refusal(404, 'ObjectLockConfigurationNotFoundError', words);
  }
  const usual = bucket.lock.default;
  return xmlAnswer('ObjectLockConfiguration', {
    ObjectLockEnabled: 'Enabled',
    Rule: usual === null ? null : { DefaultRetention: { Mode: usual.mode, Days: usual.days } },
  });
}

export async function setLockSettings(call: BucketCall): Promise<Answer> {
  const body = await xmlBody(call, 'ObjectLockConfiguration');
  if (call.bucket.versioning !== 'Enabled') {
    const words = "Versioning must be 'Enabled' on the bucket to apply a Object Lock configuration";
    throw new Refusal(409, 'InvalidBucketState', words);
  }
  const rule = childOf(body, 'Rule');
  const given = rule === undefined ? undefined : childOf(rule, 'DefaultRetention');
  let usual: DefaultRetention | null = null;
  if (given !== undefined) {
    const days = Number(textOf(given, 'Days') ?? Number(textOf(given, 'Years')) * 365);
    if (!Number.isInteger(days) || days < 1 || days > 36_500) throw malformedXml();
    usual = { mode: modeFrom(textOf(given, 'Mode')), days };
  }
  call.bucket.lock = { default: usual };
  return { status: 200 };
}

function retention(call: BucketCall): Answer {
  demandLock(call.bucket);
  const { retention: kept } = demandVersion(call);
  if (kept === null) throw noneSet();
  return xmlAnswer('Retention', { Mode: kept.mode, RetainUntilDate: new Date(kept.untilMs).toISOString() });
}

async function setRetention(call: BucketCall): Promise<Answer> {
  const body = await xmlBody(call, 'Retention');
  demandLock(call.bucket);
  const version = demandVersion(call);
  const now = call.world.clock.now();
  const mode = textOf(body, 'Mode');
  const wanted = mode === undefined ? null : retentionFrom(mode, textOf(body, 'RetainUntilDate'), now);
  const { retention: before } = version;
  const isHeld = before !== null && before.untilMs > now;
  if (isHeld && isLess(wanted, before) && (before.mode === 'COMPLIANCE' || !bypasses(call))) throw protectedByLock();
  version.retention = wanted;
  return { status: 200 };
}

function isLess(wanted: Retention | null, before: Retention): boolean {
  if (wanted === null || wanted.untilMs < before.untilMs) return true;
  return before.mode === 'COMPLIANCE' && wanted.mode !== 'COMPLIANCE';
}

function hold(call: BucketCall): Answer {
  demandLock(call.bucket);
  return xmlAnswer('LegalHold', { Status: demandVersion(call).legalHold ? 'ON' : 'OFF' });
}

async function setHold(call: BucketCall): Promise<Answer> {
  const status = textOf(await xmlBody(call, 'LegalHold'), 'Status');
  demandLock(call.bucket);
  if (status !== 'ON' && status !== 'OFF') throw malformedXml();
  demandVersion(call).legalHold = status === 'ON';
  return { status: 200 };
}

function bypasses(call: BucketCall): boolean {
  const isAsked = header(call, 'x-amz-bypass-governance-retention')?.toLowerCase() === 'true';
  return isAsked && call.may('s3:BypassGovernanceRetention');
}

function retentionFrom(mode: string, until: string | undefined, nowMs: number): Retention {
  const untilMs = Date.parse(until ?? '');
  if (Number.isNaN(untilMs)) throw malformedXml();
  if (untilMs <= nowMs) {
    throw new Refusal(400, 'InvalidArgument', 'The retain until date must be in the future!');
  }
  return { mode: modeFrom(mode), untilMs };
}

function modeFrom(mode: string | undefined): Retention['mode'] {
  if (mode === 'GOVERNANCE' || mode === 'COMPLIANCE') return mode;
  throw new Refusal(400, 'InvalidArgument', 'Unknown wormMode directive.');
}

function demandLock(bucket: Bucket): void {
  if (bucket.lock === null) throw noLock();
}

function noLock(): Refusal {
  return invalidRequest('Bucket is missing Object Lock Configuration');
}

function noneSet(): Refusal {
  const words = 'The specified object does not have a ObjectLock configuration';
  return new Refusal(404, 'NoSuchObjectLockConfiguration', words);
}
