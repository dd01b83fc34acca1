/** What could go wrong with the launch of an instance, and what stands around the old one that will not follow. */
import type { AwsWant } from '../../../../shared/contract/aws-restores.ts';
import type { PreflightCheck } from '../../../../shared/contract/preflight-check.ts';
import { formatCount } from '../../../../shared/model/units.ts';
import type { InstanceDescription } from '../../aws/instance-description.ts';
import { check } from './check.ts';
import { wishes, type Facts } from './facts.ts';
import { quotaCheck } from './quota.ts';

type LaunchWant = Extract<AwsWant, { kind: 'launch' | 'clone' }>;

export function launchChecks(want: LaunchWant, facts: Facts): PreflightCheck[] {
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
    quotaCheck(wanted.type, facts.place.quota),
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
