/** Grey shapes where content will be, but only when it takes long enough to be noticed. */
import { useEffect, useState } from 'react';
import styles from './skeleton.module.css';

const patienceMs = 150;

/** True once `waiting` has been true for a while, so that quick answers do not flash. */
export function useDelayed(waiting: boolean, delayMs = patienceMs): boolean {
  const [late, setLate] = useState(false);
  useEffect(() => {
    if (!waiting) return undefined;
    const timer = setTimeout(() => setLate(true), delayMs);
    return () => {
      clearTimeout(timer);
      setLate(false);
    };
  }, [waiting, delayMs]);
  return waiting && late;
}

type SkeletonProps = { readonly lines?: number; readonly label?: string };

export function Skeleton({ lines = 4, label = 'Loading' }: SkeletonProps) {
  const visible = useDelayed(true);
  return (
    <div className={styles['skeleton']} role="status" aria-label={label} data-visible={visible || undefined}>
      {Array.from({ length: lines }, (_, line) => (
        <i key={line} style={{ width: `${92 - ((line * 37) % 45)}%` }} />
      ))}
    </div>
  );
}
