/** Where one stands in a sequence: What → When → Where → … */
import styles from './step-rail.module.css';

export type Step<Id extends string = string> = {
  readonly id: Id;
  readonly label: string;
  readonly state: 'done' | 'active' | 'todo' | 'failed';
};

type StepRailProps<Id extends string> = {
  readonly label: string;
  readonly steps: readonly Step<Id>[];
  /** Steps that are done can be gone back to, where this is given. */
  readonly onGo?: ((id: Id) => void) | undefined;
};

const marks = { done: '✓ ', active: '', todo: '', failed: '✕ ' } as const;
const spoken = { done: ', done', active: '', todo: ', to do', failed: ', failed' } as const;

export function StepRail<Id extends string>({ label, steps, onGo }: StepRailProps<Id>) {
  return (
    <ol className={styles['rail']} aria-label={label}>
      {steps.map(({ id, label: words, state }) => (
        <li key={id} data-state={state} aria-current={state === 'active' ? 'step' : undefined}>
          {onGo !== undefined && state === 'done' ? (
            <button type="button" onClick={() => onGo(id)}>
              <Words mark={marks[state]} words={words} spoken={spoken[state]} />
            </button>
          ) : (
            <Words mark={marks[state]} words={words} spoken={spoken[state]} />
          )}
        </li>
      ))}
    </ol>
  );
}

function Words({
  mark,
  words,
  spoken: said,
}: {
  readonly mark: string;
  readonly words: string;
  readonly spoken: string;
}) {
  return (
    <span>
      <span aria-hidden="true">{mark}</span>
      {words}
      <span className="visually-hidden">{said}</span>
    </span>
  );
}
