/** What a restore in AWS takes, step by step: a pure function of what is wanted and how things stand. */
import type { AwsCost, AwsWant } from '../../../../shared/contract/aws-restores.ts';
import type { DescribedVolume } from '../../aws/instance-description.ts';
import { costsOf } from './costs.ts';
import { restoreTags } from './hands.ts';
import { madeBy, type Deed, type VolumeSpec } from './deeds.ts';
import { snapshotsIn, type Facts, type SnapshotFacts } from './facts.ts';
import { launchDeeds } from './plan-launch.ts';

export type Plan = { readonly deeds: readonly Deed[]; readonly costs: readonly AwsCost[] };

/** `run`: the id of the run that names what it makes. */
export function planOf(want: AwsWant, facts: Facts, run: string, nowMs: number): Plan {
  const copies = copyDeeds(want, facts);
  const snapshotOf = (id: string): string => copies.find((one) => one.snapshot === id)?.ref ?? id;
  const deeds = [...copies.map(({ deed }) => deed), ...deedsOf(want, facts, snapshotOf, run, nowMs)];
  return { deeds, costs: costsOf(deeds) };
}

function copyDeeds(want: AwsWant, { region, from, snapshots, map }: Facts) {
  if (from === region) return [];
  return snapshotsIn(want).map((snapshot, at) => {
    const { sizeGiB = 1, encrypted = false, kmsKey = null } = snapshots.get(snapshot) ?? {};
    const id = `copy-${at + 1}`;
    const key = kmsKey === null ? null : (map?.kmsKeys[kmsKey] ?? null);
    const deed: Deed = { do: 'copy-snapshot', id, region, snapshot, from, sizeGiB, encrypted, kmsKey: key };
    return { snapshot, ref: madeBy(id), deed };
  });
}

function deedsOf(
  want: AwsWant,
  facts: Facts,
  snapshotOf: (id: string) => string,
  run: string,
  nowMs: number,
): readonly Deed[] {
  switch (want.kind) {
    case 'volume':
      return [volumeDeed(want, facts, snapshotOf, want.zone, null)];
    case 'disk':
      return diskDeeds(want, facts, snapshotOf, run);
    case 'root':
      return rootDeeds(want, facts, run);
    case 'launch':
    case 'clone':
      return launchDeeds(want, facts, snapshotOf, run, nowMs);
  }
}

function volumeDeed(
  want: Extract<AwsWant, { readonly kind: 'volume' | 'disk' }>,
  { region, snapshots }: Facts,
  snapshotOf: (id: string) => string,
  zone: string,
  usedBy: string | null,
): Deed {
  const { snapshot } = want;
  const name = `Restore of ${snapshot}`;
  const spec = specOf(want, snapshots.get(snapshot));
  return { do: 'make-volume', id: 'volume', region, snapshot: snapshotOf(snapshot), zone, name, usedBy, ...spec };
}

function specOf(
  want: Extract<AwsWant, { readonly kind: 'volume' | 'disk' }>,
  snapshot: SnapshotFacts | undefined,
): VolumeSpec {
  const { type, iops, throughput, kmsKey } = want;
  return {
    sizeGiB: want.sizeGiB ?? snapshot?.sizeGiB ?? 1,
    type,
    iops,
    throughput,
    // What is encrypted stays so, without a word.
    encrypted: want.encrypt || kmsKey !== null,
    kmsKey,
  };
}

function diskDeeds(
  want: Extract<AwsWant, { readonly kind: 'disk' }>,
  facts: Facts,
  snapshotOf: (id: string) => string,
  run: string,
): readonly Deed[] {
  const { region, instance: described } = facts;
  const { instance, device, live } = want;
  const old = volumeAt(facts, device);
  const fresh = volumeDeed(want, facts, snapshotOf, described?.placement.zone ?? '', 'attach');
  const put: Deed = { do: 'attach', id: 'attach', region, volume: madeBy('volume'), instance, device };
  if (old === null) return [fresh, put];
  const stops = described?.state === 'running' && !live;
  return [
    fresh,
    keepDeed(region, old.id, instance, device, run),
    ...(stops ? [{ do: 'stop' as const, id: 'stop', region, instance }] : []),
    { do: 'detach', id: 'detach', region, volume: old.id, instance, device },
    put,
    ...(stops ? [{ do: 'start' as const, id: 'start', region, instance }] : []),
  ];
}

export function volumeAt({ instance }: Facts, device: string): DescribedVolume | null {
  return instance?.volumes.find((one) => one.device === device) ?? null;
}

/** On a volume that is put aside: why it lies there, and where it belongs. */
function keepDeed(region: string, volume: string, instance: string, device: string, run: string): Deed {
  const tags = [{ Key: restoreTags.replaced, Value: `restore ${run}: was ${device} of ${instance}` }];
  return { do: 'tag', id: 'keep', region, resource: volume, tags };
}

function rootDeeds(
  { instance, snapshot }: Extract<AwsWant, { readonly kind: 'root' }>,
  facts: Facts,
  run: string,
): readonly Deed[] {
  const { region, instance: described } = facts;
  const device = described?.rootDevice ?? '';
  const root = volumeAt(facts, device)?.id ?? '';
  return [
    keepDeed(region, root, instance, device, run),
    { do: 'replace-root', id: 'root', region, instance, snapshot, root, device },
  ];
}
