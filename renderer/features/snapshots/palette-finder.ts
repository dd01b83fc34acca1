/** Files in the command palette. */
import { registerFinder } from '../../client/actions.ts';
import type { Client } from '../../client/client.ts';
import { collect } from '../../client/collect.ts';
import { liveStore } from '../../client/live-store.ts';
import { absoluteTime } from '../../components/format-time.ts';
import { visibleText } from '../../components/visible-text.ts';
import { onceEach, primaryFirst } from './found.ts';
import { addressOf, parentOf } from './view.ts';

const shown = 8;

type FileAddress = { readonly to: '/snapshots'; readonly search: ReturnType<typeof addressOf> };

/** Files are looked for from everywhere: it stays, whichever screen is left. */
export function registerFileFinder(client: () => Client, navigate: (to: FileAddress) => void): void {
  registerFinder('snapshots', async (text, signal) => {
    const open = primaryFirst(
      [...liveStore.getState().live.repositories.values()].filter(({ state }) => state === 'open'),
    );
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
    return onceEach(answers.flat()).map(({ repository, path, source, hostname, last }) => ({
      id: `file:${repository}:${source}:${hostname}:${path}`,
      title: visibleText(path),
      detail: `${source}, ${absoluteTime(Date.parse(last.takenAt))}`,
      group: 'Files in snapshots',
      run: () =>
        navigate({
          to: '/snapshots',
          search: addressOf({ repository, source, host: hostname, snapshot: last.id, path: parentOf(path) }),
        }),
    }));
  });
}
