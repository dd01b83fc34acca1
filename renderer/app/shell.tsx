/** The frame of the console: top bar, rail, and the screen between them. */
import { Outlet, useLocation, useNavigate } from '@tanstack/react-router';
import { useCallback, useEffect, useRef, useState } from 'react';
import { desktopHost } from '../client/host.ts';
import { liveStore, useConnection, useHasState } from '../client/live-store.ts';
import { useProfileActions } from '../features/profiles/use-profile-actions.ts';
import { BeforeDialog } from '../features/recovery/before-dialog.tsx';
import { useSiteActions } from '../features/sites/use-site-actions.ts';
import { useSourceActions } from '../features/sources/use-source-actions.ts';
import { TakeSystemDialog } from '../features/systems/take-dialog.tsx';
import { useSystemActions } from '../features/systems/use-system-actions.ts';
import { ActingBanner } from './acting-banner.tsx';
import { CommandPalette } from './command-palette.tsx';
import { ConnectionBanner, RefusedScreen } from './connection-banner.tsx';
import { IncidentBanner } from './incident-banner.tsx';
import { MoveBanner } from './move-banner.tsx';
import { KeyboardHelp } from './keyboard-help.tsx';
import { Rail } from './rail.tsx';
import styles from './shell.module.css';
import { TopBar } from './top-bar.tsx';
import { useNoticeToasts } from './notices.tsx';
import { useShortcuts } from './use-shortcuts.ts';

export function Shell() {
  const [dialog, setDialog] = useState<'palette' | 'help' | null>(null);
  const openPalette = useCallback(() => setDialog('palette'), []);
  const openHelp = useCallback(() => setDialog('help'), []);
  const close = useCallback(() => setDialog(null), []);
  const connection = useConnection();
  const main = useRef<HTMLElement>(null);
  useShortcuts({ openPalette, openHelp });
  useNoticeToasts();
  useSourceActions();
  useProfileActions();
  useSystemActions();
  useSiteActions();
  useFirstRun();
  useFocusOnNavigation(main);
  useNotificationClicks();
  return (
    <div className={styles['shell']}>
      <a className={styles['skip']} href="#main" onClick={(event) => focusMain(event, main.current)}>
        Skip to the screen
      </a>
      <TopBar onSearch={openPalette} />
      <Rail onHelp={openHelp} />
      <main ref={main} id="main" className={styles['main']} tabIndex={-1}>
        <ConnectionBanner />
        <ActingBanner />
        <IncidentBanner />
        <MoveBanner />
        <div className={styles['screen']} data-stale={connection.state === 'reconnecting' || undefined}>
          {connection.state === 'refused' ? <RefusedScreen problem={connection.problem} /> : <Outlet />}
        </div>
      </main>
      <CommandPalette opened={dialog === 'palette'} onClose={close} onHelp={openHelp} />
      <TakeSystemDialog />
      <BeforeDialog />
      <KeyboardHelp opened={dialog === 'help'} onClose={close} />
    </div>
  );
}

/** The address of the page is a hash, so a link to #main would leave the screen. */
function focusMain(event: React.MouseEvent, main: HTMLElement | null): void {
  event.preventDefault();
  main?.focus();
}

/** A console that works with no repository yet begins with the two doors, once; whoever leaves them is let go. */
function useFirstRun(): void {
  const known = useHasState();
  const navigate = useNavigate();
  const asked = useRef(false);
  const path = useLocation({ select: ({ pathname }) => pathname });
  useEffect(() => {
    if (!known || asked.current) return;
    asked.current = true;
    if (liveStore.getState().live.repositories.size === 0 && path === '/')
      void navigate({ to: '/welcome', replace: true });
  }, [known, navigate, path]);
}

/** A notification of the desktop leads to its screen, and so does a file that was opened with it. */
function useNotificationClicks(): void {
  const navigate = useNavigate();
  useEffect(
    () =>
      desktopHost()?.onGoTo((place) => {
        if (place === '/alerts') void navigate({ to: place, search: {} });
        else if (place === '/kit') void navigate({ to: place });
      }),
    [navigate],
  );
}

/** A reader of the screen is told of the new screen, and the first Tab goes into it. */
function useFocusOnNavigation(main: React.RefObject<HTMLElement | null>): void {
  const path = useLocation({ select: ({ pathname }) => pathname });
  const before = useRef(path);
  useEffect(() => {
    if (before.current === path) return;
    before.current = path;
    main.current?.focus({ preventScroll: true });
    main.current?.scrollTo({ top: 0 });
  }, [path, main]);
}
