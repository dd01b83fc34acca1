/** One change of the configuration after the other: each reads, writes and saves all of it. */
import type { Catalog } from '../catalog/catalog.ts';

const turns = new WeakMap<Catalog, Promise<unknown>>();

export async function inTurn<Result>(catalog: Catalog, work: () => Promise<Result>): Promise<Result> {
  const before = turns.get(catalog) ?? Promise.resolve();
  const mine = before.then(work, work);
  turns.set(catalog, mine);
  return mine;
}
