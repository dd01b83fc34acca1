/** How far something is: never beyond the whole, and no share before the whole is known. */
import styles from './progress.module.css';

type ProgressProps = {
  /** 0 to 100; null before the total is known. */
  readonly percent: number | null;
  /** What it is about, for those who do not see it. */
  readonly label: string;
  /** What is shown may be old: nothing moves. */
  readonly stale?: boolean;
};

export function Progress({ percent, label, stale = false }: ProgressProps) {
  const share = percent === null ? null : Math.max(0, Math.min(100, percent));
  return (
    <div
      className={styles['bar']}
      role="progressbar"
      aria-label={label}
      aria-valuemin={0}
      aria-valuemax={100}
      {...(share === null ? {} : { 'aria-valuenow': share })}
      data-unknown={share === null || undefined}
      data-stale={stale || undefined}
    >
      <i style={share === null ? undefined : { transform: `scaleX(${share / 100})` }} />
    </div>
  );
}
