/** Objects that S3 has to bring back before they can be read: from which classes, how long that takes, what is paid for. */
import type { RoughPrice } from './aws-prices.ts';
import { countOf, formatBytes } from './units.ts';

export const thawTiers = ['Expedited', 'Standard', 'Bulk'] as const;
export type ThawTier = (typeof thawTiers)[number];

/** Storage classes, and tiers of Intelligent-Tiering, that nobody can read from as they are. */
export const archiveClasses = ['GLACIER', 'DEEP_ARCHIVE', 'ARCHIVE_ACCESS', 'DEEP_ARCHIVE_ACCESS'] as const;
export type ArchiveClass = (typeof archiveClasses)[number];

/** Of a stored file that lies in such a class, or did before a copy of it was brought back. */
export type ArchiveState = {
  readonly storageClass: ArchiveClass;
  /** `waking`: somebody has asked for a copy; `awake`: it is there for some days. */
  readonly state: 'asleep' | 'waking' | 'awake';
};

/** Whether nobody can read it now. */
export function isAsleep({ archived }: { readonly archived?: ArchiveState | undefined }): boolean {
  return archived !== undefined && archived.state !== 'awake';
}

export type ThawAmount = { readonly storageClass: ArchiveClass; readonly objects: number; readonly bytes: number };

const minuteMs = 60_000;
const hourMs = 60 * minuteMs;

/** As AWS says; the longest of it. */
const shallow = { Expedited: 5 * minuteMs, Standard: 5 * hourMs, Bulk: 12 * hourMs };
const deep = { Expedited: null, Standard: 12 * hourMs, Bulk: 48 * hourMs };
const shallowWords = { Expedited: '1 to 5 minutes', Standard: '3 to 5 hours', Bulk: '5 to 12 hours' };
const deepWords = { Expedited: '', Standard: 'up to 12 hours', Bulk: 'up to 48 hours' };

const isDeep = (storageClass: ArchiveClass): boolean => storageClass.startsWith('DEEP');
const isTiering = (storageClass: ArchiveClass): boolean => storageClass.endsWith('ACCESS');

/** Null where the class knows no such tier. */
export function longestThawMs(storageClass: ArchiveClass, tier: ThawTier): number | null {
  return (isDeep(storageClass) ? deep : shallow)[tier];
}

export function archiveName(storageClass: ArchiveClass): string {
  const where = isDeep(storageClass) ? 'Deep Archive' : 'Glacier Flexible Retrieval';
  if (!isTiering(storageClass)) return where;
  return isDeep(storageClass)
    ? 'the Deep Archive tier of Intelligent-Tiering'
    : 'the Archive tier of Intelligent-Tiering';
}

/** What is asked for, how long that takes, and what is paid for: a sentence each. */
export function thawSentences(tier: ThawTier, days: number, amounts: readonly ThawAmount[]): readonly string[] {
  const known = amounts.filter(
    ({ objects, storageClass }) => objects > 0 && longestThawMs(storageClass, tier) !== null,
  );
  const kept = known.filter(({ storageClass }) => !isTiering(storageClass));
  return [
    ...known.map(({ storageClass, objects, bytes }) => {
      const words = (isDeep(storageClass) ? deepWords : shallowWords)[tier];
      return `${countOf(objects, 'object')}, ${formatBytes(bytes)}, to be asked for from ${archiveName(storageClass)} (${tier}): expected in ${words}.`;
    }),
    ...(kept.length > 0 ? [`${paidFor(tier, kept)} The copy goes away by itself after ${countOf(days, 'day')}.`] : []),
    ...(known.length > kept.length
      ? ['What comes out of Intelligent-Tiering moves back to its frequent tier, and stays there at its price.']
      : []),
  ];
}

/** For each object that is asked for, and each GiB that is brought back: list prices of us-east-1 in dollars. */
const retrievalRates: Readonly<Record<'shallow' | 'deep', Partial<Record<ThawTier, { object: number; gib: number }>>>> =
  {
    shallow: {
      Expedited: { object: 0.01, gib: 0.03 },
      Standard: { object: 0.000_05, gib: 0.01 },
      Bulk: { object: 0, gib: 0 },
    },
    deep: { Standard: { object: 0.000_1, gib: 0.02 }, Bulk: { object: 0.000_025, gib: 0.002_5 } },
  };
const standardGiBMonth = 0.023;
const daysOfMonth = 30;

/** What it costs to bring back so much, and to keep the copies so long; what reads them over the internet pays for that too. */
export function thawPrice(tier: ThawTier, days: number, amounts: readonly ThawAmount[]): RoughPrice {
  const dollars = amounts.reduce((sum, { storageClass, objects, bytes }) => {
    const rate = retrievalRates[isDeep(storageClass) ? 'deep' : 'shallow'][tier];
    if (rate === undefined) return sum;
    const gib = bytes / 1024 ** 3;
    const kept = isTiering(storageClass) ? 0 : (gib * standardGiBMonth * days) / daysOfMonth;
    return sum + (isTiering(storageClass) ? 0 : objects * rate.object + gib * rate.gib) + kept;
  }, 0);
  return { dollars, per: 'once' };
}

function paidFor(tier: ThawTier, amounts: readonly ThawAmount[]): string {
  const isFree = tier === 'Bulk' && amounts.every(({ storageClass }) => storageClass === 'GLACIER');
  const retrieval = isFree
    ? 'Bulk retrieval from Glacier Flexible Retrieval is free of charge'
    : 'S3 charges for each object that is asked for and for each GiB that is brought back';
  return `${retrieval}; a copy is paid for as Standard storage, beside the archive, for as long as it is kept.`;
}
