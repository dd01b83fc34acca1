import type { Page } from '@playwright/test';
import { afterAll, beforeAll, describe, test } from 'vitest';
import { closeBrowser, openConsole, type Console } from './console.ts';
import { expect } from './expect.ts';
import { Inspector } from './pages/inspector.ts';
import { SnapshotsPage } from './pages/snapshots.ts';
import { preparePapers, preparePile } from './papers.ts';

describe('on the screen about compliance', () => {
  let console: Console;
  let page: Page;
  let inspector: Inspector;

  beforeAll(async () => {
    console = await openConsole({
      prepare: async (workspace) => {
        await preparePapers(workspace);
        await preparePile(3)(workspace);
      },
    });
    page = await console.newPage({ width: 1024, height: 700 });
    inspector = new Inspector(page);
  });
  afterAll(async () => {
    await console[Symbol.asyncDispose]();
    await closeBrowser();
  });

  const main = () => page.getByRole('main');
  const dialog = (name: string) => page.getByRole('dialog', { name });

  test('a case is opened, given a source and a single snapshot, and closed with a reason', async () => {
    await inspector.visit('/recovery/compliance', 'Compliance');
    await main().getByRole('button', { name: 'Open a case…' }).click();
    const opening = dialog('Open a case');
    await expect(opening.getByRole('button', { name: 'Open the case' })).toBeDisabled();
    await opening.getByRole('textbox', { name: 'Reference' }).fill('2026-117');
    await opening.getByRole('textbox', { name: 'Asked for by' }).fill('counsel');
    await opening.getByRole('textbox', { name: 'Reason' }).fill('a suit');
    await opening.getByLabel('To be reviewed').fill('2027-01-31');
    await inspector.look('opening a case');
    await opening.getByRole('button', { name: 'Open the case' }).click();
    await expect(page.getByRole('dialog')).toHaveCount(0);
    await expect(main()).toContainText('It holds nothing yet.');

    await main().getByRole('button', { name: 'Change or add to 2026-117' }).click();
    await dialog('Case 2026-117').getByRole('checkbox', { name: 'papers' }).check();
    await dialog('Case 2026-117').getByRole('button', { name: 'Save', exact: true }).click();
    await expect(main()).toContainText('Held: all of papers, 3 snapshots so far.');

    const snapshots = new SnapshotsPage(page);
    await snapshots.open('pile');
    await main().getByRole('button', { name: 'Hold…', exact: true }).click();
    const hold = dialog('Hold this snapshot');
    await hold.getByRole('textbox', { name: 'Reason' }).fill('the suit wants it');
    await hold.getByRole('combobox', { name: 'For a case' }).click();
    await page.getByRole('option', { name: '2026-117' }).click();
    await hold.getByRole('button', { name: 'Hold', exact: true }).click();
    await expect(page.getByRole('dialog')).toHaveCount(0);
    await inspector.visit('/recovery/compliance', 'Compliance');
    await expect(main()).toContainText('Held: all of papers, 3 snapshots so far; 1 single snapshot.');
    await inspector.look('compliance with a case');

    await main().getByRole('button', { name: 'Close 2026-117' }).click();
    const closing = dialog('Close the case 2026-117');
    await expect(closing).toContainText('3 snapshots of its sources and 1 single snapshot');
    await expect(closing.getByRole('button', { name: 'Close the case' })).toBeDisabled();
    await closing.getByRole('textbox').fill('settled');
    await inspector.look('closing a case');
    await closing.getByRole('button', { name: 'Close the case' }).click();
    await expect(main()).toContainText('closed, still held');
    await expect(main()).toContainText('settled');
    await main().getByRole('button', { name: 'Open 2026-117 again' }).click();
    await expect(main().getByRole('button', { name: 'Close 2026-117' })).toBeVisible();
    inspector.expectNothing();
  });

  test('what is asked of a profile is changed, and taken back to what is usual', async () => {
    await inspector.visit('/profiles/new?preset=frequent', 'New profile');
    await main().getByRole('button', { name: 'Make the profile' }).click();
    await expect(page.getByRole('heading', { level: 1, name: 'Frequent' })).toBeVisible();
    await inspector.visit('/recovery/compliance', 'Compliance');
    await expect(main()).toContainText('None of 2 sources is kept as asked. 2 fall short:');
    await main().getByRole('button', { name: 'Change what is asked of Frequent' }).click();
    const asked = dialog('What is asked of Frequent');
    await asked.getByRole('textbox', { name: 'Off-site' }).fill('2');
    await inspector.look('what is asked');
    await asked.getByRole('button', { name: 'Save', exact: true }).click();
    await expect(main()).toContainText('3 copies in 2 failure domains, 2 off-site');
    await main().getByRole('button', { name: 'Change what is asked of Frequent' }).click();
    await asked.getByRole('button', { name: 'Ask what is usual' }).click();
    await expect(main()).toContainText('3 copies in 2 failure domains, 1 off-site');
    inspector.expectNothing();
  });

  test('no column is cut in a small window', async () => {
    await inspector.visit('/recovery/compliance', 'Compliance');
    const table = page.getByRole('grid', { name: 'Sources' });
    await expect(table.getByRole('row').nth(2)).toBeVisible();
    // As text: there are no types of a page here.
    const beyond: unknown = await page.evaluate(
      `(() => { const { scrollWidth, clientWidth } = document.querySelector('[role=grid][aria-label=Sources]'); return scrollWidth - clientWidth; })()`,
    );
    expect(beyond).toBe(0);
  });

  test('what could not be asked for is not said to be empty, and comes when it is asked again', async () => {
    await page.route('**/rpc/compliance/report', (route) => route.abort());
    await page.reload();
    await inspector.visit('/recovery/compliance', 'Compliance');
    await expect(main().getByText('It could not be asked for.')).toBeVisible();
    await expect(main()).not.toContainText('No source is registered');
    await page.unroute('**/rpc/compliance/report');
    await main().getByRole('button', { name: 'Try again' }).click();
    await expect(page.getByRole('grid', { name: 'Sources' }).getByRole('row', { name: /papers/ })).toBeVisible();
  });

  test('an address that leads nowhere says so, and leads on', async () => {
    for (const [address, words, link] of [
      ['/recovery/nonsense', 'There is no such restore', 'All restores'],
      ['/recovery/0123456789abcdef', 'There is no such restore', 'All restores'],
      ['/recovery/drills/nonsense', 'There is no such drill', 'All drills'],
      ['/recovery/plans/nonsense', 'There is no such recovery plan', 'All recovery plans'],
      ['/recovery/plan-runs/nonsense', 'There is no such run of a plan', 'All recovery plans'],
      ['/recovery/evidence/nonsense', 'There is no such record', 'All evidence'],
      ['/activity/nonsense', 'There is no such job', 'All activity'],
      ['/snapshots/systems/nonsense', 'There is no such system snapshot', 'All system snapshots'],
      ['/sites/nonsense', 'There is no such site', 'All sites'],
      ['/sites/peers/nonsense', 'There is no such console', 'Other consoles'],
    ] as const) {
      await page.goto(`${console.origin()}/#${address}`);
      await expect(main().getByText(words, { exact: true })).toBeVisible();
      await expect(main().getByRole('link', { name: link }).last()).toBeVisible();
      await expect(main().getByRole('alert')).toHaveCount(0);
    }
  });

  test('what RPO means is told by the word itself, with keys alone', async () => {
    await inspector.visit('/sources/papers', 'papers');
    const term = main().getByRole('button', { name: 'RPO' });
    await expect(term).toHaveAccessibleDescription(/Recovery point objective/);
    await term.focus();
    await page.keyboard.press('Enter');
    await expect(page.getByRole('dialog')).toContainText('how much work a disaster may cost');
    await inspector.look('what RPO means');
    await page.keyboard.press('Escape');
    await expect(page.getByRole('dialog')).toHaveCount(0);
    inspector.expectNothing();
  });
});
