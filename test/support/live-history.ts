/** Random sequences of snapshots, forgetting, runs that are cut off, and updates; the catalog must come out right. */
import { join } from 'node:path';
import { expect } from 'vitest';
import { alice, makeCatalogHome } from './catalog-home.ts';
import { faultsOf, RandomHistory, searchEverything, update, updateHalf, versionsOf } from './random-history.ts';

export async function liveHistory(seed: number, steps: number): Promise<void> {
  await using place = await makeCatalogHome();
  const history = new RandomHistory(join(place.home, 'repository'), seed);
  history.takeSnapshot();
  let catalog = place.open();
  for (let step = 0; step < steps; step++) {
    const what = history.pick(8);
    if (what === 0) await updateHalf(catalog, await history.open(), alice, history.pick(100) / 100);
    else if (what <= 2 && history.count > 1) history.forgetSnapshot();
    else if (what === 3) {
      await catalog.close();
      catalog = place.open();
    } else history.takeSnapshot();
    // Intervals only go wrong where they had been right before.
    if (history.pick(2) === 0) await update(catalog, await history.open(), alice);
  }
  const repository = await history.open();
  const { id } = repository.config;
  await update(catalog, repository, alice);
  const found = await searchEverything(catalog, id, alice);
  expect(found, `seed ${seed}`).toEqual(history.expected().map(withoutContent).sort());
  for (const [path, versions] of history.expectedVersions())
    expect(await versionsOf(catalog, id, alice, path), `seed ${seed}, ${path}`).toEqual(versions);
  await catalog.close();
  expect(faultsOf(place.file), `seed ${seed}`).toEqual([]);
}

/** Names may hold spaces; ids of snapshots, kinds and digests do not. */
function withoutContent(line: string): string {
  return line.replace(/ (?:dir|(?:file|symlink) [0-9a-f]{8})$/, '');
}
