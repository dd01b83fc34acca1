import { expect, test } from 'vitest';
import { workOnPlan, type PlanWork } from '../../../electron/engine/recovery/plans/work-on-plan.ts';
import { PlanBook } from '../../../electron/engine/recovery/plans/plan-book.ts';
import type { Catalog } from '../../../electron/engine/catalog/catalog.ts';
import type { PlanStep } from '../../../shared/model/recovery-plans.ts';
import { alice, makeCatalogHome } from '../../support/catalog-home.ts';

const tell = (id: string, after: readonly string[]): PlanStep => ({
  id,
  title: id,
  after,
  timeLimitMs: null,
  inDrills: true,
  work: { kind: 'message', text: id },
});

/** Each answer is kept back until something else has been written, as one of a busy thread comes after one of another. */
function answeringLate(catalog: Catalog): Catalog {
  const late = async (...args: Parameters<Catalog['read']>): Promise<unknown> => {
    const answer = await catalog.read(...args);
    await new Promise((resolve) => setTimeout(resolve, 20));
    return answer;
  };
  return new Proxy(catalog, {
    get: (target, name) => {
      if (name === 'read') return late;
      const found: unknown = Reflect.get(target, name, target);
      return typeof found === 'function' ? (found as () => unknown).bind(target) : found;
    },
  });
}

async function makeRun(catalog: Catalog, steps: readonly PlanStep[]): Promise<Omit<PlanWork, 'doStep'>> {
  const book = new PlanBook(catalog, Date.now, () => undefined);
  const plan = { name: 'office', description: '', targetRtoMs: null, parameters: [], steps };
  const run = await book.create(alice, {
    plan,
    version: 1,
    values: {},
    atMs: null,
    isolation: null,
    steps: steps.map((step) => ({ step, left: null })),
  });
  book.claim(run.id);
  const nothing = (): void => undefined;
  const { signal } = new AbortController();
  return { book, caller: alice, run, signal, wait: false, onProgress: nothing, onNotice: nothing, onChange: nothing };
}

test('every step is done once, and the run ends as done, where answers of the catalog are older than what was written since', async () => {
  await using place = await makeCatalogHome();
  const ids = ['a', 'b', 'c', 'd', 'e', 'f'];
  const work = await makeRun(answeringLate(place.open()), [...ids.map((id) => tell(id, [])), tell('last', ids)]);
  const done: string[] = [];
  const ended = await workOnPlan({
    ...work,
    doStep: async ({ step }) => {
      done.push(step.id);
      await new Promise((resolve) => setTimeout(resolve, 7 * Math.max(0, ids.indexOf(step.id))));
      return { state: 'done', detail: null };
    },
  });
  expect(done.toSorted()).toEqual([...ids, 'last'].toSorted());
  expect(ended.state).toBe('done');
});
