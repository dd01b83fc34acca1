/** Newer releases: off until somebody switches it on, with the host that would be asked named before. */
import { Button, Switch } from '@mantine/core';
import type { UpdateChoice, UpdateStep } from '../../../shared/model/desktop-settings.ts';
import { Notice } from '../../components/error-notice.tsx';
import { Panel } from '../../components/page.tsx';
import { visibleText } from '../../components/visible-text.ts';
import { explainUpdates, updateWords } from './desktop-words.ts';
import styles from './settings.module.css';

type UpdatesPanelProps = {
  readonly updates: UpdateChoice;
  readonly onChange: (on: boolean) => void;
  readonly onStep: (step: UpdateStep) => void;
};

const labels: Readonly<Record<UpdateStep, string>> = {
  check: 'Look now',
  download: 'Download it',
  install: 'Install and restart',
};

export function UpdatesPanel({ updates, onChange, onStep }: UpdatesPanelProps) {
  const { on, feed, state } = updates;
  return (
    <Panel title="Updates">
      <div className={styles['switch']}>
        <Switch
          label="Look for newer releases"
          checked={on}
          disabled={feed === null}
          onChange={({ currentTarget }) => onChange(currentTarget.checked)}
        />
        <p className={styles['explained']}>{explainUpdates(updates).lead}</p>
      </div>
      {on ? <Standing state={state} onStep={onStep} /> : null}
    </Panel>
  );
}

function Standing({ state, onStep }: Pick<UpdatesPanelProps, 'onStep'> & Pick<UpdateChoice, 'state'>) {
  const { words, step } = updateWords(state);
  const button = step === null ? null : <Button onClick={() => onStep(step)}>{labels[step]}</Button>;
  if (state.kind === 'failed') {
    return (
      <div role="alert">
        <Notice tone="part" actions={button}>
          {visibleText(words)}
        </Notice>
      </div>
    );
  }
  return (
    <div className={styles['block']}>
      <p className={styles['explained']} aria-live="polite">
        {words}
      </p>
      {button === null ? null : <div className={styles['actions']}>{button}</div>}
    </div>
  );
}
