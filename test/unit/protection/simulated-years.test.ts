import { expect, test } from 'vitest';
import { Scheduler, type ScheduledSource, type SchedulerPorts } from '../../../electron/engine/protection/scheduler.ts';
import { occurrences, type PeriodRule } from '../../../shared/model/occurrences.ts';
import type { SchedulePeriod } from '../../../shared/model/schedule.ts';
import { amount } from '../../support/torture/rounds.ts';

const minute = 60_000;
const hour = 60 * minute;
const day = 24 * hour;
const years = 3;
/** Of each kind several, and in `npm run test:torture` an office. */
const sources = amount(60, 200);
const seed = 20_261_125;

/** Two zones whose clocks change in other weeks, one that changes by half an hour, one that never does. */
const zones = ['Europe/Berlin', 'America/New_York', 'Australia/Lord_Howe', 'Asia/Kolkata'];
const start = Date.parse('2026-01-01T00:00:00Z');
const end = start + years * 365 * day;

/** Numbers that look like chance and are the same each time. */
function chance(from: number): () => number {
  let state = from;
  return () => {
    state = (Math.imul(state, 1_664_525) + 1_013_904_223) >>> 0;
    return state / 2 ** 32;
  };
}

type Run = { readonly periods: readonly string[]; readonly occurrenceMs: number; readonly beganMs: number };
type Simulated = {
  readonly periods: readonly SchedulePeriod[];
  readonly zone: string;
  readonly answered: Record<string, number>;
  failed: { count: number; endedAtMs: number } | null;
  readonly runs: Run[];
  /** Occurrences whose run has failed, or was lost with its engine. */
  readonly failures: Set<number>;
  readonly missed: { readonly period: string; readonly occurrenceMs: number; readonly atMs: number }[];
};

/** An office of sources: most daily and weekly, some monthly, every tenth by the hour. */
function office(random: () => number): readonly Simulated[] {
  return Array.from({ length: sources }, (_, index) => {
    const minuteOf = Math.floor(random() * 60);
    const hourOf = Math.floor(random() * 24);
    const rules: [string, PeriodRule][] = [
      ['daily', { kind: 'daily', hour: hourOf, minute: minuteOf }],
      ['weekly', { kind: 'weekly', weekday: 1 + (index % 7), hour: hourOf, minute: minuteOf }],
      ['monthly', { kind: 'monthly', day: 31, hour: 2, minute: 30 }],
    ];
    if (index % 10 === 0) rules.push(['hourly', { kind: 'hourly', minute: minuteOf }]);
    return {
      zone: zones[index % zones.length] ?? 'UTC',
      periods: rules.map(([id, rule]) => ({
        id,
        rule,
        missed: index % 3 === 0 ? ('skip' as const) : ('catchUp' as const),
        sinceMs: start,
      })),
      answered: {},
      failed: null,
      runs: [],
      failures: new Set(),
      missed: [],
    };
  });
}

/** Plays the years: the engine is asleep, killed, or at work; runs end well, fail, or are lost with their engine. */
async function play(all: readonly Simulated[], random: () => number) {
  let now = start;
  const sleeps: { readonly fromMs: number; readonly toMs: number }[] = [];
  /** Runs of an engine that is no longer there never end. */
  let life = 0;
  const pending: (() => void)[] = [];
  const named = new Map(all.map((source, index) => [`s${index}`, source]));
  const present = (name: string, source: Simulated): ScheduledSource => ({
    name,
    profile: { id: 'p', zone: source.zone, periods: source.periods, blackouts: [], repository: null },
    history: {
      answered: Object.fromEntries(Object.entries(source.answered).map(([period, ms]) => [`p ${period}`, [ms]])),
      failed: source.failed,
    },
    pausedUntilMs: null,
    newestGoodAtMs: source.runs.at(-1)?.beganMs ?? null,
  });
  const portsOf = (mine: number): SchedulerPorts => ({
    nowMs: () => now,
    tenants: () => Promise.resolve(['t']),
    revision: () => Promise.resolve(1),
    load: (_, names) =>
      Promise.resolve(
        (names ?? [...named.keys()]).flatMap((name) => {
          const source = named.get(name);
          return source === undefined ? [] : [present(name, source)];
        }),
      ),
    obstacle: () => Promise.resolve(null),
    run: async (_, name, __, due) => {
      const source = named.get(name);
      if (source === undefined) return false;
      const beganMs = now;
      await new Promise<void>((resolve) => pending.push(resolve));
      // Killed in the middle: nothing was written down, and nothing became of it.
      if (life !== mine) {
        source.failures.add(due.occurrenceMs);
        return true;
      }
      if (random() < 0.01) {
        source.failures.add(due.occurrenceMs);
        source.failed = { count: (source.failed?.count ?? 0) + 1, endedAtMs: now };
        return true;
      }
      source.failed = null;
      source.runs.push({ periods: due.periods, occurrenceMs: due.occurrenceMs, beganMs });
      for (const period of due.periods) source.answered[period] = due.occurrenceMs;
      return true;
    },
    miss: (_, name, __, { period, occurrenceMs }) => {
      const source = named.get(name);
      source?.missed.push({ period, occurrenceMs, atMs: now });
      if (source !== undefined) source.answered[period] = occurrenceMs;
      return Promise.resolve();
    },
    onChange: () => undefined,
  });
  let scheduler = new Scheduler(portsOf(life), sources);
  let kills = 0;
  while (now < end) {
    await scheduler.tick();
    // Runs take a moment, and then the sources are looked at again.
    now += 20_000;
    if (pending.length > 0 && random() < 0.0005) {
      // Killed while they run, and started again at once.
      kills += 1;
      life += 1;
      scheduler = new Scheduler(portsOf(life), sources);
    }
    for (const done of pending.splice(0)) done();
    for (let turn = 0; turn < 4; turn++) await Promise.resolve();
    await scheduler.tick();
    const next = Math.max(scheduler.nextMs() ?? end, now + 1);
    if (random() < 0.0004) {
      // Asleep for hours or days; half of the time the engine did not come through it.
      const toMs = now + Math.floor(random() * (random() < 0.1 ? 20 * day : 14 * hour));
      sleeps.push({ fromMs: now, toMs });
      now = toMs;
      if (random() < 0.5) {
        life += 1;
        pending.splice(0);
        scheduler = new Scheduler(portsOf(life), sources);
      }
      continue;
    }
    now = Math.min(end, next);
  }
  return { sleeps, kills };
}

test('three years of sources with sleeps, kills and clocks that change: nothing early, doubled or lost', async () => {
  const random = chance(seed);
  const all = office(random);
  const { sleeps, kills } = await play(all, random);
  const wasAwake = (fromMs: number, toMs: number): boolean =>
    !sleeps.some((sleep) => sleep.fromMs < toMs && sleep.toMs > fromMs);
  const counts = { runs: 0, early: 0, doubled: 0, lost: 0, late: 0 };
  for (const { periods, zone, runs, missed, failures } of all) {
    counts.runs += runs.length;
    counts.early += runs.filter(({ occurrenceMs, beganMs }) => beganMs < occurrenceMs).length;
    for (const { id, rule } of periods) {
      const due = occurrences(rule, zone, start, end - day);
      const answers = runs.filter((run) => run.periods.includes(id));
      const answered = answers.map(({ occurrenceMs }) => occurrenceMs);
      counts.doubled += answered.length - new Set(answered).size;
      const told = new Set(missed.filter(({ period }) => period === id).map(({ occurrenceMs }) => occurrenceMs));
      let at = 0;
      for (const [index, occurrenceMs] of due.entries()) {
        while ((answers[at]?.occurrenceMs ?? Infinity) < occurrenceMs) at += 1;
        const answer = answers[at];
        // A later run of the period stands for all that came while nothing could run.
        const untilMs = answer?.beganMs ?? end;
        const isOwn = answer?.occurrenceMs === occurrenceMs;
        if (isOwn && wasAwake(occurrenceMs - minute, untilMs) && untilMs - occurrenceMs > 3 * hour) counts.late += 1;
        if (isOwn || told.has(occurrenceMs)) continue;
        // What failed is tried again until the next one takes its place, or until the machine sleeps.
        const giveUpMs = failures.has(occurrenceMs) ? (due[index + 1] ?? end) + 2 * minute : occurrenceMs + 2 * minute;
        const isReplaced = failures.has(occurrenceMs) && answer?.occurrenceMs === due[index + 1];
        if (wasAwake(occurrenceMs - minute, giveUpMs) && !isReplaced) counts.lost += 1;
      }
    }
  }
  expect(counts).toMatchObject({ early: 0, doubled: 0, lost: 0, late: 0 });
  // It did happen.
  expect(counts.runs).toBeGreaterThan(2_500 * sources);
  expect(sleeps.length).toBeGreaterThan(50);
  expect(kills).toBeGreaterThan(20);
}, 600_000);
