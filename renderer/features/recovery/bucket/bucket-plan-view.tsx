/** What a run into a bucket would do: what was looked at, what is written, how long an archive takes and what is paid for. */
import type { BucketRunPreview } from '../../../../shared/contract/bucket-runs.ts';
import { countOf, formatBytes, formatCount } from '../../../../shared/model/units.ts';
import { Notice } from '../../../components/error-notice.tsx';
import { visibleText } from '../../../components/visible-text.ts';
import { ChecksList } from '../../../components/checks-list.tsx';
import styles from '../aws/aws.module.css';

const shownConflicts = 100;

export function BucketPlanView({ preview }: { readonly preview: BucketRunPreview }) {
  const { plan, steps, checks, objects, conflicts, thawSentences, notGivenBack } = preview;
  return (
    <>
      <p className={styles['dim']}>
        s3://{visibleText(plan.bucket)}/{visibleText(plan.prefix)} in {visibleText(plan.region)}
        {plan.account === null ? '' : `, account ${plan.account}`}. Nothing was written.
      </p>
      <ChecksList checks={checks} />
      {objects === null ? null : (
        <p>
          {countOf(objects.written, 'object')}, {formatBytes(objects.bytes)}, to be written;{' '}
          {formatCount(objects.unchanged)} there already; {formatCount(objects.kept)} in the way to stay;{' '}
          {formatCount(objects.replaced)} to be replaced, {formatCount(objects.newer)} of them newer than the snapshot.
        </p>
      )}
      {conflicts.length === 0 ? null : <Conflicts conflicts={conflicts} />}
      {plan.thaw === null ? null : (
        <Notice tone="part" title="What is archived">
          {thawSentences.length === 0 ? (
            'Nothing there has to be asked for now. What is written into an archive class is asked for as well.'
          ) : (
            <ul className={styles['bullets']} aria-label="What is archived">
              {thawSentences.map((sentence) => (
                <li key={sentence}>{sentence}</li>
              ))}
            </ul>
          )}
        </Notice>
      )}
      {notGivenBack.length === 0 ? null : (
        <Notice tone="part" title="What does not come back">
          <ul className={styles['bullets']}>
            {notGivenBack.map((sentence) => (
              <li key={sentence}>{visibleText(sentence)}</li>
            ))}
          </ul>
        </Notice>
      )}
      <h3>Steps, and the way back</h3>
      <ol className={styles['rows']} aria-label="Steps">
        {steps.map(({ id, title, detail, noUndo }) => (
          <li key={id} className={styles['step']}>
            <div>
              <div>{visibleText(title)}</div>
              {detail === null ? null : <div className={styles['dim']}>{visibleText(detail)}</div>}
            </div>
            <div className={styles['dim']}>{visibleText(noUndo)}</div>
          </li>
        ))}
      </ol>
    </>
  );
}

function Conflicts({ conflicts }: Pick<BucketRunPreview, 'conflicts'>) {
  return (
    <details>
      <summary>Objects in the way: {formatCount(conflicts.length)}</summary>
      <ul className={styles['rows']} aria-label="Objects in the way">
        {conflicts.slice(0, shownConflicts).map(({ key, action, newer }) => (
          <li key={key} className={styles['step']}>
            <div>{visibleText(key)}</div>
            <div className={styles['dim']}>{newer ? `${action}, newer than the snapshot` : action}</div>
          </li>
        ))}
      </ul>
    </details>
  );
}
