import type { Page } from '@playwright/test';
import { expect as expectValue, test, vi } from 'vitest';
import { expect, patienceMs } from './expect.ts';
import { openClockedConsole, type ClockedConsole } from './own-clock.ts';

type Shown = { readonly at: string; readonly periods: string; readonly keepUntil: string };

const hourMs = 3_600_000;
/** A Wednesday. */
const noon = Date.parse('2026-11-25T12:10:00Z');

/** The next runs as the page shows them. */
async function shownRuns(page: Page): Promise<readonly Shown[]> {
  const rows = await page.getByRole('table', { name: 'Next runs' }).getByRole('row').all();
  return Promise.all(
    rows.slice(1).map(async (row) => {
      const timeOf = async (index: number) => (await row.locator('time').nth(index).getAttribute('datetime')) ?? '';
      const periods = await row.getByRole('cell').nth(1).innerText();
      return { at: await timeOf(0), periods, keepUntil: await timeOf(1) };
    }),
  );
}

/** The runs that have ended well, with what their snapshots are for. */
async function happened({ engine: { client } }: ClockedConsole) {
  const { runs } = await client.schedule.runs({});
  return runs.toReversed().map(({ dueAt, periods, state }) => ({ at: dueAt, periods: periods.join(' + '), state }));
}

/** Times at which the snapshots that are there were taken, oldest first. */
async function present({ engine: { client }, connection }: ClockedConsole): Promise<readonly string[]> {
  const { snapshots } = await client.snapshots.list({ repository: { id: connection } });
  return snapshots.map(({ takenAt }) => new Date(takenAt).toISOString()).sort();
}

test('a profile is made, and what its preview shows is what then happens, run for run, to the end of each snapshot', async () => {
  await using console = await openClockedConsole(noon);
  const { page, origin, engine } = console;
  await page.goto(`${origin}/#/profiles/new?preset=frequent`);
  await page.getByRole('button', { name: /^Hourly/ }).click();
  await page.getByRole('textbox', { name: 'Kept for', exact: true }).fill('3');
  await expect(page.getByRole('region', { name: 'Next runs' }).getByRole('row').nth(1)).toContainText('16:00');
  await page.getByRole('button', { name: 'Make the profile' }).click();
  await expect(page.getByRole('heading', { level: 1, name: 'Frequent' })).toBeVisible();
  await expect(page.getByRole('table', { name: 'Next runs' }).getByRole('row')).toHaveCount(11);
  const shown = await shownRuns(page);
  expectValue(shown.map(({ periods }) => periods)).toEqual([...Array<string>(9).fill('Hourly'), 'Hourly + Daily']);
  await page.getByRole('combobox', { name: 'Source' }).first().click();
  await page.getByRole('option', { name: 'papers' }).first().click();
  await page.getByRole('button', { name: 'Give', exact: true }).click();
  await expect(page.getByRole('region', { name: 'Sources it counts for' })).toContainText('papers');

  const first = shown[0];
  // Three hours after the last of them, all but the one for two periods have had their time.
  for (
    let nowMs = Date.parse(first?.at ?? '');
    nowMs <= Date.parse(shown.at(-1)?.at ?? '') + 3 * hourMs;
    nowMs += hourMs
  ) {
    await console.setClock(nowMs);
    const due = shown.filter(({ at }) => Date.parse(at) <= nowMs);
    await vi.waitFor(
      async () => {
        await engine.client.schedule.plan({});
        const runs = await happened(console);
        expectValue(runs.slice(0, shown.length)).toEqual(
          due.map(({ at, periods }) => ({ at, periods: periods.toLowerCase(), state: 'complete' })),
        );
        const alive = due.filter(({ keepUntil }) => Date.parse(keepUntil) > nowMs).map(({ at }) => at);
        const isShown = (at: string) => shown.some((one) => one.at === at);
        expectValue((await present(console)).filter(isShown)).toEqual(alive);
        expectValue(Date.parse(runs.at(-1)?.at ?? '')).toBe(nowMs);
        // What each is told to live for is what was shown.
        const { snapshots } = await engine.client.retention.show({ source: 'papers' });
        const lives = snapshots
          .filter(({ takenAt }) => isShown(takenAt))
          .map(({ takenAt: at, until }) => ({ at, until }));
        const wanted = due.filter(({ at }) => alive.includes(at)).map(({ at, keepUntil: until }) => ({ at, until }));
        expectValue(lives.toReversed()).toEqual(wanted);
      },
      { timeout: patienceMs, interval: 50 },
    );
  }
  expectValue((await present(console)).filter((at) => shown.some((one) => one.at === at))).toEqual([shown.at(-1)?.at]);
});
