/** What is looked at inside the page, by its own clock; as text, for it runs in the browser. */
import { setTimeout as sleep } from 'node:timers/promises';
import type { Page } from '@playwright/test';

export type Frames = { readonly medianMs: number; readonly p95Ms: number; readonly longestMs: number };

const patienceMs = 30_000;

const script = `
(() => {
  const probe = { longTasks: [], paints: {}, actedAt: 0, frames: [] };
  globalThis.probe = probe;
  new PerformanceObserver((list) => {
    for (const { startTime, duration } of list.getEntries()) probe.longTasks.push({ startTime, duration });
  }).observe({ type: 'longtask', buffered: true });
  new PerformanceObserver((list) => {
    for (const { name, startTime } of list.getEntries()) probe.paints[name] = startTime;
  }).observe({ type: 'paint', buffered: true });
  new PerformanceObserver((list) => {
    for (const { startTime } of list.getEntries()) probe.paints.largest = startTime;
  }).observe({ type: 'largest-contentful-paint', buffered: true });
  // When the frame that first had it was handed over to be shown.
  probe.whenShown = (selector) => new Promise((resolve) => {
    const look = () => {
      if (document.querySelector(selector) === null) return void requestAnimationFrame(look);
      const { port1, port2 } = new MessageChannel();
      port1.onmessage = () => resolve(performance.now());
      port2.postMessage(null);
    };
    requestAnimationFrame(look);
  });
  const note = (event) => {
    if (event.type === 'dblclick' || event.key === 'Enter') probe.actedAt = event.timeStamp;
  };
  for (const type of ['dblclick', 'keydown']) addEventListener(type, note, { capture: true });
  // Moves by so much in each frame, back from the end, and takes the time between frames.
  probe.scroll = (selector, step, count) => new Promise((resolve) => {
    const scroller = document.querySelector(selector);
    const times = [];
    let before = null;
    let by = step;
    const move = (now) => {
      if (before !== null) times.push(now - before);
      before = now;
      if (times.length >= count) return void resolve(times);
      const end = scroller.scrollHeight - scroller.clientHeight;
      if (scroller.scrollTop + by > end || scroller.scrollTop + by < 0) by = -by;
      scroller.scrollTop += by;
      requestAnimationFrame(move);
    };
    requestAnimationFrame(move);
  });
})();
`;

export async function installProbe(page: Page): Promise<void> {
  await page.addInitScript(script);
}

/** Milliseconds of the page's clock. */
export async function whenShown(page: Page, selector: string): Promise<number> {
  const late = sleep(patienceMs, null, { ref: false });
  const shown = await Promise.race([page.evaluate<number>(`probe.whenShown(${JSON.stringify(selector)})`), late]);
  if (shown === null) throw new Error(`Never shown: ${selector}, at ${page.url()}`);
  return shown;
}

export async function actedAt(page: Page): Promise<number> {
  return page.evaluate<number>('probe.actedAt');
}

export async function paints(page: Page): Promise<{ readonly first: number; readonly largest: number }> {
  await page.waitForFunction(`probe.paints['first-contentful-paint'] !== undefined && 'largest' in probe.paints`);
  const found = await page.evaluate<Record<string, number>>('probe.paints');
  return { first: found['first-contentful-paint'] ?? Number.NaN, largest: found['largest'] ?? Number.NaN };
}

/** The longest task that began after a time of the page's clock, where one took more than 50 ms; else 0. */
export async function longestTask(page: Page, sinceMs: number): Promise<number> {
  const durations = await page.evaluate<number[]>(
    `probe.longTasks.filter(({ startTime }) => startTime >= ${sinceMs}).map(({ duration }) => duration)`,
  );
  return Math.max(0, ...durations);
}

export async function pageNow(page: Page): Promise<number> {
  return page.evaluate<number>('performance.now()');
}

export async function scrollFrames(page: Page, selector: string, step: number, count: number): Promise<Frames> {
  const times = await page.evaluate<number[]>(`probe.scroll(${JSON.stringify(selector)}, ${step}, ${count})`);
  const sorted = times.toSorted((a, b) => a - b);
  const at = (part: number): number => sorted[Math.min(sorted.length - 1, Math.floor(sorted.length * part))] ?? 0;
  return { medianMs: at(0.5), p95Ms: at(0.95), longestMs: at(1) };
}
