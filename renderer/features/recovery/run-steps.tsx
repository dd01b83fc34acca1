/** The steps of a run in their order, each with what undoing it would do. */
import type { RestoreRun, RunStep } from '../../../shared/contract/restore-runs.ts';
import { formatDuration } from '../../../shared/model/units.ts';
import { Age } from '../../components/relative-time.tsx';
import { StatusMark } from '../../components/status-badge.tsx';
import { visibleText } from '../../components/visible-text.ts';
import { sayStepState } from './run-words.ts';
import styles from './recovery.module.css';

export function RunSteps({ run }: { readonly run: RestoreRun }) {
  return (
    <ol className={styles['steps']} aria-label="Steps">
      {run.steps.map((step) => (
        <li key={step.id} data-state={step.state} aria-current={step.state === 'running' ? 'step' : undefined}>
          <StatusMark tone={sayStepState(step.state).tone} label={sayStepState(step.state).words} />
          <div>
            <div>{visibleText(step.title)}</div>
            {step.detail === null ? null : <div className={styles['detail']}>{visibleText(step.detail)}</div>}
            {step.error === null ? null : <div className={styles['detail']}>{visibleText(step.error.message)}</div>}
          </div>
          <div className={styles['dim']}>
            {step.undo === null ? null : `undo: ${inSentence(visibleText(step.undo))}`}
          </div>
          <StepTime step={step} />
        </li>
      ))}
    </ol>
  );
}

/** `Removes …` after a colon. */
export function inSentence(words: string): string {
  return words.charAt(0).toLowerCase() + words.slice(1);
}

function StepTime({ step: { state, startedAt, endedAt } }: { readonly step: RunStep }) {
  if (startedAt === null) return <span className={styles['time']} />;
  if (endedAt === null) {
    return <span className={styles['time']}>{state === 'running' ? <Age at={startedAt} /> : null}</span>;
  }
  return <span className={styles['time']}>{formatDuration(Date.parse(endedAt) - Date.parse(startedAt))}</span>;
}
