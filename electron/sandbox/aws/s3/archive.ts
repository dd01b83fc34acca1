/** Storage classes that cannot be read from, until a copy was asked for and is there. */
import { childOf, textOf, type XmlTree } from '../protocol/xml.ts';
import { Refusal, type Answer } from '../service.ts';
import { type ArchiveTier, type ObjectVersion } from './bucket.ts';
import { demandVersion, xmlBody, type BucketCall, type S3Route } from './call.ts';
import { invalidObjectState, malformedXml } from './refusals.ts';

const dayMs = 86_400_000;
const hourMs = 3_600_000;

/** How long a copy takes to be there, by class and tier. */
const waitMs: Readonly<Record<string, Readonly<Record<string, number>>>> = {
  GLACIER: { Expedited: hourMs / 12, Standard: 4 * hourMs, Bulk: 9 * hourMs },
  DEEP_ARCHIVE: { Standard: 12 * hourMs, Bulk: 48 * hourMs },
};
const tierWaitMs: Readonly<Record<ArchiveTier, Readonly<Record<string, number>>>> = {
  ARCHIVE_ACCESS: waitMs['GLACIER'] ?? {},
  DEEP_ARCHIVE_ACCESS: waitMs['DEEP_ARCHIVE'] ?? {},
};

const classes = new Set([
  'STANDARD',
  'STANDARD_IA',
  'ONEZONE_IA',
  'INTELLIGENT_TIERING',
  'GLACIER_IR',
  'REDUCED_REDUNDANCY',
  ...Object.keys(waitMs),
]);

export const archiveRoutes: readonly S3Route[] = [
  {
    name: 'RestoreObject',
    method: 'POST',
    where: 'object',
    query: ['restore'],
    action: 's3:RestoreObject',
    answer: restore,
  },
];

export function storageClassFrom(given: string | undefined): string {
  if (given === undefined) return 'STANDARD';
  if (classes.has(given)) return given;
  throw new Refusal(400, 'InvalidStorageClass', 'The storage class you specified is not valid');
}

/** Whether its bytes cannot be read now. */
export function isArchived(version: ObjectVersion, nowMs: number): boolean {
  const { storageClass, restored } = version;
  if (tierOf(version, nowMs) !== null) return true;
  if (!(storageClass in waitMs)) return false;
  return restored === null || nowMs < restored.readyMs || nowMs >= restored.untilMs;
}

/** Null once it is back in a tier that can be read, where it stays. */
function tierOf({ archiveTier = null, restored }: ObjectVersion, nowMs: number): ArchiveTier | null {
  return restored !== null && nowMs >= restored.readyMs ? null : archiveTier;
}

export function archiveHeaders(version: ObjectVersion, nowMs: number): Answer['headers'] {
  const { storageClass, restored } = version;
  const tier = tierOf(version, nowMs);
  const shown = {
    ...(storageClass !== 'STANDARD' && { 'x-amz-storage-class': storageClass }),
    ...(tier !== null && { 'x-amz-archive-status': tier }),
  };
  if (restored === null || nowMs >= restored.untilMs) return shown;
  const isReady = nowMs >= restored.readyMs;
  const until = new Date(restored.untilMs).toUTCString();
  return {
    ...shown,
    'x-amz-restore': isReady ? `ongoing-request="false", expiry-date="${until}"` : 'ongoing-request="true"',
  };
}

/** As in lists. */
export function restoreState({ restored }: ObjectVersion, nowMs: number): XmlTree {
  if (restored === null || nowMs >= restored.untilMs) return {};
  const isReady = nowMs >= restored.readyMs;
  return {
    RestoreStatus: {
      IsRestoreInProgress: String(!isReady),
      RestoreExpiryDate: isReady ? new Date(restored.untilMs).toISOString() : null,
    },
  };
}

async function restore(call: BucketCall): Promise<Answer> {
  const request = await xmlBody(call, 'RestoreRequest');
  const version = demandVersion(call);
  const now = call.world.clock.now();
  const archiveTier = tierOf(version, now);
  const days = Number(textOf(request, 'Days') ?? (archiveTier === null ? Number.NaN : 36_500));
  if (!Number.isInteger(days) || days < 1) throw malformedXml();
  if (archiveTier !== null && textOf(request, 'Days') !== undefined) throw malformedXml();
  const waits = archiveTier === null ? waitMs[version.storageClass] : tierWaitMs[archiveTier];
  if (waits === undefined) throw invalidObjectState(version.storageClass);
  const job = childOf(request, 'GlacierJobParameters');
  const tier = (job === undefined ? undefined : textOf(job, 'Tier')) ?? 'Standard';
  const wait = waits[tier];
  if (wait === undefined) {
    throw new Refusal(400, 'InvalidArgument', `Retrieval option ${tier} is not supported by this storage class`);
  }
  if (version.restored !== null && now < version.restored.readyMs) {
    throw new Refusal(409, 'RestoreAlreadyInProgress', 'Object restore is already in progress');
  }
  const isThere = version.restored !== null && now < version.restored.untilMs;
  const readyMs = isThere && version.restored !== null ? version.restored.readyMs : now + wait;
  version.restored = { readyMs, untilMs: Math.max(now, readyMs) + days * dayMs };
  return { status: isThere ? 200 : 202 };
}
