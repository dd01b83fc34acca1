/** What could go wrong with a restore in AWS and what will not come back by itself, from what was read before it begins. */
import type { AwsWant } from '../../../../shared/contract/aws-restores.ts';
import type { PreflightCheck } from '../../../../shared/contract/preflight-check.ts';
import { formatCount } from '../../../../shared/model/units.ts';
import type { InstanceDescription } from '../../aws/instance-description.ts';
import { snapshotsIn, wishes, type Facts, type SnapshotFacts } from './facts.ts';
import { volumeAt } from './plan.ts';

export type Check = (level: PreflightCheck['level'], id: string, title: string, detail: string) => PreflightCheck;

export const check: Check = (level, id, title, detail) => ({ level, id, title, detail });

/** Blockers keep the run from beginning. */
export function checksOf(want: AwsWant, facts: Facts): PreflightCheck[] {
  return [
    ...snapshotsIn(want).flatMap((id) => snapshotChecks(facts, facts.snapshots.get(id))),
    ...kindChecks(want, facts),
    ...(facts.instance === null ? [] : unreadChecks(facts.instance)),
  ];
}

function snapshotChecks({ account, from, region }: Facts, snapshot: SnapshotFacts | undefined): PreflightCheck[] {
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
  if (kmsKey !== null && from === region) {
    const text = `Whether ${kmsKey} can be used shows when a volume is made of it: AWS says so late, and the step then fails.`;
    checks.push(check('warning', `key-${id}`, `${id} is encrypted with a key of its own`, text));
  }
  return checks;
}

function kindChecks(want: AwsWant, facts: Facts): PreflightCheck[] {
  switch (want.kind) {
    case 'volume':
      return [...sizeChecks(want.sizeGiB, want.kmsKey, facts), lazyLoading];
    case 'disk':
      return [...diskChecks(want, facts), ...sizeChecks(want.sizeGiB, want.kmsKey, facts), lazyLoading];
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

function sizeChecks(sizeGiB: number | null, kmsKey: string | null, { snapshots, region }: Facts): PreflightCheck[] {
  const [snapshot] = snapshots.values();
  const checks: PreflightCheck[] = [];
  if (sizeGiB !== null && snapshot !== undefined && sizeGiB < snapshot.sizeGiB) {
    const text = `${sizeGiB} GiB are asked for; the snapshot needs ${snapshot.sizeGiB} GiB.`;
    checks.push(check('blocker', 'size', 'The volume is smaller than its snapshot', text));
  }
  if (kmsKey !== null) checks.push(keyCheck(kmsKey, region));
  return checks;
}

function keyCheck(key: string, region: string): PreflightCheck {
  const place = /^arn:aws[\w-]*:kms:([^:]+):/.exec(key)?.[1];
  if (place !== undefined && place !== region) {
    return check('blocker', 'key', 'The key is of another region', `${key} is of ${place}; ${region} is needed.`);
  }
  const text = `${key}: AWS takes a bad key without a word and lets the volume fail later, which the step then says.`;
  return check('warning', 'key', 'The state of the key is not known', text);
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

type LaunchWant = Extract<AwsWant, { kind: 'launch' | 'clone' }>;

function launchChecks(want: LaunchWant, facts: Facts): PreflightCheck[] {
  const { instance: like, map, from, region } = facts;
  const wanted = wishes(want, like, map);
  return [
    ...(from !== region && map === null
      ? [
          check(
            'warning',
            'map',
            `There is no map from ${from} to ${region}`,
            'Subnet, groups, key pair and profile have to be named.',
          ),
        ]
      : []),
    ...placeChecks(want, facts),
    ...diskCoverage(want, like),
    ...imageChecks(want, like),
    ...(like === null ? [] : outsideChecks(want, like, from !== region)),
    check(
      'warning',
      'quota',
      'Quotas were not read',
      `How many of ${wanted.type} may run here is known to AWS alone; the launch says so if it is one too many.`,
    ),
  ];
}

function placeChecks(want: LaunchWant, facts: Facts): PreflightCheck[] {
  const { instance: like, map, place, region } = facts;
  const { type, subnet, groups, keyPair, privateIp, unmapped } = wishes(want, like, map);
  const checks: PreflightCheck[] = [];
  const blocked = (id: string, title: string, detail: string) => checks.push(check('blocker', id, title, detail));
  for (const what of unmapped)
    blocked('map', `The map does not know the ${what}`, `Say what stands for it in ${region}.`);
  if (type === '') blocked('type', 'No type is said', 'Name one, or an instance to launch one like it.');
  if (place.subnet === null) blocked('subnet', 'The subnet is not there', `${subnet || 'None is said'}, in ${region}.`);
  else if (place.subnet.free < 1) blocked('subnet', 'The subnet is full', `${subnet} has no free address.`);
  else
    checks.push(
      check(
        'ok',
        'subnet',
        'The subnet has room',
        `${formatCount(place.subnet.free)} addresses are free in ${subnet}.`,
      ),
    );
  if (place.hasType === false)
    blocked('type', `${type} is not to be had there`, `${place.subnet?.zone ?? ''} does not offer it.`);
  for (const id of groups) {
    const found = place.groups.find((one) => one.id === id);
    if (found === undefined) blocked('group', 'A group is not there', `${id}, in ${region}.`);
    else if (place.subnet !== null && found.vpc !== place.subnet.vpc)
      blocked('group', 'A group is of another network', `${id} is of ${found.vpc}, the subnet of ${place.subnet.vpc}.`);
  }
  if (keyPair !== null && keyPair !== '' && !place.keyPairs.has(keyPair))
    blocked('key-pair', 'The key pair is not there', `${keyPair}, in ${region}.`);
  if (privateIp !== null && place.addressHeldBy !== null)
    blocked(
      'private-address',
      'The private address is in use',
      `${privateIp} is held by ${place.addressHeldBy}, also while that is stopped.`,
    );
  return checks;
}

function diskCoverage(want: LaunchWant, like: InstanceDescription | null): PreflightCheck[] {
  const checks: PreflightCheck[] = [];
  if (want.root === null) {
    const text =
      'No snapshot of the disk it boots from is given: the instance boots from its image, as that was at its first day.';
    checks.push(check('warning', 'root', 'The root does not come back', text));
  }
  const given = new Set(want.data.map(({ device }) => device));
  const lost = (like?.volumes ?? []).filter(({ isRoot, device }) => !isRoot && !given.has(device));
  if (lost.length > 0) {
    const text = lost.map(({ device, id }) => `${device} (${id})`).join(', ');
    checks.push(check('warning', 'volumes', 'Volumes without a snapshot do not come back', text));
  }
  return checks;
}

function imageChecks(want: LaunchWant, like: InstanceDescription | null): PreflightCheck[] {
  if (want.root === null) {
    const isKnown = want.changes.image !== undefined || (like?.image.name ?? null) !== null;
    if (isKnown) return [];
    return [
      check('blocker', 'image', 'The image is not there', `${like?.image.id ?? 'None is said'}: name another one.`),
    ];
  }
  const platform = like?.image.platform ?? null;
  if (platform !== null && /windows/i.test(platform)) {
    const text =
      'An image registered from a snapshot of Windows does not start: replace the root of an instance instead.';
    return [check('blocker', 'platform', 'Windows cannot be launched so', text)];
  }
  if (platform !== null && platform !== 'Linux/UNIX') {
    const text = `It was licensed as ${platform} through AWS; an image registered from a snapshot knows nothing of that.`;
    return [check('warning', 'platform', 'The licence does not come along', text)];
  }
  if (like?.image.architecture === undefined) {
    const text = 'No instance says what it was: x86_64, booting as its type does by itself.';
    return [check('warning', 'platform', 'The kind of machine is a guess', text)];
  }
  return [];
}

/** What stands around an instance and is not part of it. */
function outsideChecks(want: LaunchWant, like: InstanceDescription, isElsewhere: boolean): PreflightCheck[] {
  const scaling = like.tags.find(({ key }) => key === 'aws:autoscaling:groupName')?.value;
  const elastic = like.interfaces.flatMap(({ addresses }) => addresses.filter(({ allocation }) => allocation !== null));
  const moves = want.kind === 'launch' && want.moveAddresses && !isElsewhere;
  const checks = [
    check(
      'warning',
      'outside',
      'What does not come back by itself',
      'Target groups of load balancers, records in DNS, alarms and whatever else names the instance by its id go on naming the old one.',
    ),
  ];
  if (scaling !== undefined) {
    const text = `It belongs to ${scaling}, which neither knows the new one nor leaves a stopped one alone.`;
    checks.push(check('warning', 'scaling-group', 'A scaling group stands behind it', text));
  }
  if (elastic.length > 0 && !moves) {
    const text = elastic.map(({ publicIp }) => publicIp ?? '').join(', ');
    checks.push(check('warning', 'addresses', 'Elastic IPs stay where they are', text));
  }
  if (like.placement.host !== null || like.capacityReservation !== null) {
    checks.push(
      check('warning', 'capacity', 'Reserved capacity is not used', 'It is launched wherever there is room.'),
    );
  }
  if (like.interfaces.some(({ ipv6 }) => ipv6.length > 0)) {
    checks.push(check('warning', 'ipv6', 'IPv6 addresses do not come along', 'They are to be given anew.'));
  }
  return checks;
}

function unreadChecks({ unread }: InstanceDescription): PreflightCheck[] {
  return unread.map(({ what, reason }) =>
    check('warning', 'unread', `The ${what} of the instance could not be read`, reason),
  );
}
