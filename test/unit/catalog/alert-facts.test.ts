import { expect, test } from 'vitest';
import type { Catalog } from '../../../electron/engine/catalog/catalog.ts';
import type { EndedRunState } from '../../../electron/engine/catalog/protection-runs.ts';
import { alice, bob, makeCatalogHome } from '../../support/catalog-home.ts';

const atMs = Date.parse('2026-11-25T18:00:00Z');
const thawed = 'The engine ended while it was frozen; the next one has thawed it.';

async function runOf(catalog: Catalog, run: string, state: EndedRunState, consistencyProblem?: string): Promise<void> {
  await catalog.write('protectionRuns.ask', alice, {
    run,
    engine: run,
    source: 'database',
    profile: null,
    periods: [],
    occurrenceMs: null,
    askedAtMs: atMs,
    late: false,
  });
  const problem = consistencyProblem === undefined ? {} : { consistencyProblem };
  await catalog.write('protectionRuns.end', alice, { run, state, endedAtMs: atMs, ...problem });
}

test('an engine that ended while it held a source is known until a run says how the source is', async () => {
  await using home = await makeCatalogHome();
  const catalog = home.open();
  const lost = async (caller = alice) =>
    (await catalog.read('alertFacts.of', caller, { sources: ['database'] }))['database']?.lostWhileHeld;
  await runOf(catalog, 'a', 'complete');
  expect(await lost()).toBeNull();
  await runOf(catalog, 'b', 'interrupted');
  expect(await lost()).toBeNull();
  await runOf(catalog, 'c', 'interrupted', thawed);
  expect(await lost()).toEqual({ run: 'c', problem: thawed });
  expect(await lost(bob)).toBeNull();
  // Whoever was told to end says nothing of it.
  await runOf(catalog, 'd', 'cancelled');
  expect(await lost()).toMatchObject({ run: 'c' });
  await runOf(catalog, 'e', 'complete');
  expect(await lost()).toBeNull();
});
