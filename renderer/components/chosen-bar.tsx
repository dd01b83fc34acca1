/** What can be done with the rows that are chosen in a list: how many they are first, then the actions. */
import type { ReactNode } from 'react';
import styles from './chosen-bar.module.css';

export function ChosenBar({ label, children }: { readonly label: string; readonly children: ReactNode }) {
  return (
    <div className={styles['bar']} role="group" aria-label={label}>
      {children}
    </div>
  );
}
