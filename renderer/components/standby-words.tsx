/** A hot standby in a few words, as every screen says them. */
import type { Standby } from '../../shared/contract/standby.ts';
import { standbyWords, type StandbyState } from '../../shared/model/standby.ts';
import { formatDuration } from '../../shared/model/units.ts';
import { StatusBadge } from './status-badge.tsx';
import type { Tone } from './tone.ts';
import { visibleText } from './visible-text.ts';

const tones: Readonly<Record<StandbyState, Tone>> = {
  current: 'good',
  behind: 'part',
  working: 'run',
  stopped: 'part',
  failed: 'fail',
  unconfirmed: 'part',
  disabled: 'none',
  empty: 'none',
};

export function StandbyBadge({ standby: { state, reason, drift } }: { readonly standby: Standby }) {
  const isOther = drift !== null && state === 'current';
  return (
    <StatusBadge tone={isOther ? 'part' : tones[state]} {...(reason === null ? {} : { title: visibleText(reason) })}>
      {isOther ? 'changed by somebody' : standbyWords[state]}
    </StatusBadge>
  );
}

export function standbyPlace({ target }: Pick<Standby, 'target'>): string {
  return target.kind === 'bucket' ? `s3://${target.bucket}/${target.prefix}` : target.path;
}

export function standbyLag({ lagMs, shown }: Pick<Standby, 'lagMs' | 'shown'>): string {
  if (shown === null) return 'shows nothing yet';
  if (lagMs === null) return '';
  return lagMs === 0 ? 'not behind' : `${formatDuration(lagMs)} behind`;
}
