/** What a restore in AWS would do: what was tried, each step with its way back, the exact calls, and what it costs. */
import type { AwsRestorePreview } from '../../../../shared/contract/aws-restores.ts';
import { pricesOf, roughly } from '../../../../shared/model/aws-prices.ts';
import { formatCount } from '../../../../shared/model/units.ts';
import { Notice } from '../../../components/error-notice.tsx';
import { visibleText } from '../../../components/visible-text.ts';
import { inSentence } from '../run-steps.tsx';
import { ChecksList } from '../../../components/checks-list.tsx';
import styles from './aws.module.css';

export function PlanView({ preview }: { readonly preview: AwsRestorePreview }) {
  const { plan, steps, checks, costs, guestNotes } = preview;
  return (
    <>
      <p className={styles['dim']}>
        In account {plan.account}, {visibleText(plan.region)}. Every call was tried out by DryRun or by looking; nothing
        was made.
      </p>
      <ChecksList checks={checks} />
      <h3>Steps, and the way back</h3>
      <ol className={styles['rows']} aria-label="Steps">
        {steps.map(({ id, title, detail, undo, noUndo }) => (
          <li key={id} className={styles['step']}>
            <div>
              <div>{visibleText(title)}</div>
              {detail === null ? null : <div className={styles['dim']}>{visibleText(detail)}</div>}
            </div>
            <div className={styles['dim']}>
              {undo === null ? (noUndo === null ? '' : visibleText(noUndo)) : `undo: ${inSentence(visibleText(undo))}`}
            </div>
          </li>
        ))}
      </ol>
      {costs.length === 0 ? null : (
        <>
          <h3>What it costs, roughly</h3>
          <ul className={styles['rows']} aria-label="Costs">
            {costs.map(({ what, quantity, unit, note, roughly: price }) => (
              <li key={`${what} ${note}`} className={styles['step']}>
                <div>
                  {formatCount(quantity)} {unit === 'GiB' ? 'GiB' : unit} of {visibleText(what)}:{' '}
                  {price === null ? 'price unknown' : roughly(price)}
                </div>
                <div className={styles['dim']}>{visibleText(note)}</div>
              </li>
            ))}
          </ul>
          <p className={styles['dim']}>
            By list prices of us-east-1 in {pricesOf}; other regions and contracts differ, mostly upwards.
          </p>
        </>
      )}
      {guestNotes.length === 0 ? null : (
        <Notice tone="part" title="Left to do inside the machine">
          <ul className={styles['bullets']}>
            {guestNotes.map((note) => (
              <li key={note}>{visibleText(note)}</li>
            ))}
          </ul>
        </Notice>
      )}
      <details>
        <summary>The exact calls: {formatCount(plan.calls.length)}</summary>
        <pre className={styles['calls']} tabIndex={0} aria-label="The exact calls">
          {plan.calls
            .map(({ region, action, input }) =>
              visibleLines(`${action} in ${region}\n${JSON.stringify(input, null, 2)}`),
            )
            .join('\n\n')}
        </pre>
      </details>
    </>
  );
}

/** Lines stay lines; whatever else cannot be seen is written out. */
function visibleLines(text: string): string {
  return text.split('\n').map(visibleText).join('\n');
}
