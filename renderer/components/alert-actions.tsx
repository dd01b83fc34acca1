/** What can be done about alerts: seen to, put off, taken back, put aside. */
import { Button, Modal, Popover, TextInput } from '@mantine/core';
import { useState } from 'react';
import type { Alert } from '../../shared/contract/alerts.ts';
import { alertStandingOf, snoozeUntil, snoozeUntilTyped, type SnoozeEnd } from './alert-model.ts';
import styles from './alerts.module.css';
import { useAlertNow } from './use-alert-now.ts';

export type AlertActionsProps = {
  /** One, or those that are chosen. */
  readonly alerts: readonly Alert[];
  /** `until`: ISO-8601 UTC. */
  readonly onSnooze?: ((until: string) => void) | undefined;
  readonly onAcknowledge: () => void;
  readonly onReopen: () => void;
  readonly onResolve?: (() => void) | undefined;
  readonly disabled: boolean;
  /** Opened from outside as well, as by a key. */
  readonly snoozing?: { readonly opened: boolean; readonly onChange: (opened: boolean) => void };
  /** What stands behind each name for those who do not see where the buttons stand. */
  readonly of?: string;
};

/** Only what would change something is there, and only what is handed in. */
export function AlertActions({ alerts, disabled, of, ...on }: AlertActionsProps) {
  const [own, setOwn] = useState(false);
  const snoozing = on.snoozing ?? { opened: own, onChange: setOwn };
  const now = useAlertNow();
  const standings = new Set(alerts.map((alert) => alertStandingOf(alert, now)));
  const label = (words: string) => (of === undefined ? {} : { 'aria-label': `${words}: ${of}` });
  return (
    <>
      {standings.has('needs') || standings.has('snoozed') ? (
        <Button disabled={disabled} onClick={on.onAcknowledge} {...label('Acknowledge')}>
          Acknowledge
        </Button>
      ) : null}
      {on.onSnooze === undefined ? null : (
        <SnoozeChoice disabled={disabled} onSnooze={on.onSnooze} snoozing={snoozing} {...label('Snooze')} />
      )}
      {standings.has('acknowledged') || standings.has('snoozed') ? (
        <Button disabled={disabled} onClick={on.onReopen} {...label('Take back')}>
          Take back
        </Button>
      ) : null}
      {on.onResolve !== undefined && alerts.some(({ resolvable }) => resolvable) ? (
        <Button
          disabled={disabled}
          onClick={on.onResolve}
          title="Ends this one; the next that happens is raised again."
          {...label('Put aside')}
        >
          Put aside
        </Button>
      ) : null}
    </>
  );
}

const ends: readonly { readonly end: SnoozeEnd; readonly words: string }[] = [
  { end: 'hour', words: 'For 1 h' },
  { end: 'tomorrow', words: 'Until tomorrow 08:00' },
  { end: 'week', words: 'For 1 week' },
];

type SnoozeChoiceProps = Pick<AlertActionsProps, 'disabled'> & {
  readonly onSnooze: (until: string) => void;
  readonly snoozing: NonNullable<AlertActionsProps['snoozing']>;
  readonly 'aria-label'?: string;
};

function SnoozeChoice({ disabled, onSnooze, snoozing: { opened, onChange }, ...label }: SnoozeChoiceProps) {
  const [asks, setAsks] = useState(false);
  const chosen = (act: () => void) => {
    onChange(false);
    act();
  };
  return (
    <>
      <Popover opened={opened} onChange={onChange} position="bottom-start" trapFocus returnFocus>
        <Popover.Target>
          <Button disabled={disabled} onClick={() => onChange(!opened)} {...label}>
            Snooze…
          </Button>
        </Popover.Target>
        <Popover.Dropdown aria-label="Snooze" p={4}>
          <div className={styles['choices']}>
            {ends.map(({ end, words }) => (
              <button key={end} type="button" onClick={() => chosen(() => onSnooze(snoozeUntil(end, Date.now())))}>
                {words}
              </button>
            ))}
            <button type="button" onClick={() => chosen(() => setAsks(true))}>
              Until…
            </button>
          </div>
        </Popover.Dropdown>
      </Popover>
      <Modal opened={asks} onClose={() => setAsks(false)} title="Snooze until" size="sm">
        <UntilForm
          onSnooze={(until) => {
            setAsks(false);
            onSnooze(until);
          }}
        />
      </Modal>
    </>
  );
}

function UntilForm({ onSnooze }: Pick<SnoozeChoiceProps, 'onSnooze'>) {
  const [typed, setTyped] = useState('');
  const until = snoozeUntilTyped(typed, useAlertNow());
  return (
    <form
      className={styles['until']}
      onSubmit={(event) => {
        event.preventDefault();
        if (until !== null) onSnooze(until);
      }}
    >
      <TextInput
        type="datetime-local"
        label="Day and time"
        description="As this browser's clock has it. Nobody is reminded before, and once at that time."
        value={typed}
        error={typed !== '' && until === null ? 'This is past.' : undefined}
        onChange={(event) => setTyped(event.currentTarget.value)}
        data-autofocus
      />
      <div className={styles['actions']}>
        <Button type="submit" variant="filled" disabled={until === null}>
          Snooze
        </Button>
      </div>
    </form>
  );
}
