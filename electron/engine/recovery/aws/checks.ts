/** What could go wrong with a restore in AWS and what will not come back by itself, from what was read before it begins. */
import type { AwsWant } from '../../../../shared/contract/aws-restores.ts';
import type { PreflightCheck } from '../../../../shared/contract/preflight-check.ts';
import type { InstanceDescription } from '../../aws/instance-description.ts';
import { check } from './check.ts';
import { snapshotsIn, type Facts, type SnapshotFacts } from './facts.ts';
import { keyChecks } from './key-checks.ts';
import { launchChecks } from './launch-checks.ts';
import { volumeAt } from './plan.ts';

/** Blockers keep the run from beginning. */
export function checksOf(want: AwsWant, facts: Facts): PreflightCheck[] {
  return [
    ...snapshotsIn(want).flatMap((id) => snapshotChecks(facts, facts.snapshots.get(id))),
    ...keyChecks(facts.keys),
    ...kindChecks(want, facts),
    ...(facts.instance === null ? [] : unreadChecks(facts.instance)),
  ];
}

function snapshotChecks({ account, from }: Facts, snapshot: SnapshotFacts | undefined): PreflightCheck[] {
  if (snapshot === undefined) return [];
  const { id, state, percent, message, owner, archived, kmsKey } = snapshot;
  const blocked = (title: string, detail: string) => [check('blocker', `snapshot-${id}`, title, detail)];
  if (state === 'missing') {
    return blocked(
      `${id} is not there`,
      `Nothing of that name can be seen in ${from}: removed, or not shared with ${account}.`,
    );
  }
  if (state === 'recycled') {
    return blocked(`${id} is in the Recycle Bin`, 'It was removed and can be got back there; then it can be restored.');
  }
  if (state === 'error') return blocked(`${id} has failed`, message ?? 'AWS does not say why.');
  if (archived) {
    return blocked(`${id} is archived`, 'It has to be brought back from the archive first, which takes hours to days.');
  }
  if (state !== 'completed') {
    const done = percent === null ? '' : ` ${percent} % are done.`;
    return blocked(`${id} is ${state}`, `It cannot be used before it is completed.${done}`);
  }
  const checks = [
    check('ok', `snapshot-${id}`, `${id} is completed`, `Taken ${snapshot.takenAt ?? 'at an unknown time'}.`),
  ];
  if (owner !== account) {
    const text = `It belongs to ${owner}, which has to go on sharing it${kmsKey === null ? '' : ', and its key'}, until all is read.`;
    checks.push(check('warning', `owner-${id}`, `${id} is of another account`, text));
  }
  return checks;
}

function kindChecks(want: AwsWant, facts: Facts): PreflightCheck[] {
  switch (want.kind) {
    case 'volume':
      return [...sizeChecks(want.sizeGiB, facts), lazyLoading];
    case 'disk':
      return [...diskChecks(want, facts), ...sizeChecks(want.sizeGiB, facts), lazyLoading];
    case 'root':
      return [...rootChecks(want, facts), lazyLoading];
    case 'launch':
    case 'clone':
      return [...launchChecks(want, facts), lazyLoading];
  }
}

const lazyLoading = check(
  'warning',
  'lazy-loading',
  'Volumes load as they are read',
  'A volume made of a snapshot is there at once, but each block is slow at its first reading until AWS has fetched it.',
);

function sizeChecks(sizeGiB: number | null, { snapshots }: Facts): PreflightCheck[] {
  const [snapshot] = snapshots.values();
  if (sizeGiB === null || snapshot === undefined || sizeGiB >= snapshot.sizeGiB) return [];
  const text = `${sizeGiB} GiB are asked for; the snapshot needs ${snapshot.sizeGiB} GiB.`;
  return [check('blocker', 'size', 'The volume is smaller than its snapshot', text)];
}

function diskChecks(want: Extract<AwsWant, { kind: 'disk' }>, facts: Facts): PreflightCheck[] {
  const { instance } = facts;
  const old = volumeAt(facts, want.device);
  const checks: PreflightCheck[] = [];
  const state = instance?.state ?? '';
  if (state !== 'running' && state !== 'stopped') {
    checks.push(check('blocker', 'state', `The instance is ${state}`, 'It has to be running or stopped.'));
  }
  if (old?.isRoot === true || want.device === instance?.rootDevice) {
    const text = 'The volume an instance boots from is replaced by a task of its own (`root`).';
    checks.push(check('blocker', 'device', `${want.device} is the root of the instance`, text));
  } else if (old !== null && !want.swap) {
    const text = `${old.id} is there. Ask for a swap, or name another device.`;
    checks.push(check('blocker', 'device', `${want.device} is in use`, text));
  } else if (old !== null) {
    const how = stopWords(want.live, state);
    checks.push(check('warning', 'swap', `${old.id} is detached and kept`, how));
  } else checks.push(check('ok', 'device', `${want.device} is free`, want.instance));
  if (instance !== null && old !== null && state === 'running' && !want.live) checks.push(...stopChecks(instance));
  return checks;
}

function stopWords(live: boolean, state: string): string {
  if (state === 'stopped') return 'The instance is stopped already, and stays so.';
  if (live) return 'The instance goes on running: what is not unmounted in it loses what it has not written.';
  return 'The instance is stopped first, and started again.';
}

function stopChecks({ interfaces, hibernation }: InstanceDescription): PreflightCheck[] {
  const loses = interfaces.flatMap(({ addresses }) =>
    addresses.flatMap(({ publicIp, allocation }) => (publicIp !== null && allocation === null ? [publicIp] : [])),
  );
  const checks: PreflightCheck[] = [];
  if (loses.length > 0) {
    const text = `${loses.join(', ')} is no Elastic IP: after a stop the instance has another.`;
    checks.push(check('warning', 'public-address', 'The public address changes', text));
  }
  if (hibernation === true) {
    checks.push(check('warning', 'hibernation', 'The instance can hibernate', 'It is stopped, and not sent to sleep.'));
  }
  return checks;
}

function rootChecks(want: Extract<AwsWant, { kind: 'root' }>, facts: Facts): PreflightCheck[] {
  const { instance, snapshots, from, region } = facts;
  const root = instance === null ? null : volumeAt(facts, instance.rootDevice);
  const snapshot = snapshots.get(want.snapshot);
  const checks: PreflightCheck[] = [];
  if (from !== region) {
    const text =
      'A root is replaced from a snapshot of its own line only, and a copy is not of it. Launch an instance there.';
    checks.push(check('blocker', 'region', 'The snapshot is of another region', text));
  }
  if (instance?.state !== 'running') {
    const text = `${want.instance} is ${instance?.state ?? 'gone'}: AWS replaces the root of running instances alone.`;
    checks.push(check('blocker', 'state', 'The instance is not running', text));
  }
  if (
    snapshot !== undefined &&
    root !== null &&
    snapshot.volume !== root.id &&
    want.snapshot !== root.facts?.snapshot
  ) {
    const text = `${want.snapshot} is of ${snapshot.volume ?? 'an unknown volume'}, the root is ${root.id}. AWS takes only what is of one line.`;
    checks.push(check('blocker', 'lineage', 'The snapshot is not of this root', text));
  }
  if (root !== null) {
    const text = 'It is tagged and stays; addresses, groups and profile stay with the instance, which is started anew.';
    checks.push(check('ok', 'keeps', `The old root ${root.id} is kept`, text));
  }
  return checks;
}

function unreadChecks({ unread }: InstanceDescription): PreflightCheck[] {
  return unread.map(({ what, reason }) =>
    check('warning', 'unread', `The ${what} of the instance could not be read`, reason),
  );
}
