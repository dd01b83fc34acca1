/** Days and times at which no run begins. */
import { Button, TextInput } from '@mantine/core';
import { useState } from 'react';
import { mostBlackouts, type BlackoutDraft, type Faults } from './draft.ts';
import { weekdayNames } from './profile-words.ts';
import styles from './profiles.module.css';

type BlackoutListProps = {
  readonly blackouts: readonly BlackoutDraft[];
  readonly faults: Faults;
  readonly onChange: (blackouts: readonly BlackoutDraft[]) => void;
};

export function BlackoutList({ blackouts, faults, onChange }: BlackoutListProps) {
  const [added, setAdded] = useState(0);
  const change = (key: string, part: Partial<BlackoutDraft>) =>
    onChange(blackouts.map((one) => (one.key === key ? { ...one, ...part } : one)));
  const add = () => {
    setAdded(added + 1);
    onChange([...blackouts, { key: `new-${added}`, weekdays: [1, 2, 3, 4, 5], from: '08:00', to: '18:00' }]);
  };
  return (
    <section className={styles['periods']} aria-label="Blackouts">
      <div className={styles['sectionHead']}>
        <h3>Blackouts</h3>
        <Button size="compact-xs" disabled={blackouts.length >= mostBlackouts} onClick={add}>
          Add a blackout
        </Button>
      </div>
      {blackouts.length === 0 ? (
        <div className={styles['dim']}>
          None: a run may begin at any time. What a blackout holds up begins when it ends.
        </div>
      ) : null}
      {blackouts.map((blackout, index) => (
        <div key={blackout.key} role="group" aria-label={`Blackout ${index + 1}`} className={styles['blackout']}>
          <Days
            chosen={blackout.weekdays}
            onChange={(weekdays) => change(blackout.key, { weekdays })}
            fault={faults.get(`${blackout.key}.days`)}
          />
          <TextInput
            label="From"
            value={blackout.from}
            error={faults.get(`${blackout.key}.from`)}
            onChange={(event) => change(blackout.key, { from: event.currentTarget.value })}
            w={80}
          />
          <TextInput
            label="To"
            value={blackout.to}
            error={faults.get(`${blackout.key}.to`)}
            onChange={(event) => change(blackout.key, { to: event.currentTarget.value })}
            w={80}
          />
          <Button
            size="compact-xs"
            variant="subtle"
            aria-label={`Remove blackout ${index + 1}`}
            onClick={() => onChange(blackouts.filter(({ key }) => key !== blackout.key))}
          >
            Remove
          </Button>
        </div>
      ))}
      {faults.has('blackouts') ? (
        <div className={styles['fault']} role="alert">
          {faults.get('blackouts')}
        </div>
      ) : null}
    </section>
  );
}

type DaysProps = {
  readonly chosen: readonly number[];
  readonly fault: string | undefined;
  readonly onChange: (weekdays: readonly number[]) => void;
};

function Days({ chosen, fault, onChange }: DaysProps) {
  return (
    <div>
      <div className={styles['days']} role="group" aria-label="Days on which it begins">
        {weekdayNames.map((name, index) => {
          const day = index + 1;
          const pressed = chosen.includes(day);
          return (
            <button
              key={name}
              type="button"
              className={styles['day']}
              title={name}
              aria-pressed={pressed}
              onClick={() =>
                onChange(pressed ? chosen.filter((one) => one !== day) : [...chosen, day].sort((a, b) => a - b))
              }
            >
              {name.slice(0, 3)}
            </button>
          );
        })}
      </div>
      {fault === undefined ? null : (
        <div className={styles['fault']} role="alert">
          {fault}
        </div>
      )}
    </div>
  );
}
