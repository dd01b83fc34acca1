/** Native snapshots in AWS, as they are told on screen. Pure. */
import type { NativeView } from '../../../../shared/contract/native.ts';
import type { SnapshotMaker } from '../../../../shared/model/snapshot-makers.ts';
import { formatCount } from '../../../../shared/model/units.ts';
import type { Said } from '../../../components/tone.ts';

export function sayNativeState({ state, percent }: Pick<NativeView, 'state' | 'percent'>): Said {
  switch (state) {
    case 'completed':
      return { tone: 'good', words: 'completed' };
    case 'pending':
      return { tone: 'run', words: percent === null ? 'pending' : `pending, ${Math.floor(percent)} %` };
    case 'error':
      return { tone: 'fail', words: 'failed' };
    case 'recoverable':
      return { tone: 'part', words: 'in the Recycle Bin' };
    case 'recovering':
      return { tone: 'run', words: 'coming back' };
  }
}

const makers: Readonly<Record<SnapshotMaker, string>> = {
  holdfast: 'Holdfast',
  'aws-backup': 'AWS Backup',
  dlm: 'Data Lifecycle Manager',
  image: 'an image',
  other: 'somebody',
};

/** `own`: of this console; another Holdfast is not it. */
export function sayMaker({ maker, own }: Pick<NativeView, 'maker' | 'own'>): string {
  return maker === 'holdfast' ? (own ? 'this console' : 'another Holdfast') : makers[maker];
}

export function sayLock(lock: NativeView['lock']): string | null {
  if (lock === null || lock.state === 'expired') return null;
  if (lock.state === 'compliance-cooloff') return 'compliance, cooling off';
  return lock.state;
}

/** Where its volume was then: a device of an instance; empty where it was at none. */
export function sayNativeOf({ instance, device }: Pick<NativeView, 'instance' | 'device'>): string {
  return [device, instance].filter((part) => part !== null).join(' of ');
}

/** What AWS may count at most: it stores only blocks that have changed, of which nobody here knows how many. */
export function sayMostPaid(snapshots: readonly NativeView[]): string {
  const gib = snapshots.filter(({ state }) => state !== 'error').reduce((sum, { sizeGiB }) => sum + sizeGiB, 0);
  return `at most ${formatCount(gib)} GiB-months each month`;
}
