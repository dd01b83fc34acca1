/** How long a pause holds, who began it, and why. */
import type { SourceState } from '../../shared/contract/live.ts';
import { DayTime } from './relative-time.tsx';
import { visibleText } from './visible-text.ts';

export function PauseWords({ pause: { until, by, reason } }: { readonly pause: NonNullable<SourceState['pause']> }) {
  return (
    <>
      {until === null ? (
        'Until somebody ends it'
      ) : (
        <>
          Until <DayTime at={until} />
        </>
      )}
      , by {visibleText(by)}
      {reason === '' ? '.' : `: ${visibleText(reason)}`}
    </>
  );
}
