/** The choices of the desktop as the shell has them, followed as they change there, and changed from here. */
import { useEffect, useState } from 'react';
import type { DesktopChange, DesktopChanged, DesktopSettings } from '../../../shared/model/desktop-settings.ts';
import type { Host } from '../../client/host.ts';

export type DesktopView = {
  /** Null until the shell has answered. */
  readonly settings: DesktopSettings | null;
  /** Of the last change, or of the shell that does not answer. */
  readonly problem: string | null;
};

/** Follows until it is told to stop: looks now, whenever the shell tells, and whenever somebody comes back to the window. */
export function followSettings(
  host: Pick<Host, 'settings' | 'onSettings'>,
  window: Pick<Window, 'addEventListener' | 'removeEventListener'>,
  tell: (settings: DesktopSettings | null) => void,
): () => void {
  let told = 0;
  let ended = false;
  const look = async (): Promise<void> => {
    const before = told;
    const settings = await host.settings().catch(() => null);
    // What was told meanwhile is newer than the answer.
    if (!ended && told === before) tell(settings);
  };
  const lookAgain = (): void => void look();
  const stop = host.onSettings((settings) => {
    told += 1;
    tell(settings);
  });
  // Settings of the system may have changed while somebody was there.
  window.addEventListener('focus', lookAgain);
  void look();
  return () => {
    ended = true;
    stop();
    window.removeEventListener('focus', lookAgain);
  };
}

const noAnswer = 'The desktop program does not answer. Restart Holdfast.';

/** Never rejects: what went wrong is part of the answer, and the settings then are what they were. */
export async function changeSettings(
  host: Pick<Host, 'changeSettings'>,
  change: DesktopChange,
  before: DesktopSettings,
): Promise<DesktopChanged> {
  return host.changeSettings(change).catch(() => ({ settings: before, problem: noAnswer }));
}

export function useDesktopSettings(host: Host): DesktopView & { readonly change: (change: DesktopChange) => void } {
  const [view, setView] = useState<DesktopView>({ settings: null, problem: null });
  useEffect(
    () =>
      followSettings(host, window, (settings) =>
        setView((before) =>
          settings === null ? { ...before, problem: noAnswer } : { settings, problem: before.problem },
        ),
      ),
    [host],
  );
  const change = (wanted: DesktopChange): void => {
    const before = view.settings;
    if (before !== null) void changeSettings(host, wanted, before).then(setView);
  };
  return { ...view, change };
}
