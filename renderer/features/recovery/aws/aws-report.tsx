/** What a restore has made in AWS, and what is left to do inside the machine. */
import type { AwsRunReport } from '../../../../shared/contract/aws-restores.ts';
import { Notice } from '../../../components/error-notice.tsx';
import { PathText } from '../../../components/path-text.tsx';
import { visibleText } from '../../../components/visible-text.ts';
import styles from './aws.module.css';

export function AwsReport({ report: { made, guestNotes } }: { readonly report: AwsRunReport }) {
  return (
    <div className={styles['fields']}>
      <h3>Made in AWS</h3>
      {made.length === 0 ? <p className={styles['dim']}>Nothing.</p> : null}
      <ul className={styles['rows']} aria-label="Made in AWS">
        {made.map(({ step, title, id, region }) => (
          <li key={`${step} ${id}`} className={styles['step']}>
            <span>{visibleText(title)}</span>
            <span>
              <PathText path={id} mono shorten={false} /> <span className={styles['dim']}>{visibleText(region)}</span>
            </span>
          </li>
        ))}
      </ul>
      {guestNotes.length === 0 ? null : (
        <Notice tone="part" title="Left to do inside the machine">
          <ul className={styles['bullets']}>
            {guestNotes.map((note) => (
              <li key={note}>{visibleText(note)}</li>
            ))}
          </ul>
        </Notice>
      )}
    </div>
  );
}
