import { describe, expect, it } from 'vitest';
import { trendFigures, type MeasuredRun } from '../../../shared/model/trend-figures.ts';

const run = (change: Partial<MeasuredRun>): MeasuredRun => ({
  startedAtMs: 0,
  durationMs: 1000,
  bytesTotal: 1000,
  bytesAdded: 100,
  bytesStored: 50,
  ...change,
});

describe('figures of runs', () => {
  it('are mean, longest, and what 95 of 100 stay within', () => {
    const runs = Array.from({ length: 100 }, (_, index) => run({ durationMs: index + 1 }));
    expect(trendFigures(runs).figures.durationMs).toEqual({ mean: 50.5, p95: 95, max: 100 });
    expect(trendFigures([run({})]).figures.durationMs).toEqual({ mean: 1000, p95: 1000, max: 1000 });
  });

  it('tell of new data per second, what changed, and what storing once saves', () => {
    const { figures, dedupRatio } = trendFigures([run({}), run({ durationMs: 0 })]);
    expect(figures.bytesPerSecond).toEqual({ mean: 100, p95: 100, max: 100 });
    expect(figures.changeRate?.mean).toBe(0.1);
    expect(dedupRatio).toBe(20);
  });

  it('are nothing where nothing is known', () => {
    expect(trendFigures([])).toMatchObject({ runs: 0, figures: { durationMs: null }, dedupRatio: null });
    expect(trendFigures([run({ bytesTotal: null, bytesStored: 0 })])).toMatchObject({
      figures: { bytesTotal: null, changeRate: null },
      dedupRatio: null,
    });
  });
});
