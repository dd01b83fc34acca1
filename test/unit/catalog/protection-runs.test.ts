import { expect, test } from 'vitest';
import type { Catalog } from '../../../electron/engine/catalog/catalog.ts';
import type { EndedRunState } from '../../../electron/engine/catalog/protection-runs.ts';
import { alice, makeCatalogHome } from '../../support/catalog-home.ts';

const due = Date.parse('2026-11-25T18:00:00Z');

const ask = (catalog: Catalog, run: string, occurrenceMs: number | null = due) =>
  catalog.write('protectionRuns.ask', alice, {
    run,
    engine: run,
    source: 'papers',
    profile: occurrenceMs === null ? null : 'p',
    periods: ['daily'],
    occurrenceMs,
    askedAtMs: due,
    late: false,
  });
const end = (catalog: Catalog, run: string, state: EndedRunState) =>
  catalog.write('protectionRuns.end', alice, { run, state, endedAtMs: due });

test('an occurrence that is being answered, or has been, is not begun a second time, whoever asks', async () => {
  await using home = await makeCatalogHome();
  const catalog = home.open();
  await ask(catalog, 'a');
  await expect(ask(catalog, 'b')).rejects.toMatchObject({ code: 'RUN_UNDER_WAY' });
  await end(catalog, 'a', 'complete');
  await expect(ask(catalog, 'c')).rejects.toMatchObject({ code: 'RUN_UNDER_WAY' });
  await ask(catalog, 'd', due + 86_400_000);
});

test('one whose run has failed, or was lost with its engine, is tried again', async () => {
  await using home = await makeCatalogHome();
  const catalog = home.open();
  await ask(catalog, 'a');
  await end(catalog, 'a', 'failed');
  await ask(catalog, 'b');
  await end(catalog, 'b', 'interrupted');
  await ask(catalog, 'c');
});

test('runs by hand stand in nobody’s way', async () => {
  await using home = await makeCatalogHome();
  const catalog = home.open();
  await ask(catalog, 'a', null);
  await ask(catalog, 'b', null);
  await ask(catalog, 'c');
});
