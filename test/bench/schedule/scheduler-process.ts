/**
 * The scheduler by itself on the real catalog, through a day of its clock: `scheduler-process.ts <home> <start> <hours>`. In
 * place of runs stands what they write into the book: asked, begun, ended well.
 */
import { Catalog } from '../../../electron/engine/catalog/catalog.ts';
import { loadSources } from '../../../electron/engine/api/scheduled-runs.ts';
import { RunHistory } from '../../../electron/engine/protection/run-history.ts';
import { Scheduler } from '../../../electron/engine/protection/scheduler.ts';
import { caller } from './sizes.ts';
import { tickMs, ticksBetweenSamples, usageNow, type Day, type Usage } from './usage.ts';

const dayMs = 24 * 3_600_000;
const [home = '', start = '', hours = ''] = process.argv.slice(2);
process.send?.(await simulate(Number(start), Number(hours)));
process.disconnect();

async function simulate(startMs: number, simulatedHours: number): Promise<Day> {
  let nowMs = startMs;
  let runs = 0;
  const underWay = new Set<Promise<boolean>>();
  const catalog = new Catalog({ home });
  const history = new RunHistory(catalog, () => nowMs);
  const run = async (source: string, profile: string, periods: readonly string[], occurrenceMs: number) => {
    const id = await history.ask(caller, { source, profile, periods, occurrenceMs, late: false });
    await history.begin(caller, id, id, 'f'.repeat(64));
    await catalog.write('protectionRuns.end', caller, {
      run: id,
      state: 'complete',
      endedAtMs: nowMs,
      snapshot: 'e'.repeat(64),
    });
    runs += 1;
    return true;
  };
  const scheduler = new Scheduler(
    {
      nowMs: () => nowMs,
      tenants: () => Promise.resolve([caller.tenant]),
      revision: async () => (await catalog.read('configuration.state', caller, null))?.revision ?? 0,
      load: (_tenant, names) => loadSources({ home, catalog, caller }, names, nowMs),
      obstacle: () => Promise.resolve(null),
      run: (_tenant, source, profile, { periods, occurrenceMs }) => {
        const running = run(source, profile, periods, occurrenceMs);
        underWay.add(running);
        void running.finally(() => underWay.delete(running));
        return running;
      },
      miss: (_tenant, source, profile, { period, occurrenceMs }) =>
        history.miss(caller, { source, profile, periods: [period], occurrenceMs, late: true }),
      onChange: () => undefined,
    },
    2,
  );
  const settled = async (): Promise<void> => {
    let before: number;
    do {
      before = runs;
      await scheduler.tick();
      while (underWay.size > 0) {
        await Promise.all(underWay);
        // What has ended is looked up before the next begins.
        await new Promise((resolve) => setTimeout(resolve, 1));
        await scheduler.tick();
      }
    } while (runs > before);
  };
  await settled();
  // A day that is not counted: the catalog keeps more and more pages in memory until it has as many as it may.
  for (const endMs = nowMs + dayMs; nowMs < endMs;) {
    nowMs += tickMs;
    await settled();
  }
  runs = 0;
  const samples: Usage[] = [];
  const before = usageNow().cpuMs;
  const ticks = (simulatedHours * 3_600_000) / tickMs;
  for (let tick = 1; tick <= ticks; tick++) {
    nowMs += tickMs;
    await settled();
    if (tick % ticksBetweenSamples === 0) samples.push(usageNow());
  }
  const { cpuMs } = usageNow();
  await catalog.close();
  return { samples, cpuMs: cpuMs - before, ticks, runs };
}
