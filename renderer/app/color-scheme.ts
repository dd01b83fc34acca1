/** Light or dark: what a person chose, else what the system has. */
import { useEffect, useSyncExternalStore } from 'react';
import { preferences, type Preferences } from '../components/preferences.ts';

export type ColorScheme = 'light' | 'dark';

const darkQuery = '(prefers-color-scheme: dark)';

export function schemeFor(chosen: Preferences['colors'], systemIsDark: boolean): ColorScheme {
  if (chosen !== 'auto') return chosen;
  return systemIsDark ? 'dark' : 'light';
}

/** Also sets the attribute that the style sheets go by. */
export function useColorScheme(): ColorScheme {
  const chosen = preferences(({ colors }) => colors);
  const systemIsDark = useSyncExternalStore(watchSystem, isSystemDark);
  const scheme = schemeFor(chosen, systemIsDark);
  useEffect(() => {
    document.documentElement.dataset['mantineColorScheme'] = scheme;
  }, [scheme]);
  return scheme;
}

export function applyColorScheme(): void {
  const scheme = schemeFor(preferences.getState().colors, isSystemDark());
  document.documentElement.dataset['mantineColorScheme'] = scheme;
}

function isSystemDark(): boolean {
  return window.matchMedia(darkQuery).matches;
}

function watchSystem(changed: () => void): () => void {
  const query = window.matchMedia(darkQuery);
  query.addEventListener('change', changed);
  return () => query.removeEventListener('change', changed);
}
