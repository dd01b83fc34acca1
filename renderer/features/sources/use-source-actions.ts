/** What the palette can do with sources, from any screen. */
import { useNavigate } from '@tanstack/react-router';
import { useEffect, useMemo } from 'react';
import { registerActions, type PaletteItem } from '../../client/actions.ts';
import { useSources } from '../../client/live-store.ts';
import { useProtectNow } from '../../client/protect-now.ts';

/** More are found on their own screen; the palette would be all of them. */
const most = 500;

export function useSourceActions(): void {
  const sources = useSources();
  const navigate = useNavigate();
  const { mutate: protect } = useProtectNow();
  const names = useMemo(
    () => sources.flatMap(({ registered }) => (registered === null ? [] : [registered.name])),
    [sources],
  );
  useEffect(() => {
    const group = 'Sources';
    const follow = { onSuccess: ([job]: readonly string[]) => void (job && openJob(job)) };
    const openJob = (job: string) => void navigate({ to: '/activity/$job', params: { job } });
    const openActivity = { onSettled: () => void navigate({ to: '/activity' }) };
    const items: PaletteItem[] = [
      {
        id: 'sources:add',
        title: 'Add a source',
        group,
        keywords: ['new', 'protect', 'folder'],
        run: () => void navigate({ to: '/sources/new' }),
      },
      ...names.slice(0, most).map((name) => ({
        id: `sources:protect:${name}`,
        title: `Protect ${name} now`,
        group,
        run: () => protect([name], follow),
      })),
    ];
    if (names.length > 1) {
      items.push({
        id: 'sources:protect-all',
        title: `Protect all ${names.length} sources now`,
        group,
        run: () => protect(names, openActivity),
      });
    }
    return registerActions('sources', items);
  }, [names, navigate, protect]);
}
