/** Numbers of a restore, large, each with what it counts; and the moments that it brings back. */
import type { ReactNode } from 'react';
import { Fact } from '../../components/page.tsx';
import { DayTime, RelativeTime } from '../../components/relative-time.tsx';
import styles from './recovery.module.css';

export function Figures({ children }: { readonly children: ReactNode }) {
  return <div className={styles['numbers']}>{children}</div>;
}

export function Figure({ label, children }: { readonly label: ReactNode; readonly children: ReactNode }) {
  return (
    <div className={styles['number']}>
      <b>{children}</b>
      <span>{label}</span>
    </div>
  );
}

type MomentFactsProps = {
  readonly name: string;
  /** When each snapshot was taken, in any order, some perhaps several times. */
  readonly takenAt: readonly string[];
};

/** Facts: from when it is, and what is therefore not in it. */
export function MomentFacts({ name, takenAt }: MomentFactsProps) {
  const moments = [...new Set(takenAt)].sort();
  const [oldest] = moments;
  return (
    <>
      <Fact name={name}>
        {moments.map((moment) => (
          <div key={moment}>
            <DayTime at={moment} />
          </div>
        ))}
      </Fact>
      {oldest === undefined ? null : (
        <Fact name="Leaves out">
          what changed since <RelativeTime at={oldest} />
        </Fact>
      )}
    </>
  );
}
