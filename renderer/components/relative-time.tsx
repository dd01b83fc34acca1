/** How long ago, ticking; the exact moment on hover. */
import { useCallback } from 'react';
import { absoluteTime, dayTime, formatAge, relativeTime, shortTime } from './format-time.ts';
import { useTicking } from './ticker.ts';

type TimeProps = {
  /** ISO-8601 or epoch milliseconds. */
  readonly at: string | number;
  readonly className?: string | undefined;
};

export function RelativeTime({ at, className }: TimeProps) {
  const ms = msOf(at);
  const text = useTicking(useCallback((now: number) => relativeTime(ms, now), [ms]));
  return <Moment ms={ms} text={text} className={className} />;
}

/** An age without `ago`, as in a column called so. */
export function Age({ at, className }: TimeProps) {
  const ms = msOf(at);
  const text = useTicking(useCallback((now: number) => formatAge(Math.max(0, now - ms)), [ms]));
  return <Moment ms={ms} text={text} className={className} />;
}

/** `18:00`, `Thu 18:00`, `19 Nov 18:00`: when something was, where many of them stand below each other. */
export function ShortTime({ at, className }: TimeProps) {
  const ms = msOf(at);
  const text = useTicking(useCallback((now: number) => shortTime(ms, now), [ms]));
  return <Moment ms={ms} text={text} className={className} />;
}

/** `Wed 25 Nov, 02:48`: when a snapshot was taken, wherever one is chosen, so that two days never look alike. */
export function DayTime({ at, className }: TimeProps) {
  const ms = msOf(at);
  const text = useTicking(useCallback((now: number) => dayTime(ms, now), [ms]));
  return <Moment ms={ms} text={text} className={className} />;
}

type MomentProps = { readonly ms: number; readonly text: string; readonly className?: string | undefined };

function Moment({ ms, text, className }: MomentProps) {
  if (!Number.isFinite(ms)) return <span className={className}>unknown</span>;
  return (
    <time dateTime={new Date(ms).toISOString()} title={absoluteTime(ms)} className={className}>
      {text}
    </time>
  );
}

function msOf(at: string | number): number {
  return typeof at === 'number' ? at : Date.parse(at);
}
