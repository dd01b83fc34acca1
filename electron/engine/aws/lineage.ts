/**
 * What a native snapshot is of, whose it is and which run took it, as tags on it. They are all that is left when a catalog
 * is lost, and all that tells ours from others', so nothing is ever removed that does not carry them.
 */
import { createHash } from 'node:crypto';
import {
  instancePattern,
  regionPattern,
  snapshotPattern,
  tagLimits,
  volumePattern,
} from '../../../shared/model/aws.ts';
import { consistencies, type Consistency } from '../../../shared/model/hooks.ts';

export type Lineage = {
  /** The home that took it. */
  readonly console: string;
  readonly tenant: string;
  readonly source: string;
  /** The repository that says what it belongs to, by its id; null: nobody knows. */
  readonly repository: string | null;
  readonly run: string;
  /** When the run asked for it, in epoch milliseconds. */
  readonly takenAtMs: number;
  readonly profile: string | null;
  readonly periods: readonly string[];
  readonly consistency: Consistency | null;
  /** Null: the volume was attached to none. */
  readonly instance: string | null;
  /** Null where one call took several volumes: then the snapshot itself names its volume. */
  readonly volume: string | null;
  /** As the instance called it. */
  readonly device: string | null;
  /** Where it is to be copied to, as `copyTarget` writes it. */
  readonly copyTo: readonly string[];
  /** Null for one that is no copy. */
  readonly copyOf: { readonly snapshot: string; readonly region: string } | null;
  /** Of a copy, in epoch milliseconds; null: as long as the snapshot it is of. */
  readonly keepUntilMs: number | null;
};

export type Tag = { readonly Key: string; readonly Value: string };

export const tagPrefix = 'holdfast:';
export const tagKeys = {
  console: `${tagPrefix}console`,
  tenant: `${tagPrefix}tenant`,
  source: `${tagPrefix}source`,
  repository: `${tagPrefix}repository`,
  run: `${tagPrefix}run`,
  takenAt: `${tagPrefix}taken-at`,
  profile: `${tagPrefix}profile`,
  periods: `${tagPrefix}periods`,
  consistency: `${tagPrefix}consistency`,
  instance: `${tagPrefix}instance`,
  volume: `${tagPrefix}volume`,
  device: `${tagPrefix}device`,
  copyTo: `${tagPrefix}copy-to`,
  /** How it is to be locked once it counts, as `lockWish` writes it. */
  lock: `${tagPrefix}lock`,
  copyOf: `${tagPrefix}copy-of`,
  copyFrom: `${tagPrefix}copy-from`,
  keepUntil: `${tagPrefix}keep-until`,
} as const;

/** As given to AWS, with the name that its own console shows. Periods that do not fit are left out. */
export function lineageTags(lineage: Lineage): readonly Tag[] {
  const { copyOf, copyTo, keepUntilMs, periods } = lineage;
  const values: readonly (readonly [string, string | null])[] = [
    ['Name', `${lineage.source} ${iso(lineage.takenAtMs)}`.slice(0, tagLimits.value)],
    [tagKeys.console, lineage.console],
    [tagKeys.tenant, lineage.tenant],
    [tagKeys.source, lineage.source],
    [tagKeys.repository, lineage.repository],
    [tagKeys.run, lineage.run],
    [tagKeys.takenAt, iso(lineage.takenAtMs)],
    [tagKeys.profile, lineage.profile],
    [tagKeys.periods, periods.length === 0 ? null : fitting(periods)],
    [tagKeys.consistency, lineage.consistency],
    [tagKeys.instance, lineage.instance],
    [tagKeys.volume, lineage.volume],
    [tagKeys.device, lineage.device],
    [tagKeys.copyTo, copyTo.length === 0 ? null : copyTo.join(' ')],
    [tagKeys.copyOf, copyOf?.snapshot ?? null],
    [tagKeys.copyFrom, copyOf?.region ?? null],
    [tagKeys.keepUntil, keepUntilMs === null ? null : iso(keepUntilMs)],
  ];
  return values.flatMap(([Key, Value]) => {
    if (Value === null) return [];
    if (Value.length > tagLimits.value) throw new RangeError(`the tag ${Key} is too long`);
    return [{ Key, Value }];
  });
}

/** Null where the tags are not those of a Holdfast, or not whole: such a snapshot is somebody else's. */
export function lineageOf(tags: ReadonlyMap<string, string>): Lineage | null {
  const text = (key: string): string | null => tags.get(key) || null;
  const matching = (key: string, pattern: RegExp): string | null => {
    const value = text(key);
    return value !== null && pattern.test(value) ? value : null;
  };
  const [console, tenant, source, run] = [tagKeys.console, tagKeys.tenant, tagKeys.source, tagKeys.run].map(text);
  const takenAtMs = timeOf(text(tagKeys.takenAt));
  if (!console || !tenant || !source || !run || takenAtMs === null) return null;
  const [copied, from] = [matching(tagKeys.copyOf, snapshotPattern), matching(tagKeys.copyFrom, regionPattern)];
  return {
    console,
    tenant,
    source,
    repository: matching(tagKeys.repository, /^[0-9a-f]{64}$/),
    run,
    takenAtMs,
    profile: text(tagKeys.profile),
    periods: text(tagKeys.periods)?.split(' ') ?? [],
    consistency: consistencies.find((one) => one === text(tagKeys.consistency)) ?? null,
    instance: matching(tagKeys.instance, instancePattern),
    volume: matching(tagKeys.volume, volumePattern),
    device: text(tagKeys.device),
    copyTo: text(tagKeys.copyTo)?.split(' ') ?? [],
    copyOf: copied === null || from === null ? null : { snapshot: copied, region: from },
    keepUntilMs: timeOf(text(tagKeys.keepUntil)),
  };
}

/** A region, and of an account that is not the source's own a short mark: ten of them fit into a tag. */
export function copyTarget({ region, account }: { readonly region: string; readonly account: string | null }): string {
  if (account === null) return region;
  return `${region}/${createHash('sha256').update(account).digest('hex').slice(0, 8)}`;
}

/** Whose snapshots may be removed: `consoles` are this home and those it has taken the place of. */
export type Owner = { readonly consoles: ReadonlySet<string>; readonly tenant: string; readonly source: string };

export function isOwn(lineage: Lineage | null, { consoles, tenant, source }: Owner): lineage is Lineage {
  return lineage !== null && consoles.has(lineage.console) && lineage.tenant === tenant && lineage.source === source;
}

function fitting(periods: readonly string[]): string {
  const kept = [...periods];
  while (kept.join(' ').length > tagLimits.value) kept.pop();
  return kept.join(' ');
}

function iso(ms: number): string {
  return new Date(ms).toISOString();
}

function timeOf(text: string | null): number | null {
  const ms = Date.parse(text ?? '');
  return Number.isNaN(ms) ? null : ms;
}
