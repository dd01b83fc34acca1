import { readdirSync } from 'node:fs';
import { link } from 'node:fs/promises';
import { join } from 'node:path';
import { afterAll, describe, test } from 'vitest';
import { expectCleanForHoldfast } from '../support/expect-clean.ts';
import { closeBrowser, openConsole } from './console.ts';
import { expect } from './expect.ts';
import {
  endedProtection,
  fact,
  goTo,
  jobsPill,
  openSource,
  protectionCard,
  protectNow,
  repositoryCard,
} from './pages/console-page.ts';
import { isTrueShare, percentOf, rateOf, seenProgress, watchProgress } from './pages/progress-recorder.ts';
import { manyFiles, prepareSource, slowFolder, slowFolderFiles, slowFolderMostlyStored, slowly } from './prepared.ts';

afterAll(closeBrowser);

const files = 20_000;
const patience = { timeout: 300_000 };

describe('protecting a folder of 20,000 files', () => {
  test('shows progress that is true while it runs, and the same totals everywhere once it is over', async () => {
    await using opened = await openConsole();
    const { workspace } = opened;
    const folder = await manyFiles(workspace, files);
    // What is read after all names are known, so that there is a share to watch.
    const slow = await slowFolder(workspace);
    for (const name of readdirSync(slow)) await link(join(slow, name), join(folder, `z-${name}`));
    await prepareSource(workspace, { name: 'many', path: folder, readsAtMost: slowly });

    const overview = await opened.newPage();
    const activity = await opened.newPage();
    await goTo(activity, 'Activity');
    await watchProgress(overview, 'many');
    await watchProgress(activity, 'many');
    await protectNow(overview, 'many');
    await goTo(overview, 'Overview');
    await expect(protectionCard(activity, 'many')).toBeVisible();
    await expect(endedProtection(activity)).toContainText('done', patience);
    await expect(jobsPill(overview)).toHaveText('idle');

    const [onOverview, onActivity] = [await seenProgress(overview), await seenProgress(activity)];
    for (const seen of [onOverview, onActivity]) {
      const percents = seen.map(percentOf);
      const known = percents.filter((percent) => percent !== null);
      expect(new Set(known).size, 'so many shares were seen').toBeGreaterThan(5);
      expect(known, 'it only grows').toEqual(known.toSorted((a, b) => a - b));
      expect(Math.max(...known)).toBeLessThanOrEqual(100);
      expect(percents[0], 'the whole is not known at first').toBeNull();
      for (const moment of seen) {
        expect(percentOf(moment) === null, `a share only of a known whole: ${moment.card}`).toBe(
          !moment.card.includes(' of '),
        );
        expect(moment.bar, moment.card).toBe(percentOf(moment));
        expect(isTrueShare(moment), `the share of the amounts beside it: ${moment.card}`).toBe(true);
        expect(rateOf(moment.card), 'one thing runs, so the top bar shows its speed').toBe(rateOf(moment.pill));
      }
    }
    const inAll = onActivity.filter(({ words }) => rateOf(words) !== null);
    expect(inAll.length).toBeGreaterThan(0);
    for (const moment of inAll) expect(rateOf(moment.words)).toBe(rateOf(moment.card));
    const shown = new Set(onActivity.map(({ card }) => card));
    const same = onOverview.filter((moment) => percentOf(moment) !== null && shown.has(moment.card));
    expect(new Set(same.map(percentOf)).size, 'both screens say the same of a moment').toBeGreaterThan(3);

    const all = (files + slowFolderFiles).toLocaleString('en');
    await expect(endedProtection(activity)).toContainText(`${all} new and 0 changed files`);
    await endedProtection(activity).click();
    await expect(fact(activity, 'Items')).toHaveText(all);
    const size = await fact(activity, 'Data').innerText();
    await expect(overview.getByRole('grid', { name: 'Sources, worst first' }).getByRole('row').nth(1)).toContainText(
      size,
    );
    await expect(repositoryCard(overview)).toContainText('1 snapshot');
    await openSource(overview, 'many');
    await expect(fact(overview, 'Files')).toHaveText(all);
    await expect(fact(overview, 'Size')).toHaveText(size);
    const snapshot = overview.getByRole('grid', { name: 'Snapshots of many' }).getByRole('row').nth(1);
    await expect(snapshot).toContainText(all);
    await expect(snapshot).toContainText(size);
    await goTo(overview, 'Snapshots');
    await expect(overview.getByRole('grid', { name: 'Sources with snapshots' }).getByRole('row').nth(1)).toContainText(
      size,
    );
  });
});

describe('a protection that is cancelled', () => {
  test('is shown as cancelled, leaves no snapshot, and the next one reuses what it has stored', async () => {
    await using opened = await openConsole();
    const { workspace } = opened;
    const folder = await slowFolder(workspace);
    await prepareSource(workspace, { name: 'large', path: folder, readsAtMost: slowly });
    const page = await opened.newPage();
    await protectNow(page, 'large');
    await goTo(page, 'Activity');
    const card = protectionCard(page, 'large');
    await expect(card).toContainText(slowFolderMostlyStored, patience);
    await card.getByRole('button', { name: 'Cancel' }).click();
    const question = page.getByRole('dialog', { name: 'Stop this job?' });
    await expect(question).toContainText('What it has stored already is reused by the next one');
    await question.getByRole('button', { name: 'Stop it' }).click();
    await expect(card).toBeHidden();
    await expect(endedProtection(page)).toContainText('cancelled');
    await goTo(page, 'Overview');
    await expect(page.getByRole('heading', { level: 1 })).toContainText('The one source has no good snapshot.');
    await expect(repositoryCard(page)).toContainText('0 snapshots');

    await goTo(page, 'Activity');
    await endedProtection(page).click();
    await page.getByRole('button', { name: 'Run again' }).click();
    const outcome = page.getByText(
      new RegExp(String.raw`^Snapshot \w{8}: ${slowFolderFiles} new and 0 changed files, .* MiB added\.$`),
    );
    await expect(outcome).toBeVisible(patience);
    await expect(page.getByRole('main')).toContainText('done');
    const added = Number(/([\d.]+) MiB added/.exec(await outcome.innerText())?.[1]);
    // 96 MiB are in the folder.
    expect(added, 'what had been stored is reused').toBeLessThan(94);
    await expect(page.getByRole('navigation', { name: 'Areas' })).toContainText(/Snapshots\s*1/);
    await expectCleanForHoldfast(workspace);
  });
});
