import type { Page } from '@playwright/test';
import { afterAll, beforeAll, describe, test } from 'vitest';
import { z } from 'zod';
import { presets } from '../../shared/model/profile-presets.ts';
import { expectDone } from '../support/expect-clean.ts';
import type { Workspace } from '../support/workspace.ts';
import { closeBrowser, openConsole, type Console } from './console.ts';
import { expect } from './expect.ts';
import { goTo, openSource } from './pages/console-page.ts';
import { accessOf, papersOf, preparePapers, protect, withHistory } from './papers.ts';

const dayMs = 24 * 3_600_000;

/** Papers, and a source that was protected by hand on each of six days by a profile of its own. */
async function prepareWithHistory(workspace: Workspace): Promise<void> {
  await preparePapers(workspace);
  await withHistory(workspace, async (client, setNow) => {
    const repository = accessOf(workspace);
    const commands = { before: null, after: null };
    const options = {
      excludes: [],
      excludeCaches: false,
      excludeLargerThanBytes: null,
      oneFileSystem: false,
      commands,
    };
    const source = { kind: 'folder' as const, name: 'ledger', paths: [papersOf(workspace, 'notes')], ...options };
    await client.sources.add({ repository, source });
    const { profile } = await client.profiles.add({ repository, profile: { ...presets.archive, name: 'By hand' } });
    await client.profiles.assign({ repository, scope: 'source', subject: 'ledger', profile: profile.id });
    for (let daysAgo = 6; daysAgo > 0; daysAgo -= 1) {
      setNow(Date.now() - daysAgo * dayMs);
      await protect(client, workspace, 'ledger');
    }
  });
}

const listed = z.object({
  profiles: z.array(z.object({ name: z.string(), rpoMs: z.number().nullable(), periods: z.array(z.unknown()) })),
});

describe('profiles in the console', () => {
  let console: Console;
  let page: Page;

  beforeAll(async () => {
    console = await openConsole({ prepare: preparePapers });
    page = await console.newPage();
  });
  afterAll(() => console[Symbol.asyncDispose]());

  const run = async (...args: string[]) => void expectDone(await console.workspace.holdfast(args));
  const button = (name: string | RegExp) => page.getByRole('main').getByRole('button', { name, exact: true });
  const field = (name: string) => page.getByRole('textbox', { name, exact: true });
  const nextRuns = () => page.getByRole('table', { name: 'Next runs' });
  const profiles = async () => (await console.workspace.holdfast(['profile', 'list', '--json'])).json(listed).profiles;

  test('are taught where there are none, and begun with one that is shipped', async () => {
    await goTo(page, 'Profiles');
    await expect(page.getByText('No profile yet: nothing runs by itself')).toBeVisible();
    await page
      .getByRole('list', { name: 'Profiles to begin with' })
      .getByRole('link', { name: /^Standard/ })
      .click();
    await expect(field('Name')).toHaveValue('Standard');
    await expect(nextRuns()).toContainText('Daily');
  });

  test('show what they would do as they are changed, and what is wrong beside its field', async () => {
    await field('Name').fill('Office');
    await button(/^Daily every day/).click();
    const period = page.getByRole('region', { name: 'Periods' });
    await field('At').fill('25:00');
    await expect(period.getByRole('alert')).toHaveText('A time of day such as 22:30.');
    await expect(button('Make the profile')).toBeDisabled();
    await field('At').fill('06:15');
    await expect(period.getByRole('alert')).toHaveCount(0);
    await expect(nextRuns()).toContainText('06:15');
    await expect(page.getByRole('table', { name: /^What runs/ })).toContainText('06:15 Daily');
    await field('RPO').fill('often');
    await expect(page.getByText('A duration of a minute or more', { exact: false }).first()).toBeVisible();
    await field('RPO').fill('2h');
    await expect(page.getByText('its sources will be overdue again and again', { exact: false })).toBeVisible();
    await field('RPO').fill('26h');
    await expect(page.getByText('its sources will be overdue again and again', { exact: false })).toHaveCount(0);
    await button('Show command').click();
    const command = page.getByRole('dialog');
    await expect(command).toContainText('holdfast profile add --name Office');
    await expect(command).toContainText('rpo=1d2h');
    await page.keyboard.press('Escape');
  });

  test('are made, given to a source, and seen on its page', async () => {
    await button('Make the profile').click();
    await expect(page.getByRole('heading', { level: 1, name: 'Office' })).toBeVisible();
    expect(await profiles()).toMatchObject([{ name: 'Office', rpoMs: 26 * 3_600_000 }]);
    await expect(page.getByText('It counts for no source.')).toBeVisible();
    const give = page.getByRole('form', { name: 'Give the profile to' });
    await give.getByRole('combobox', { name: 'Source' }).click();
    await page.getByRole('option', { name: 'papers', exact: true }).click();
    await give.getByRole('button', { name: 'Give' }).click();
    await expect(page.getByRole('region', { name: 'Sources it counts for' })).toContainText('effective, given to it');
    await openSource(page, 'papers');
    const schedule = page.locator('section').filter({ has: page.getByRole('heading', { name: 'Schedule' }) });
    await expect(schedule).toContainText('Office');
    await expect(schedule).toContainText('1 d 2 h');
    await goTo(page, 'Overview');
    await expect(
      page.locator('section').filter({ has: page.getByRole('heading', { name: 'Next due' }) }),
    ).toContainText('papers');
  });

  test('are refused where their name is taken, also by the engine', async () => {
    await goTo(page, 'Profiles');
    await button('Duplicate Office').click();
    await expect(field('Name')).toHaveValue('Office copy');
    await field('Name').fill('Office');
    await expect(page.getByText('A profile called Office is there already.').first()).toBeVisible();
    await expect(button('Make the profile')).toBeDisabled();
    await field('Name').fill('Night');
    // Somebody else is faster.
    await run('profile', 'add', '--preset', 'standard', '--name', 'Night');
    await button('Make the profile').click();
    await expect(page.getByRole('alert').filter({ hasText: 'PROFILE_EXISTS' })).toBeVisible();
  });

  test('are taken away from what has them, and removed by their name, while their snapshots stay', async () => {
    await goTo(page, 'Profiles');
    await page.getByRole('region', { name: 'Profiles' }).getByRole('link', { name: 'Office', exact: true }).click();
    await button('Remove…').click();
    await expect(page.getByRole('dialog', { name: 'Office is in use' })).toContainText('papers');
    await page.getByRole('dialog').getByRole('button', { name: 'Close' }).last().click();
    await button('Take away from papers').click();
    await expect(page.getByText('Nothing yet: no source runs by it.')).toBeVisible();
    await button('Remove…').click();
    const dialog = page.getByRole('dialog', { name: 'Remove the profile?' });
    await expect(dialog).toContainText('kept until somebody removes them');
    await dialog.getByRole('textbox').fill('Office');
    await dialog.getByRole('button', { name: 'Remove the profile' }).click();
    await expect(page.getByRole('heading', { level: 1, name: 'Profiles' })).toBeVisible();
    await expect(page.getByRole('region', { name: 'Profiles' })).not.toContainText('Office');
    expect((await profiles()).map(({ name }) => name)).toEqual(['Night']);
  });

  test('are looked at, and not changed, by whoever has no right to it', async () => {
    const other = await console.newPage();
    await other.route('**/rpc/console/me', async (route) => {
      const answer = await route.fetch();
      await route.fulfill({ response: answer, body: (await answer.text()).replace('"admin"', '"operate"') });
    });
    await other.goto(`${console.origin()}/#/profiles`);
    await other.reload();
    await expect(other.getByText('To change profiles needs the role admin', { exact: false })).toBeVisible();
    await expect(other.getByRole('button', { name: 'New profile' })).toBeDisabled();
    await expect(other.getByRole('button', { name: 'Remove Night…' })).toBeDisabled();
    await other.getByRole('link', { name: 'Night', exact: true }).first().click();
    await expect(other.getByRole('textbox', { name: 'Name', exact: true })).toBeDisabled();
    await expect(other.getByRole('table', { name: 'Next runs' })).toContainText('Daily');
    await expect(other.getByRole('button', { name: 'Save', exact: true })).toHaveCount(0);
  });
});

describe('a profile by which snapshots were taken', () => {
  let console: Console;
  let page: Page;

  beforeAll(async () => {
    console = await openConsole({ prepare: prepareWithHistory });
    page = await console.newPage();
  });
  afterAll(async () => {
    await console[Symbol.asyncDispose]();
    await closeBrowser();
  });

  const dialog = () => page.getByRole('dialog');
  const grid = () => page.getByRole('grid', { name: 'Snapshots that would expire' });

  test('shows which of them a change would let expire, and asks by their number before it is saved', async () => {
    await goTo(page, 'Profiles');
    await page.getByRole('region', { name: 'Profiles' }).getByRole('link', { name: 'By hand' }).click();
    await expect(page.getByText('None of the 6 snapshots of ledger would expire', { exact: false })).toBeVisible();
    await page.getByRole('textbox', { name: 'Taken by hand, kept for', exact: true }).fill('3');
    await expect(page.getByText('4 of the 6 snapshots of ledger would expire that are kept now.')).toBeVisible();
    await expect(grid().getByRole('row')).toHaveCount(5);
    await expect(grid().getByRole('row').nth(1)).toContainText('expires');
    await expect(grid().getByRole('row').nth(1)).toContainText('its time was over');
    await page.getByRole('button', { name: 'Save', exact: true }).click();
    await expect(dialog()).toContainText('Let 4 snapshots expire?');
    await expect(dialog().getByRole('list', { name: 'What goes' }).getByRole('listitem')).toHaveCount(4);
    await expect(dialog().getByRole('button', { name: 'Save, and let 4 expire' })).toBeDisabled();
    await dialog().getByRole('textbox').fill('4');
    await dialog().getByRole('button', { name: 'Save, and let 4 expire' }).click();
    await expect(dialog()).toHaveCount(0);
    await expect(page.getByText('Saved as it is.')).toBeVisible();
    const shown = await console.workspace.holdfast(['profile', 'show', 'By hand', '--json']);
    expect(shown.json(z.object({ manual: z.unknown() })).manual).toEqual({ keep: { count: 3, unit: 'days' } });
  });

  test('is held against another one on the page of the source, before that is chosen', async () => {
    expectDone(await console.workspace.holdfast(['profile', 'add', '--preset', 'standard', '--name', 'Nightly']));
    await openSource(page, 'ledger');
    await page.getByRole('button', { name: 'Choose a profile…' }).click();
    await expect(dialog()).toContainText('By hand would count.');
    await expect(dialog()).toContainText('4 would expire either way');
    await dialog().getByRole('combobox', { name: 'Profile' }).click();
    await page.getByRole('option', { name: 'Nightly' }).click();
    await expect(dialog()).toContainText('Nightly would count.');
    await dialog().getByRole('combobox', { name: 'Profile' }).click();
    await page.getByRole('option', { name: 'As its tags or everything says' }).click();
    await expect(dialog()).toContainText('No profile would count');
  });
});
