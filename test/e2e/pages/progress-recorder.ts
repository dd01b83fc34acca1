/** Keeps everything a page has shown of a running protection, each time anything on it changes. */
import type { Page } from '@playwright/test';

export type Moment = {
  /** All words of the card. */
  readonly card: string;
  /** What the bar tells those who do not see it; null: nothing. */
  readonly bar: number | null;
  /** What the top bar says of jobs. */
  readonly pill: string;
  /** What the screen says below its title. */
  readonly words: string;
};

/** Runs in the page, which the types of tests know nothing of. */
const recorder = (card: string): string => `
  (() => {
    const seen = (window.seenProgress = []);
    const look = () => {
      const card = document.querySelector(${JSON.stringify(card)});
      const bar = card?.querySelector('[role=progressbar]') ?? null;
      if (bar === null) return;
      const now = bar.getAttribute('aria-valuenow');
      const moment = {
        card: card.innerText,
        bar: now === null ? null : Number(now),
        pill: document.querySelector('header a[href$="/activity"]').innerText,
        words: document.querySelector('main h1')?.closest('header').innerText ?? '',
      };
      if (JSON.stringify(moment) !== JSON.stringify(seen.at(-1))) seen.push(moment);
    };
    const all = { subtree: true, childList: true, characterData: true, attributes: true };
    new MutationObserver(look).observe(document.body, all);
  })()`;

/** From now on, whichever screen the page shows. */
export async function watchProgress(page: Page, source: string): Promise<void> {
  await page.evaluate(recorder(`main article[aria-label="Protection: ${source}"]`));
}

export async function seenProgress(page: Page): Promise<readonly Moment[]> {
  return page.evaluate<Moment[]>('window.seenProgress');
}

export function percentOf({ card }: Moment): number | null {
  const found = /^(\d+) %$/m.exec(card)?.[1];
  return found === undefined ? null : Number(found);
}

const unitBytes: Readonly<Record<string, number>> = { B: 1, KiB: 2 ** 10, MiB: 2 ** 20, GiB: 2 ** 30 };

/** Whether the share is that of the amounts beside it, as far as they are rounded; true without any. */
export function isTrueShare(moment: Moment): boolean {
  const percent = percentOf(moment);
  const [, done, doneUnit, total, totalUnit] = /([\d.]+) (\w+) of ([\d.]+) (\w+)/.exec(moment.card) ?? [];
  if (percent === null || doneUnit === undefined || totalUnit === undefined) return percent === null;
  const bytes = (amount: number, unit: string): number => amount * (unitBytes[unit] ?? Number.NaN);
  const half = 0.051;
  const least = bytes(Number(done) - half, doneUnit) / bytes(Number(total) + half, totalUnit);
  const most = bytes(Number(done) + half, doneUnit) / bytes(Number(total) - half, totalUnit);
  return percent >= Math.floor(least * 100) && percent <= Math.min(100, most * 100);
}

/** `14.7 MiB/s`; null where none is said. */
export function rateOf(text: string): string | null {
  return /[\d.,]+ \w+\/s/.exec(text)?.[0] ?? null;
}
