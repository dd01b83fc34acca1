/** The longest task of the page's main thread, by the time it had a core: others may have had them all. */
import type { Page } from '@playwright/test';
import { z } from 'zod';

const traceSchema = z.object({
  traceEvents: z.array(
    z.looseObject({
      name: z.string(),
      pid: z.number(),
      tid: z.number(),
      /** Microseconds: of the clock, and of the thread itself. */
      dur: z.number().optional(),
      tdur: z.number().optional(),
      args: z.looseObject({ name: z.unknown() }).partial().optional(),
    }),
  ),
});

export async function watchOwnTasks(page: Page): Promise<{ longestMs(): Promise<number> }> {
  const browser = page.context().browser();
  if (browser === null) throw new Error('The page has no browser of its own.');
  await browser.startTracing(page, { categories: ['disabled-by-default-devtools.timeline', '__metadata', 'toplevel'] });
  return {
    longestMs: async () => {
      const { traceEvents } = traceSchema.parse(JSON.parse((await browser.stopTracing()).toString('utf8')));
      const mains = new Set(
        traceEvents
          .filter(({ name, args }) => name === 'thread_name' && args?.name === 'CrRendererMain')
          .map(({ pid, tid }) => `${pid} ${tid}`),
      );
      const tasks = traceEvents.filter(({ name, pid, tid }) => name.endsWith('RunTask') && mains.has(`${pid} ${tid}`));
      if (tasks.every(({ tdur }) => tdur === undefined)) return Number.NaN;
      return Math.max(0, ...tasks.map(({ tdur = 0 }) => tdur)) / 1000;
    },
  };
}
