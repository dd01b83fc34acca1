/** A catalog in a folder of its own, for the length of one test. */
import { mkdtemp, rm } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { Catalog } from '../../electron/engine/catalog/catalog.ts';
import type { Caller } from '../../shared/contract/common.ts';

export const alice: Caller = { tenant: 'alice', actor: 'cli:alice' };
export const bob: Caller = { tenant: 'bob', actor: 'cli:bob' };

export type CatalogHome = AsyncDisposable & {
  readonly home: string;
  readonly file: string;
  /** Opens the catalog; one that is still open is closed at the end. */
  open(): Catalog;
};

export async function makeCatalogHome(): Promise<CatalogHome> {
  const home = await mkdtemp(join(tmpdir(), 'holdfast-catalog-'));
  const opened: Catalog[] = [];
  return {
    home,
    file: join(home, 'catalog.db'),
    open: () => {
      const catalog = new Catalog({ home });
      opened.push(catalog);
      return catalog;
    },
    [Symbol.asyncDispose]: async () => {
      await Promise.all(opened.map((catalog) => catalog.close()));
      await rm(home, { recursive: true, force: true });
    },
  };
}
