/** The bar on top: the way to everything, what runs, and whether what is seen is true now. */
import { Link } from '@tanstack/react-router';
import { useShallow } from 'zustand/react/shallow';
import { formatRate } from '../../shared/model/units.ts';
import type { Connection } from '../client/keep-live.ts';
import { useConnection, useHasState, useIsLive, useLive, useRunningJobs } from '../client/live-store.ts';
import { useMe } from '../client/me.ts';
import { totalRate } from '../components/job-words.ts';
import { KeyHint } from '../components/key-hint.tsx';
import { preferences } from '../components/preferences.ts';
import { roleName, sayRole } from '../components/role-words.ts';
import { AlertBell } from './alert-bell.tsx';
import { NoticesPill } from './notices.tsx';
import styles from './shell.module.css';

export function TopBar({ onSearch }: { readonly onSearch: () => void }) {
  return (
    <header className={styles['top']}>
      <Link to="/" className={styles['brand'] ?? ''}>
        <svg width="16" height="16" viewBox="0 0 32 32" aria-hidden="true">
          <rect width="32" height="32" rx="8" fill="var(--accent)" />
          <circle cx="16" cy="16" r="6.5" fill="none" stroke="var(--panel)" strokeWidth="4" />
        </svg>
        Holdfast
      </Link>
      <button type="button" className={styles['search']} onClick={onSearch} aria-keyshortcuts="Control+K Meta+K">
        <span>Find a source, snapshot, file or action</span>
        <KeyHint keys="Mod K" />
      </button>
      <div className={styles['pills']}>
        <JobsPill />
        <AlertBell />
        <NoticesPill />
        <RolePill />
        <ConnectionPill />
        <TenantPill />
      </div>
    </header>
  );
}

function JobsPill() {
  const jobs = useRunningJobs();
  const live = useIsLive();
  const known = useHasState();
  const units = preferences((chosen) => chosen.bytes);
  if (!known) return null;
  const running = jobs.filter(({ state }) => state !== 'queued').length;
  const waiting = jobs.length - running;
  const rate = live ? totalRate(jobs) : null;
  const parts = [
    running > 0 ? `${running} running` : null,
    waiting > 0 ? `${waiting} waiting` : null,
    rate === null ? null : formatRate(rate, units),
  ].filter((part) => part !== null);
  return (
    <Link to="/activity" className={styles['pill'] ?? ''} title="Jobs, and what they move in all">
      {parts.length === 0 ? 'idle' : parts.join(' · ')}
    </Link>
  );
}

const words: Readonly<Record<Connection['state'], string>> = {
  connecting: 'connecting',
  live: 'live',
  reconnecting: 'reconnecting',
  refused: 'not signed in',
};

const tones: Readonly<Partial<Record<Connection['state'], string>>> = { reconnecting: 'miss', refused: 'fail' };

function ConnectionPill() {
  const { state } = useConnection();
  const host = useLive((live) => live.engine?.hostname);
  return (
    <span
      className={styles['pill']}
      role="status"
      data-tone={tones[state]}
      title={host === undefined ? 'The connection with the engine' : `The connection with the engine on ${host}`}
    >
      <span className={styles['dot']} data-state={state} aria-hidden="true" />
      {words[state]}
    </span>
  );
}

/** Why buttons are missing, for whoever may not do everything. */
function RolePill() {
  const { data } = useMe();
  if (data === undefined || data.role === 'admin') return null;
  return (
    <Link
      to="/settings"
      search={{ section: 'access' }}
      className={styles['pill'] ?? ''}
      title={`You may: ${sayRole(data.role)}. What needs more is not shown.`}
    >
      {roleName(data.role)}
    </Link>
  );
}

/** Only where there is more than one: otherwise it says nothing. */
function TenantPill() {
  const tenants = useLive(useShallow((live) => [...new Set(live.jobs.values().map(({ tenant }) => tenant))]));
  const own = useLive((live) => live.engine?.tenant);
  if (own === undefined || tenants.every((tenant) => tenant === own)) return null;
  return (
    <span className={styles['pill']} title="The tenant this console shows">
      {own}
    </span>
  );
}
