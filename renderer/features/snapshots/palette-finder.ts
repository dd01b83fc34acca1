/** Files in the command palette. */
import { useNavigate } from '@tanstack/react-router';
import { useEffect } from 'react';
import { registerFinder } from '../../client/actions.ts';
import { useClient } from '../../client/client-context.tsx';
import { collect } from '../../client/collect.ts';
import { liveStore } from '../../client/live-store.ts';
import { absoluteTime } from '../../components/format-time.ts';
import { visibleText } from '../../components/visible-text.ts';
import { addressOf, parentOf } from './view.ts';

const shown = 8;

/** The finder stays when the screen is left: files are looked for from everywhere, once snapshots have been looked at. */
export function usePaletteFinder(): void {
  const client = useClient();
  const navigate = useNavigate();
  useEffect(() => {
    registerFinder('snapshots', async (text, signal) => {
      const open = [...liveStore.getState().live.repositories.values()].filter(({ state }) => state === 'open');
      const answers = await Promise.all(
        open.map(async ({ id }) => {
          const asked = client().catalog.find({ repository: { id }, pattern: text, limit: shown }, { signal });
          const { items } = await collect(asked, {
            itemsOf: (event) => (event.type === 'found' ? event.paths : []),
            resultOf: () => null,
            atMost: shown,
          });
          return items.map((path) => ({ ...path, repository: id }));
        }),
      );
      return answers.flat().map(({ repository, path, source, hostname, last }) => ({
        id: `file:${repository}:${source}:${hostname}:${path}`,
        title: visibleText(path),
        detail: `${source}, ${absoluteTime(Date.parse(last.takenAt))}`,
        group: 'Files in snapshots',
        run: () =>
          void navigate({
            to: '/snapshots',
            search: addressOf({ repository, source, host: hostname, snapshot: last.id, path: parentOf(path) }),
          }),
      }));
    });
  }, [client, navigate]);
}
