import fc from 'fast-check';
import { describe, expect, test } from 'vitest';
import { ProgressMeter } from '../../../electron/engine/jobs/progress-meter.ts';
import { jobProgressSchema } from '../../../shared/contract/jobs.ts';
import type { Progress } from '../../../shared/contract/common.ts';

const at = (doneBytes: number, totalBytes: number | null, phase = 'Reading'): Progress => ({
  phase,
  doneItems: 0,
  totalItems: null,
  doneBytes,
  totalBytes,
  currentItem: null,
  issues: 0,
});

function makeMeter() {
  const clock = { ms: 0 };
  return {
    clock,
    meter: new ProgressMeter(
      () => clock.ms,
      () => 1_000_000 + clock.ms,
    ),
  };
}

describe('the progress of a job', () => {
  test('is nothing before anything was said', () => {
    expect(makeMeter().meter.view()).toBeNull();
  });

  test('never passes the whole and never shrinks below it, whatever is reported', () => {
    const amounts = fc.record({ done: fc.nat(), total: fc.option(fc.nat()), stepMs: fc.nat(60_000) });
    fc.assert(
      fc.property(fc.array(amounts, { minLength: 1 }), (reports) => {
        const { clock, meter } = makeMeter();
        for (const { done, total, stepMs } of reports) {
          clock.ms += stepMs;
          meter.update(at(done, total));
          const view = jobProgressSchema.parse(meter.view());
          if (view.totalBytes !== null) expect(view.doneBytes).toBeLessThanOrEqual(view.totalBytes);
          if (total === null) expect([view.percent, view.remainingMs]).toEqual([null, null]);
        }
      }),
    );
  });

  test('estimates the rest once total and speed are known', () => {
    const { clock, meter } = makeMeter();
    for (let second = 0; second <= 60; second++) {
      clock.ms = second * 1000;
      meter.update(at(second * 10, second < 30 ? null : 1000));
      if (second < 30) expect(meter.view()?.remainingMs).toBeNull();
    }
    expect(meter.view()).toMatchObject({ percent: 60, measure: 'bytes' });
    expect(meter.view()?.perSecond).toBeCloseTo(10, 0);
    expect(meter.view()?.remainingMs).toBeCloseTo(40_000, -3);
  });

  test('remembers when anything last moved, not when it was last said', () => {
    const { clock, meter } = makeMeter();
    meter.update(at(5, 10));
    clock.ms = 60_000;
    meter.update(at(5, 10));
    expect(meter.view()?.movedAt).toBe(new Date(1_000_000).toISOString());
    meter.update(at(6, 10));
    expect(meter.view()?.movedAt).toBe(new Date(1_060_000).toISOString());
  });

  test('has neither speed nor estimate once the job has ended', () => {
    const { clock, meter } = makeMeter();
    for (clock.ms = 0; clock.ms < 30_000; clock.ms += 1000) meter.update(at(clock.ms, 60_000));
    meter.end();
    expect(meter.view()).toMatchObject({ perSecond: null, remainingMs: null, percent: 48 });
  });

  test('is given out as a copy', () => {
    const { meter } = makeMeter();
    meter.update(at(5, 10));
    Object.assign(meter.view() ?? {}, { doneBytes: 99 });
    expect(meter.view()?.doneBytes).toBe(5);
  });
});
