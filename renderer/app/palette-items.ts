/** What the palette knows by itself (places, sources, jobs, choices), and what features have registered. */
import { useNavigate } from '@tanstack/react-router';
import { useEffect, useMemo, useState } from 'react';
import { useShallow } from 'zustand/react/shallow';
import { paletteRegistry, type PaletteFinder, type PaletteItem } from '../client/actions.ts';
import { useRunningJobs, useSources } from '../client/live-store.ts';
import { setPreferences } from '../components/preferences.ts';
import { sayJobKind, sayJobState } from '../components/tone.ts';
import { places } from './shortcuts.ts';

export function usePaletteItems(onHelp: () => void): readonly PaletteItem[] {
  const navigate = useNavigate();
  const registered = paletteRegistry(useShallow(({ items }) => [...items.values()].flat()));
  const sources = useSources();
  const jobs = useRunningJobs();
  return useMemo(() => {
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
      detail: `${kind} on ${hostname}`,
      group: 'Sources',
      run: () => void navigate({ to: '/sources/$source', params: { source: key } }),
    }));
    return [...goTo, ...registered, ...ofJobs, ...ofSources, ...choices(onHelp)];
  }, [navigate, registered, sources, jobs, onHelp]);
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
