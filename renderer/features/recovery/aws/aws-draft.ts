/** A restore in AWS while somebody puts it together. Pure. */
import type { AwsRestoreRequest, AwsWho } from '../../../../shared/contract/aws-restores.ts';
import { instancePattern, regionPattern, snapshotPattern } from '../../../../shared/model/aws.ts';
import { isApiUrl } from '../../../../shared/model/source-kinds.ts';

type Want = AwsRestoreRequest['want'];
export type WantKind = Want['kind'];

/** Texts as they were typed; fields of other kinds are there and not used. */
export type AwsRestoreDraft = {
  readonly kind: WantKind;
  /** A Holdfast snapshot, which says what instances were; empty: none. */
  readonly point: string;
  readonly snapshot: string;
  readonly zone: string;
  readonly instance: string;
  readonly device: string;
  readonly swap: boolean;
  readonly live: boolean;
  /** `device snapshot`, one a line. */
  readonly data: string;
  readonly stopOld: boolean;
  readonly moveAddresses: boolean;
  readonly moveInterfaces: boolean;
  readonly expiresInHours: string;
  /** Empty: where it is restored. */
  readonly from: string;
  readonly region: string;
  readonly endpoint: string;
  readonly by: 'account' | 'keys';
  /** Of a registered account; empty: what the environment says. */
  readonly account: string;
  readonly accessKeyId: string;
  readonly secret: string;
  readonly sessionToken: string;
};

export const emptyAwsRestore: AwsRestoreDraft = {
  kind: 'volume',
  point: '',
  snapshot: '',
  zone: '',
  instance: '',
  device: '/dev/sdf',
  swap: true,
  live: false,
  data: '',
  stopOld: false,
  moveAddresses: false,
  moveInterfaces: false,
  expiresInHours: '72',
  from: '',
  region: '',
  endpoint: '',
  by: 'account',
  account: '',
  accessKeyId: '',
  secret: '',
  sessionToken: '',
};

export function snapshotFault(text: string): string | null {
  return isEmptyOr(text, snapshotPattern) ? null : 'A snapshot is written as snap-0123456789abcdef0.';
}

export function instanceFault(text: string): string | null {
  return isEmptyOr(text, instancePattern) ? null : 'An instance is written as i-0123456789abcdef0.';
}

export function regionFault(text: string): string | null {
  return isEmptyOr(text, regionPattern) ? null : 'A region is written as eu-central-1.';
}

export function endpointFault(text: string): string | null {
  return text.trim() === '' || isApiUrl(text.trim()) ? null : 'An endpoint begins with https://.';
}

export function pointFault(text: string): string | null {
  return isEmptyOr(text, pointPattern)
    ? null
    : 'A Holdfast snapshot is written by its id, or at least eight digits of it.';
}

/** Null while a line is none. */
export function disksOf(text: string): { device: string; snapshot: string }[] | null {
  const lines = text.split('\n').filter((line) => line.trim() !== '');
  const disks = lines.map((line) => {
    const [device = '', snapshot = '', ...more] = line.trim().split(/\s+/);
    return devicePattern.test(device) && snapshotPattern.test(snapshot) && more.length === 0
      ? { device, snapshot }
      : null;
  });
  return disks.some((disk) => disk === null) ? null : disks.filter((disk) => disk !== null);
}

/** Null while something is missing or wrong. */
export function wantOf(draft: AwsRestoreDraft): Want | null {
  const { kind } = draft;
  if (kind === 'launch' || kind === 'clone') return launchOf(draft, kind);
  const snapshot = draft.snapshot.trim();
  if (!snapshotPattern.test(snapshot)) return null;
  if (kind === 'volume') {
    const zone = draft.zone.trim();
    return /^[a-z0-9-]{3,40}$/.test(zone) ? { kind, snapshot, zone } : null;
  }
  const instance = draft.instance.trim();
  if (!instancePattern.test(instance)) return null;
  if (kind === 'root') return { kind, instance, snapshot };
  const device = draft.device.trim();
  return devicePattern.test(device) ? { kind, instance, device, snapshot, swap: draft.swap, live: draft.live } : null;
}

function launchOf(draft: AwsRestoreDraft, kind: 'launch' | 'clone'): Want | null {
  const [named, root, data] = [draft.instance.trim(), draft.snapshot.trim(), disksOf(draft.data)];
  const isOfPoint = draft.point.trim() !== '';
  if (isOfPoint ? !isEmptyOr(named, instancePattern) : !instancePattern.test(named)) return null;
  if (data === null || !isEmptyOr(root, snapshotPattern) || pointFault(draft.point) !== null) return null;
  // What the snapshot says of it counts, also where nothing is left of it in AWS.
  const disks = { like: isOfPoint ? null : named, root: root === '' ? null : root, data };
  if (kind === 'clone') {
    const hours = Number(draft.expiresInHours);
    return Number.isInteger(hours) && hours >= 1 && hours <= 8_760 ? { kind, ...disks, expiresInHours: hours } : null;
  }
  const { stopOld, moveAddresses, moveInterfaces } = draft;
  return { kind, ...disks, stopOld, moveAddresses, moveInterfaces };
}

/** Null while something is missing. */
export function whoOf(draft: AwsRestoreDraft): AwsWho | null {
  if (draft.by === 'account')
    return { account: draft.account === '' ? null : draft.account, keys: null, mfaCode: null };
  const [accessKeyId, secretAccessKey, token] = [
    draft.accessKeyId.trim(),
    draft.secret.trim(),
    draft.sessionToken.trim(),
  ];
  if (accessKeyId === '' || secretAccessKey === '') return null;
  return {
    account: null,
    keys: { accessKeyId, secretAccessKey, sessionToken: token === '' ? null : token },
    mfaCode: null,
  };
}

/** `repository`: the id of the one that a Holdfast snapshot lies in. Null while something is missing or wrong. */
export function awsRequestOf(draft: AwsRestoreDraft, repository: string): AwsRestoreRequest | null {
  const [want, who] = [wantOf(draft), whoOf(draft)];
  const faults = [regionFault(draft.region), regionFault(draft.from), endpointFault(draft.endpoint)];
  if (want === null || who === null || faults.some((fault) => fault !== null)) return null;
  // An account has an endpoint of its own, and its credential goes nowhere else.
  const endpoint = draft.by === 'account' && draft.account !== '' ? null : orNull(draft.endpoint);
  const isWhole = draft.kind === 'launch' || draft.kind === 'clone';
  const [snapshot, instance] = [draft.point.trim(), draft.instance.trim()];
  const point =
    isWhole && snapshot !== ''
      ? { repository: { id: repository }, snapshot, ...(instance === '' ? {} : { instance }) }
      : null;
  return { who, want, region: orNull(draft.region), from: orNull(draft.from), endpoint, point };
}

const pointPattern = /^[0-9a-f]{8,64}$/;
const devicePattern = /^[\w/.-]{1,64}$/;

function isEmptyOr(text: string, pattern: RegExp): boolean {
  return text.trim() === '' || pattern.test(text.trim());
}

function orNull(text: string): string | null {
  return text.trim() === '' ? null : text.trim();
}
