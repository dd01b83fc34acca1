import { setTimeout as sleep } from 'node:timers/promises';
import { afterEach, beforeEach, describe, expect, test } from 'vitest';
import { streamAnswer, streamJob } from '../../../electron/engine/api/stream-job.ts';
import { JobBook } from '../../../electron/engine/jobs/job-book.ts';
import { JobRunner } from '../../../electron/engine/jobs/runner.ts';
import type { Voice } from '../../../electron/engine/jobs/voice.ts';
import { alice, makeCatalogHome, type CatalogHome } from '../../support/catalog-home.ts';

type Planned = { readonly type: 'planned'; readonly number: number };
const many = 1000;

let home: CatalogHome;
let context: Parameters<typeof streamJob>[0]['context'];
let said: number;

beforeEach(async () => {
  home = await makeCatalogHome();
  const catalog = home.open();
  const jobBook = new JobBook(catalog, () => undefined);
  const clock = { nowMs: () => Date.now(), monotonicMs: () => performance.now() };
  const jobs = new JobRunner({ book: jobBook, clock, limits: { slots: 2, backgroundSlots: 1 } });
  context = { caller: alice, jobs, stays: false };
  said = 0;
});
afterEach(() => home[Symbol.asyncDispose]());

const plan = async ({ say, signal }: Voice<Planned>): Promise<number> => {
  for (let number = 0; number < many && !signal.aborted; number++) {
    await say({ type: 'planned', number });
    said += 1;
  }
  return said;
};

const streams = {
  'a job': () =>
    streamJob<number, Planned>(
      { context },
      {
        kind: 'restore plan',
        title: 'x',
        priority: 'urgent',
        repository: { location: '/r', use: 'read' },
        detach: false,
        judge: () => ({ state: 'done', summary: null }),
      },
      plan,
    ),
  'an answer': () => streamAnswer<number, Planned>(undefined, plan),
};

describe.each(Object.entries(streams))('what %s says without end', (_, open) => {
  test('does not run ahead of a reader that stands still, and comes whole and in order', async () => {
    const numbers: number[] = [];
    let result: number | null = null;
    for await (const event of open()) {
      if (event.type === 'planned') {
        numbers.push(event.number);
        if (numbers.length === 1) await sleep(50);
        expect(said - numbers.length).toBeLessThan(50);
      }
      if (event.type === 'done') result = event.result;
    }
    expect(numbers).toEqual(Array.from({ length: many }, (_unused, number) => number));
    expect(result).toBe(many);
  });

  test('ends when its reader leaves in the middle', async () => {
    for await (const event of open()) if (event.type === 'planned') break;
    expect(said).toBeLessThan(50);
    await context.jobs.whenIdle();
  });
});
