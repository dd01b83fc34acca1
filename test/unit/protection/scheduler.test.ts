import { expect, test } from 'vitest';
import { Scheduler, type ScheduledSource } from '../../../electron/engine/protection/scheduler.ts';

const nowMs = Date.parse('2026-11-25T14:00:00Z');

test('a run that has begun is due until it has ended, also where all is read anew meanwhile', async () => {
  const ended = Promise.withResolvers<boolean>();
  let answered = Date.parse('2026-11-25T13:00:00Z');
  let runs = 0;
  const present = (): ScheduledSource => ({
    name: 'papers',
    profile: {
      id: 'hourly',
      zone: 'UTC',
      periods: [{ id: 'hourly', rule: { kind: 'hourly', minute: 0 }, missed: 'catchUp', sinceMs: 0 }],
      blackouts: [],
      repository: null,
    },
    history: { answered: { 'hourly hourly': [answered] }, failed: null },
    pausedUntilMs: null,
    newestGoodAtMs: answered,
  });
  const scheduler = new Scheduler(
    {
      nowMs: () => nowMs,
      tenants: () => Promise.resolve(['default']),
      revision: () => Promise.resolve(1),
      load: () => Promise.resolve([present()]),
      obstacle: () => Promise.resolve(null),
      run: () => {
        runs += 1;
        return ended.promise;
      },
      miss: () => Promise.resolve(),
      onChange: () => undefined,
    },
    1,
  );
  await scheduler.tick();
  scheduler.changed('default');
  await scheduler.tick();
  expect(scheduler.plan('default')).toMatchObject([{ due: ['hourly'], isRunning: true, waitsFor: null }]);
  answered = nowMs;
  ended.resolve(true);
  await expect.poll(() => scheduler.plan('default')).toMatchObject([{ due: [], isRunning: false }]);
  expect(runs).toBe(1);
});
