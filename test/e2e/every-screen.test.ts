import { join } from 'node:path';
import type { Page } from '@playwright/test';
import { afterAll, beforeAll, describe, test } from 'vitest';
import { closeBrowser, openConsole, type Console } from './console.ts';
import { expect } from './expect.ts';
import { Inspector } from './pages/inspector.ts';
import { RestorePage } from './pages/restore.ts';
import { SnapshotsPage } from './pages/snapshots.ts';
import { preparePapers } from './papers.ts';

describe('axe finds nothing, and the page breaks no policy, in light and dark,', () => {
  afterAll(closeBrowser);

  test('on the screens of a console that knows nothing yet', async () => {
    await using console = await openConsole();
    const page = await console.newPage();
    const inspector = new Inspector(page);
    const next = (name: RegExp) => page.getByRole('main').getByRole('button', { name }).click();
    await expect(page.getByRole('heading', { level: 1, name: /Welcome/ })).toBeVisible();
    await inspector.look('first run, doors');
    for (const [address, heading] of [
      ['/', 'Nothing is protected yet'],
      ['/sources', 'Sources'],
      ['/sources/new', 'Add a source'],
      ['/sources/new?kind=folder', 'Add a source'],
      ['/sources/new?kind=git', 'Add a source'],
      ['/sources/new?kind=github', 'Add a source'],
      ['/sources/new?kind=s3-bucket', 'Add a source'],
      ['/sources/new?kind=ec2', 'Add a source'],
      ['/snapshots/git', 'Git'],
      ['/recovery/git', 'Restore Git repositories'],
      ['/recovery/aws', 'Restore in AWS'],
      ['/snapshots', 'Snapshots'],
      ['/snapshots?find=anything', /anything/],
      ['/profiles', 'Profiles'],
      ['/profiles/new', 'New profile'],
      ['/recovery', 'Recovery'],
      ['/recovery/compliance', 'Compliance'],
      ['/recovery/restore', 'Guided restore'],
      ['/recovery/drills', 'Drills'],
      ['/recovery/drills/guided', 'Guided drill'],
      ['/recovery/plans', 'Recovery plans'],
      ['/recovery/new-plan', 'New recovery plan'],
      ['/recovery/nonsense', 'Restore'],
      ['/recovery/evidence', 'Evidence'],
      ['/recovery/audit', 'Audit log'],
      ['/standby', 'Hot standbys'],
      ['/unprotected', 'What is unprotected'],
      ['/recovery/clones', 'Clones for development'],
      ['/recovery/clones?make=yes', 'Clones for development'],
      ['/sites/server/users', 'Pushed here'],
      ['/sites/server/pair', 'Pair with a site'],
      ['/sites/protection/move', 'Move protection'],
      ['/sites/peers/all', 'Other consoles'],
      ['/reports/subscriptions', 'Subscriptions'],
      ['/activity', 'Activity'],
      ['/activity/trends', 'Trends'],
      ['/alerts', 'Alerts'],
      ['/alerts?show=resolved', 'Alerts'],
      ['/settings', 'Settings'],
      ['/settings?section=aws', 'Settings'],
      ['/settings?section=access', 'Settings'],
      ['/settings/api', 'API for programs'],
      ['/nowhere', 'Nothing is here'],
    ] as const) {
      await inspector.visit(address, heading);
      await inspector.look(`empty ${address}`);
    }
    await inspector.visit('/welcome?door=recover', /^Recover/);
    await inspector.look('first run, recover');
    await inspector.visit('/welcome?door=start', 'Start protecting');
    await page.getByRole('textbox', { name: 'Folder of the repository' }).fill(console.workspace.repository);
    await expect(page.getByRole('button', { name: /^Next/ })).toBeEnabled();
    await inspector.look('first run, where');
    await next(/^Next/);
    await page.getByRole('textbox', { name: 'Password', exact: true }).fill('a fine long password');
    await page.getByRole('textbox', { name: 'The same again' }).fill('a fine long password');
    await inspector.look('first run, password');
    await next(/^Next/);
    await expect(page.getByRole('heading', { level: 2, name: /What should be protected/ })).toBeVisible();
    await inspector.look('first run, what');
    inspector.expectNothing();
  });

  describe('with a week of history,', () => {
    let console: Console;
    let page: Page;
    let inspector: Inspector;
    let snapshots: SnapshotsPage;
    let restore: RestorePage;

    beforeAll(async () => {
      console = await openConsole({ prepare: preparePapers });
      page = await console.newPage();
      inspector = new Inspector(page);
      snapshots = new SnapshotsPage(page);
      restore = new RestorePage(page);
    });
    afterAll(() => console[Symbol.asyncDispose]());

    const dialogOf = async (button: string | RegExp, name: string) => {
      await page.getByRole('main').getByRole('button', { name: button }).first().click();
      await expect(page.getByRole('dialog')).toBeVisible();
      await inspector.look(name);
      await page.keyboard.press('Escape');
      await expect(page.getByRole('dialog')).toHaveCount(0);
    };

    test('on overview, sources and settings', async () => {
      await inspector.visit('/', /./);
      await inspector.look('overview');
      await inspector.visit('/sources', 'Sources');
      await inspector.look('sources');
      await page.getByRole('grid').getByRole('row').nth(1).click();
      await expect(page).toHaveURL(/#\/sources\/./);
      await expect(page.getByRole('heading', { level: 1, name: 'papers' })).toBeVisible();
      await inspector.look('a source');
      await inspector.visit('/sources/new?kind=folder', 'Add a source');
      await inspector.look('a new source');
      for (const section of ['repositories', 'notifications', 'access', 'tenants', 'appearance', 'engine', 'about']) {
        await inspector.visit(`/settings?section=${section}`, 'Settings');
        await inspector.look(`settings, ${section}`);
      }
      await inspector.visit('/settings?section=repositories', 'Settings');
      for (const task of ['Rename', 'Prove password', 'Change password', 'Keys', 'Size', 'Health', 'Check']) {
        await page.getByRole('main').getByRole('button', { name: task, exact: true, expanded: false }).click();
        await expect(
          page.getByRole('main').getByRole('button', { name: task, exact: true, expanded: true }),
        ).toBeVisible();
        await inspector.look(`settings, ${task}`);
      }
      await dialogOf(/^Disconnect/, 'settings, disconnect');
      await inspector.visit('/settings?section=notifications', 'Settings');
      await page.getByRole('button', { name: 'Add a route' }).click();
      await page.getByRole('button', { name: 'Add', exact: true }).click();
      await inspector.look('settings, a new route');
      inspector.expectNothing();
    });

    test('on snapshots, their dialogs, comparison and search', async () => {
      await inspector.visit('/snapshots', 'Snapshots');
      await inspector.look('snapshots');
      await snapshots.open('papers');
      await snapshots.goToSnapshot(1);
      await snapshots.check('old.txt');
      await snapshots.entry('report.txt').click();
      await expect(snapshots.versions.getByRole('listitem')).toHaveCount(3);
      await inspector.look('a folder of a snapshot');
      await dialogOf(/^Hold…/, 'hold');
      await dialogOf(/^Expire…/, 'expire');
      await dialogOf(/^Show command/, 'show command');
      await page.getByRole('button', { name: /^Compare/ }).click();
      await expect(page.getByRole('dialog')).toBeVisible();
      await inspector.look('choice of what to compare with');
      await page.getByRole('dialog').getByRole('button', { name: 'Compare' }).click();
      await expect(page.getByRole('grid', { name: 'Changes' }).getByRole('row').nth(1)).toBeVisible();
      await inspector.look('comparison');
      await inspector.visit('/snapshots?find=report', /report/);
      await expect(page.getByRole('grid', { name: 'Found paths' }).getByRole('row').nth(1)).toBeVisible();
      await inspector.look('search');
      inspector.expectNothing();
    });

    test('on system snapshots, their dialogs and their job, and on what leads back to before an incident', async () => {
      await inspector.visit('/snapshots/systems', 'System snapshots');
      await inspector.look('no system snapshot yet');
      await dialogOf('Take a system snapshot…', 'choice of what is taken together');
      await page.getByRole('main').getByRole('button', { name: 'Take a system snapshot…' }).first().click();
      await page.getByRole('dialog').getByRole('button', { name: 'Take one source' }).click();
      await expect(page).toHaveURL(/#\/activity\/./);
      await expect(page.getByRole('grid', { name: 'Parts' }).getByRole('row', { name: 'papers' })).toContainText(
        'complete',
      );
      await inspector.look('the job of a system snapshot');
      await inspector.visit('/snapshots/systems', 'System snapshots');
      await expect(page.getByRole('grid', { name: 'System snapshots' }).getByRole('row').nth(1)).toContainText('full');
      await inspector.look('system snapshots');
      await page.getByRole('grid', { name: 'System snapshots' }).getByRole('row').nth(1).click();
      await expect(page.getByRole('grid', { name: 'Parts' }).getByRole('row').nth(1)).toBeVisible();
      await inspector.look('a system snapshot');
      await page.keyboard.press('Control+k');
      await page.getByRole('combobox').fill('before an incident');
      await page.keyboard.press('Enter');
      await expect(page.getByRole('dialog').getByRole('listitem')).not.toHaveCount(0);
      await inspector.look('what leads back to before an incident');
      await page.keyboard.press('Escape');
      inspector.expectNothing();
    });

    test('on profiles, one that is written, and their dialogs', async () => {
      const main = page.getByRole('main');
      await inspector.visit('/profiles', 'Profiles');
      await inspector.look('no profile yet');
      await inspector.visit('/profiles/new?preset=frequent', 'New profile');
      await expect(page.getByRole('table', { name: 'Next runs' })).toBeVisible();
      await main.getByRole('button', { name: /^Hourly every hour/ }).click();
      await main.getByRole('button', { name: 'Add a blackout' }).click();
      await page.getByRole('textbox', { name: 'RPO' }).fill('soon');
      await inspector.look('a new profile, with something wrong');
      await page.getByRole('textbox', { name: 'RPO' }).fill('');
      await main.getByRole('button', { name: 'Make the profile' }).click();
      await expect(page.getByRole('heading', { level: 1, name: 'Frequent' })).toBeVisible();
      const difference = page
        .locator('section')
        .filter({ has: page.getByRole('heading', { name: 'Snapshots of a source, before and after' }) });
      await difference.getByRole('combobox', { name: 'Source' }).click();
      await page.getByRole('option', { name: 'papers' }).click();
      await page.getByText('Everything', { exact: true }).click();
      await main.getByRole('button', { name: 'Give', exact: true }).click();
      await expect(page.getByRole('grid', { name: 'Snapshots, now and then' })).toBeVisible();
      await main
        .getByRole('table', { name: /^What runs/ })
        .getByRole('button')
        .last()
        .click();
      await inspector.look('a profile');
      await dialogOf('Remove…', 'a profile in use');
      await inspector.visit('/profiles', 'Profiles');
      await expect(page.getByRole('grid', { name: 'What counts for each source' })).toBeVisible();
      await inspector.look('profiles');
      await inspector.visit('/sources/papers', 'papers');
      await dialogOf('Choose a profile…', 'choice of a profile');
      inspector.expectNothing();
    });

    test('on each step of a guided restore, its run, its dialogs and its report', async () => {
      await inspector.visit('/recovery', 'Recovery');
      await inspector.look('recovery');
      await page.getByRole('button', { name: /^Guided restore/ }).click();
      await restore.expectStep('What');
      await inspector.look('what');
      await restore.next.click();
      await expect(page.getByRole('grid', { name: 'Snapshots' })).toBeVisible();
      await inspector.look('when');
      await restore.next.click();
      await restore.expectStep('Where');
      await inspector.look('where');
      await dialogOf(/^Browse/, 'folders of the machine');
      await restore.lookAhead(join(console.workspace.root, 'restored'));
      await inspector.look('preflight');
      await restore.start.click();
      await expect(restore.report).toBeVisible();
      await restore.button('Show commands').click();
      await inspector.look('run and report');
      await dialogOf('Undo…', 'undo');
      await dialogOf('Close…', 'close');
      inspector.expectNothing();
    });

    test('on compliance, evidence of the restore, drills, reports, plans and the API', async () => {
      for (const [address, heading] of [
        ['/recovery/compliance', 'Compliance'],
        ['/recovery/drills', 'Drills'],
        ['/recovery/new-plan', 'New recovery plan'],
        ['/recovery/evidence', 'Evidence'],
        ['/recovery/audit', 'Audit log'],
        ['/reports', 'Reports'],
        ['/settings/api', 'API for programs'],
      ] as const) {
        await inspector.visit(address, heading);
        await expect(page.locator('[role=status][aria-label=Loading]')).toHaveCount(0);
        await inspector.look(address);
      }
      await inspector.visit('/recovery/compliance', 'Compliance');
      await page
        .getByRole('grid', { name: 'Sources' })
        .getByRole('row', { name: /papers/ })
        .click();
      await expect(page.getByRole('heading', { level: 2, name: 'papers' })).toBeVisible();
      await inspector.look('what compliance of a source rests on');
      await inspector.visit('/recovery/evidence', 'Evidence');
      await page.getByRole('grid').getByRole('row').nth(1).click();
      await expect(page.getByRole('heading', { level: 1, name: /^Evidence: / })).toBeVisible();
      await inspector.look('a record');
      inspector.expectNothing();
    });

    test('on activity, a job, the palette and the help about keys', async () => {
      await inspector.visit('/activity', 'Activity');
      await expect(page.getByRole('grid').first().getByRole('row').nth(1)).toBeVisible();
      await inspector.look('activity');
      await inspector.visit('/activity/trends', 'Trends');
      await expect(page.getByRole('img', { name: /^Duration of a run/ })).toBeVisible();
      await inspector.look('trends');
      await inspector.visit('/activity', 'Activity');
      await expect(page.getByRole('grid').first().getByRole('row').nth(1)).toBeVisible();
      await page.getByRole('grid').first().getByRole('row').nth(1).click();
      await expect(page).toHaveURL(/#\/activity\/./);
      await expect(page.getByRole('heading', { level: 1 })).toBeVisible();
      await inspector.look('a job');
      await page.keyboard.press('Control+k');
      await page.getByRole('combobox').fill('report');
      await expect(page.getByRole('option', { name: /report\.txt/ })).toBeVisible();
      await inspector.look('palette');
      await page.keyboard.press('Escape');
      await expect(page.getByRole('dialog')).toHaveCount(0);
      await page.getByRole('button', { name: 'Keyboard help' }).click();
      await expect(page.getByRole('dialog', { name: 'Keys' })).toBeVisible();
      await inspector.look('keys');
      await page.keyboard.press('Escape');
      await expect(page.getByRole('dialog')).toHaveCount(0);
      await inspector.visit('/settings?section=repositories', 'Settings');
      await page.getByRole('main').getByRole('button', { name: 'Lock', exact: true }).click();
      await inspector.visit('/snapshots?find=report', /report/);
      await expect(page.getByRole('main')).toContainText('is locked and was not searched');
      await inspector.look('search where the repository is locked');
      await inspector.visit('/snapshots?source=papers', 'papers');
      await expect(page.getByRole('alert')).toContainText('Unlock on the overview');
      await inspector.look('snapshots where the repository is locked');
      inspector.expectNothing();
    });
  });
});
