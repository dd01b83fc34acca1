/** What the engine has to tell once: shown when it comes, and kept in a list until it is dismissed. */
import { Popover } from '@mantine/core';
import { notifications } from '@mantine/notifications';
import { useEffect, useRef, useState } from 'react';
import { useHasState, useNotices } from '../client/live-store.ts';
import { Notice } from '../components/error-notice.tsx';
import { RelativeTime } from '../components/relative-time.tsx';
import { visibleText } from '../components/visible-text.ts';
import { dismissedFrom, freshNotices } from './notice-model.ts';
import styles from './shell.module.css';

const storageKey = 'holdfast.dismissed-notices';
const tones = { info: 'none', warning: 'part', error: 'fail' } as const;
const titles = { info: 'For your information', warning: 'Warning', error: 'Error' } as const;
const colors = { info: 'cyan', warning: 'yellow', error: 'red' } as const;

/** Notices that come while the page is open; those from before are in the list. */
export function useNoticeToasts(): void {
  const notices = useNotices();
  const known = useHasState();
  const seen = useRef<ReadonlySet<string> | null>(null);
  useEffect(() => {
    if (!known) return;
    for (const { id, level, text } of freshNotices(notices, seen.current)) {
      notifications.show({
        id,
        title: titles[level],
        message: visibleText(text),
        color: colors[level],
        // An error stays until somebody has seen it.
        autoClose: level === 'error' ? false : 10_000,
      });
    }
    seen.current = new Set(notices.map(({ id }) => id));
  }, [notices, known]);
}

export function NoticesPill() {
  const notices = useNotices();
  const [dismissed, setDismissed] = useState(() => dismissedFrom(read()));
  const open = notices.filter(({ id }) => !dismissed.has(id));
  if (open.length === 0) return null;
  const worst = open.some(({ level }) => level === 'error')
    ? 'fail'
    : open.some(({ level }) => level === 'warning')
      ? 'part'
      : undefined;
  const dismissAll = () => {
    const all = new Set(notices.map(({ id }) => id));
    setDismissed(all);
    write([...all]);
  };
  return (
    <Popover position="bottom-end" width={420} trapFocus returnFocus>
      <Popover.Target>
        <button type="button" className={styles['pill']} data-tone={worst}>
          {open.length === 1 ? '1 notice' : `${open.length} notices`}
        </button>
      </Popover.Target>
      <Popover.Dropdown aria-label="Notices">
        <div className={styles['notices']}>
          <div className={styles['noticeHead']}>
            <span>Newest first</span>
            <button type="button" onClick={dismissAll}>
              Dismiss all
            </button>
          </div>
          {open.map(({ id, at, level, text }) => (
            <Notice key={id} tone={tones[level]} title={titles[level]}>
              <div>{visibleText(text)}</div>
              <RelativeTime at={at} />
            </Notice>
          ))}
        </div>
      </Popover.Dropdown>
    </Popover>
  );
}

function read(): string | null {
  try {
    return localStorage.getItem(storageKey);
  } catch {
    return null;
  }
}

function write(ids: readonly string[]): void {
  try {
    localStorage.setItem(storageKey, JSON.stringify(ids));
  } catch {
    // A browser that keeps nothing shows them again after a reload.
  }
}
