/** How many alerts need somebody, on every screen, and the worst of them at a click. */
import { Popover } from '@mantine/core';
import { Link } from '@tanstack/react-router';
import { useState } from 'react';
import { formatCount } from '../../shared/model/units.ts';
import { mostAlerts } from '../client/alerts.ts';
import { useHasState } from '../client/live-store.ts';
import { bellWords, needsWords, sayLevel } from '../components/alert-model.ts';
import { AlertLine } from '../components/alert-view.tsx';
import styles from './shell.module.css';
import { useNeeding } from './use-needing.ts';

const shown = 5;

export function AlertBell() {
  const [opened, setOpened] = useState(false);
  const known = useHasState();
  const needs = useNeeding();
  if (!known) return null;
  const [worst] = needs;
  const words = needsWords(needs);
  const count = `${formatCount(needs.length)}${needs.length >= mostAlerts ? '+' : ''}`;
  const close = () => setOpened(false);
  return (
    <Popover opened={opened} onChange={setOpened} position="bottom-end" width={420} trapFocus returnFocus>
      <Popover.Target>
        <button
          type="button"
          className={styles['pill']}
          data-tone={worst === undefined ? undefined : sayLevel(worst.level).tone}
          aria-label={bellWords(needs, count)}
          title={words}
          onClick={() => setOpened(!opened)}
        >
          <Bell />
          {count}
        </button>
      </Popover.Target>
      <Popover.Dropdown aria-label="Alerts">
        {/* What is clicked here leads to another screen. */}
        {/* oxlint-disable-next-line jsx-a11y/click-events-have-key-events, jsx-a11y/no-static-element-interactions */}
        <div className={styles['bell']} onClick={(event) => event.target instanceof HTMLAnchorElement && close()}>
          <b>{words}.</b>
          {needs.slice(0, shown).map((alert) => (
            <AlertLine key={alert.id} alert={alert} />
          ))}
          <Link to="/alerts" search={{}}>
            {needs.length > shown ? `All ${formatCount(needs.length)} alerts` : 'Open Alerts'}
          </Link>
        </div>
      </Popover.Dropdown>
    </Popover>
  );
}

function Bell() {
  return (
    <svg
      width="14"
      height="14"
      viewBox="0 0 16 16"
      fill="none"
      stroke="currentColor"
      strokeWidth="1.5"
      aria-hidden="true"
    >
      <path d="M8 1.75a4 4 0 0 0-4 4c0 3.5-1.5 5-1.5 5h11s-1.5-1.5-1.5-5a4 4 0 0 0-4-4Z" strokeLinejoin="round" />
      <path d="M6.6 13.25a1.5 1.5 0 0 0 2.8 0" strokeLinecap="round" />
    </svg>
  );
}
