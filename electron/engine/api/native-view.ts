/** What a look at native snapshots has found, into the catalog: for screens, commands and freshness. */
import type { NativeView } from '../../../shared/contract/native.ts';
import { isOwn, type Owner } from '../aws/lineage.ts';
import type { NativeSnapshot } from '../aws/snapshots.ts';
import type { CallContext } from './context.ts';
import type { RegisteredEc2 } from './ec2-source-of.ts';
import type { NativePlace, Places } from './native-places.ts';

/** What was found at a look, and what went wrong at it. */
export type Look = {
  readonly source: RegisteredEc2;
  readonly owner: Owner;
  readonly places: Places;
  readonly problems: readonly string[];
};

export async function noteLook(context: CallContext, { source, owner, places, problems }: Look): Promise<void> {
  const all = [places.home, ...places.copies].flatMap((place) => place.natives.map((one) => viewOf(one, place, owner)));
  await context.catalog.write('nativeSnapshots.replace', context.caller, {
    source: source.name,
    atMs: context.nowMs(),
    coveredAtMs: coveredAtMs(places),
    problems: [...new Set([...places.problems, ...failedOnes(places.home, owner), ...problems])].slice(0, keptProblems),
    snapshots: all,
  });
  context.live.changed(context.caller.tenant);
}

const keptProblems = 200;

function failedOnes({ natives }: NativePlace, owner: Owner): readonly string[] {
  return natives
    .filter(({ state, lineage }) => state === 'error' && isOwn(lineage, owner))
    .map(({ id, volume, stateMessage }) => `${id} of ${volume} has failed: ${stateMessage ?? 'AWS does not say why'}.`);
}

/** The oldest of the newest completed ones of each volume, whoever made them. */
function coveredAtMs({ home, volumes }: Places): number | null {
  if (volumes === null || volumes.size === 0) return null;
  const newest = new Map<string, number>();
  for (const { volume, state, lineage, startedAtMs, archived } of home.natives) {
    if (volume === null || state !== 'completed' || archived || (lineage?.copyOf ?? null) !== null) continue;
    newest.set(volume, Math.max(newest.get(volume) ?? 0, lineage?.takenAtMs ?? startedAtMs));
  }
  const points = [...volumes].map((volume) => newest.get(volume) ?? null);
  return points.includes(null) ? null : Math.min(...points.filter((point) => point !== null));
}

const keptTags = 50;
const iso = (ms: number): string => new Date(ms).toISOString();

function viewOf(native: NativeSnapshot, { locks }: NativePlace, owner: Owner): NativeView {
  const { id, lineage, startedAtMs, tags, ...rest } = native;
  const lock = locks?.get(id) ?? null;
  return {
    snapshot: id,
    region: rest.region,
    account: rest.account,
    volume: rest.volume,
    instance: lineage?.instance ?? null,
    device: lineage?.device ?? null,
    maker: rest.maker,
    own: isOwn(lineage, owner),
    state: rest.state,
    stateMessage: rest.stateMessage,
    percent: rest.percent,
    sizeGiB: rest.sizeGiB,
    takenAt: iso(lineage?.takenAtMs ?? startedAtMs),
    run: lineage?.run ?? null,
    consistency: lineage?.consistency ?? null,
    copyOf: lineage?.copyOf ?? null,
    keepUntil: lineage === null || lineage.keepUntilMs === null ? null : iso(lineage.keepUntilMs),
    encrypted: rest.encrypted,
    archived: rest.archived,
    lock: lock === null ? null : { state: lock.state, until: lock.untilMs === null ? null : iso(lock.untilMs) },
    tags: [...tags].slice(0, keptTags).map(([key, value]) => ({ key, value })),
  };
}
