/**
 * The scheduler alone through days of sources that are all hourly, by its own clock; in place of runs stands that they
 * ended well, a moment later. `year.ts <sources> <days>` tells its parent what it took.
 */
import { occurrences, type PeriodRule } from '../../../shared/model/occurrences.ts';
import { Scheduler, type ScheduledSource } from '../../../electron/engine/protection/scheduler.ts';

export type Year = {
  readonly days: number;
  readonly runs: number;
  /** Runs before their time or twice, and sources that have not run as often as they should. */
  readonly wrong: number;
  /** Between an occurrence and its run, at most. */
  readonly latestMs: number;
  readonly cpuSeconds: number;
  /** Of the heap after a collection: a week after the beginning, and at the end. */
  readonly heapBytes: readonly [number, number];
};

const minuteMs = 60_000;
const hourMs = 60 * minuteMs;
const dayMs = 24 * hourMs;
const zones = ['Europe/Berlin', 'America/New_York', 'Australia/Lord_Howe', 'Asia/Kolkata'];
const startMs = Date.parse('2026-01-01T00:00:00Z');

if (process.argv[2] !== undefined) {
  process.send?.(await simulate(Number(process.argv[2]), Number(process.argv[3])));
  process.disconnect();
}

async function simulate(count: number, days: number): Promise<Year> {
  const endMs = startMs + days * dayMs;
  const answered = new Float64Array(count).fill(startMs);
  const ended = new Uint32Array(count);
  const names = Array.from({ length: count }, (_, at) => `source-${at}`);
  const numbers = new Map(names.map((name, at) => [name, at]));
  let nowMs = startMs;
  let [runs, wrong, latestMs] = [0, 0, 0];
  const present = (name: string): ScheduledSource => {
    const at = numbers.get(name) ?? 0;
    return {
      name,
      profile: {
        id: 'hourly',
        zone: zoneOf(at),
        periods: [{ id: 'hourly', rule: ruleOf(at), missed: 'catchUp', sinceMs: startMs }],
        blackouts: [],
        repository: null,
      },
      history: { answered: { 'hourly hourly': [answered[at] ?? startMs] }, failed: null },
      pausedUntilMs: null,
      newestGoodAtMs: answered[at] ?? null,
    };
  };
  const scheduler = new Scheduler(
    {
      nowMs: () => nowMs,
      tenants: () => Promise.resolve(['default']),
      revision: () => Promise.resolve(1),
      load: (_tenant, wanted) => Promise.resolve((wanted ?? names).map(present)),
      obstacle: () => Promise.resolve(null),
      run: (_tenant, name, _profile, { occurrenceMs }) => {
        const at = numbers.get(name) ?? 0;
        if (occurrenceMs > nowMs || occurrenceMs <= (answered[at] ?? startMs)) wrong += 1;
        ended[at] = (ended[at] ?? 0) + 1;
        latestMs = Math.max(latestMs, nowMs - occurrenceMs);
        answered[at] = occurrenceMs;
        runs += 1;
        return Promise.resolve(true);
      },
      miss: () => {
        wrong += 1;
        return Promise.resolve();
      },
      onChange: () => undefined,
    },
    count,
  );
  const before = process.cpuUsage();
  let heapAfterAWeek = 0;
  while (nowMs < endMs) {
    await scheduler.tick();
    // Runs have ended by then, and their sources are looked at again.
    for (let turn = 0; turn < 4; turn++) await Promise.resolve();
    await scheduler.tick();
    nowMs = Math.min(endMs, Math.max(scheduler.nextMs() ?? endMs, nowMs + 1));
    if (heapAfterAWeek === 0 && nowMs >= startMs + Math.min(7, days / 2) * dayMs) heapAfterAWeek = heapNow();
  }
  const { user, system } = process.cpuUsage(before);
  const heapBytes = [heapAfterAWeek, heapNow()] as const;
  for (const [at, times] of ended.entries()) {
    wrong += Math.abs(occurrences(ruleOf(at), zoneOf(at), startMs, endMs - hourMs).length - times) > 1 ? 1 : 0;
  }
  return {
    days,
    runs,
    wrong,
    latestMs,
    cpuSeconds: (user + system) / 1e6,
    heapBytes,
  };
}

function ruleOf(source: number): PeriodRule {
  return { kind: 'hourly', minute: source % 60 };
}

function zoneOf(source: number): string {
  return zones[source % zones.length] ?? 'UTC';
}

function heapNow(): number {
  globalThis.gc?.();
  return process.memoryUsage().heapUsed;
}
