/** What the palette knows by itself (places, sources, jobs, choices), and what features have registered. */
import { useNavigate } from '@tanstack/react-router';
import { useEffect, useMemo, useState } from 'react';
import { useShallow } from 'zustand/react/shallow';
import { paletteRegistry, type PaletteFinder, type PaletteItem } from '../client/actions.ts';
import { sourceKindName } from '../../shared/model/source-kinds.ts';
import { useClient } from '../client/client-context.tsx';
import { useRunningJobs, useSources } from '../client/live-store.ts';
import { useMay } from '../client/me.ts';
import { setPreferences } from '../components/preferences.ts';
import { sayJobKind, sayJobState } from '../components/tone.ts';
import { places } from './shortcuts.ts';

/** Screens below those of the rail: found by their own words too. */
const within = [
  { path: '/recovery/drills', title: 'Drills', keywords: ['rehearse', 'test', 'recovery time'] },
  { path: '/recovery/plans', title: 'Recovery plans', keywords: ['runbook', 'steps', 'system'] },
  { path: '/recovery/evidence', title: 'Evidence', keywords: ['proof', 'signed', 'record'] },
  { path: '/recovery/audit', title: 'Audit log', keywords: ['who', 'did', 'what'] },
  {
    path: '/recovery/compliance',
    title: 'Compliance',
    keywords: ['legal hold', 'case', 'copies', 'immutable', '3-2-1'],
  },
  { path: '/standby', title: 'Hot standbys', keywords: ['ready', 'copy'] },
  { path: '/activity/trends', title: 'Trends', keywords: ['duration', 'growth', 'charts'] },
  { path: '/reports/subscriptions', title: 'Subscriptions', keywords: ['mail', 'webhook', 'report'] },
  { path: '/settings/api', title: 'API for programs', keywords: ['token', 'openapi', 'rest'] },
] as const;

export function usePaletteItems(onHelp: () => void): readonly PaletteItem[] {
  const navigate = useNavigate();
  const registered = paletteRegistry(useShallow(({ items }) => [...items.values()].flat()));
  const sources = useSources();
  const jobs = useRunningJobs();
  const mayRestore = useMay('restoreRuns.create');
  return useMemo(() => {
    const restore: PaletteItem = {
      id: 'go:restore',
      title: 'Restore…',
      group: 'Recovery',
      keywords: ['bring back', 'guided', 'files', 'lost'],
      run: () => void navigate({ to: '/recovery/restore', search: {} }),
    };
    const below = within.map(({ path, title, keywords }) => ({
      id: `go:${path}`,
      title,
      group: 'More screens',
      keywords,
      run: () => void navigate({ to: path }),
    }));
    const goTo = places.map(({ key, path, title }) => ({
      id: `go:${path}`,
      title,
      group: 'Go to',
      keys: `g ${key}`,
      run: () => void navigate({ to: path }),
    }));
    const ofJobs = jobs.map(({ id, title, kind, state }) => ({
      id: `job:${id}`,
      title,
      detail: `${sayJobKind(kind)}, ${sayJobState(state).words}`,
      group: 'Jobs',
      run: () => void navigate({ to: '/activity/$job', params: { job: id } }),
    }));
    const ofSources = sources.map(({ key, name, kind, hostname }) => ({
      id: `source:${key}`,
      title: name,
      detail: `${sourceKindName(kind)} on ${hostname}`,
      group: 'Sources',
      run: () => void navigate({ to: '/sources/$source', params: { source: key } }),
    }));
    return [
      ...goTo,
      ...(mayRestore ? [restore] : []),
      ...registered.filter(({ group }) => group === 'Recovery'),
      ...registered.filter(({ group }) => group !== 'Recovery'),
      ...ofJobs,
      ...ofSources,
      ...below,
      ...choices(onHelp),
    ];
  }, [navigate, registered, sources, jobs, onHelp, mayRestore]);
}

function choices(onHelp: () => void): readonly PaletteItem[] {
  const group = 'This screen';
  return [
    { id: 'help:keys', title: 'Show all keys', group, keys: '?', run: onHelp },
    {
      id: 'colors:auto',
      title: 'Colours as the system has them',
      group,
      run: () => setPreferences({ colors: 'auto' }),
    },
    { id: 'colors:light', title: 'Light colours', group, run: () => setPreferences({ colors: 'light' }) },
    { id: 'colors:dark', title: 'Dark colours', group, run: () => setPreferences({ colors: 'dark' }) },
    { id: 'bytes:iec', title: 'Sizes in KiB, MiB, GiB', group, run: () => setPreferences({ bytes: 'iec' }) },
    { id: 'bytes:si', title: 'Sizes in kB, MB, GB', group, run: () => setPreferences({ bytes: 'si' }) },
  ];
}

/** What looks for files comes with the palette, whatever screens have been opened. */
export function useFileFinder(): void {
  const client = useClient();
  const navigate = useNavigate();
  useEffect(() => {
    void import('../features/snapshots/palette-finder.ts').then(
      ({ registerFileFinder }) => registerFileFinder(client, (to) => void navigate(to)),
      // The engine cannot be reached: the connection says so, and the next palette asks again.
      () => undefined,
    );
  }, [client, navigate]);
}

/** What the finders of features answer to the text; what was typed before is no longer waited for. */
export function useFound(text: string): { items: readonly PaletteItem[]; searching: boolean } {
  const finders = paletteRegistry(({ finders: all }) => all);
  const [answer, setAnswer] = useState<{ text: string; items: readonly PaletteItem[] }>({ text: '', items: [] });
  const asked = text.length >= 2;
  useEffect(() => {
    if (!asked) return undefined;
    const end = new AbortController();
    void askAll(finders, text, end.signal).then((items) => end.signal.aborted || setAnswer({ text, items }));
    return () => end.abort();
  }, [text, asked, finders]);
  if (!asked) return { items: [], searching: false };
  return { items: answer.items, searching: answer.text !== text && finders.size > 0 };
}

/** What one finder cannot answer does not hide what the others can. */
async function askAll(
  finders: ReadonlyMap<string, PaletteFinder>,
  text: string,
  signal: AbortSignal,
): Promise<readonly PaletteItem[]> {
  const answers = await Promise.allSettled([...finders.values()].map((find) => find(text, signal)));
  return answers.flatMap((answer) => (answer.status === 'fulfilled' ? answer.value : []));
}
