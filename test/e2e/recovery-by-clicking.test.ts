/**
 * Recovery as an operator does it, with clicks and keys alone: a file of last week, a folder rolled back and forth, an
 * organisation that was deleted, an instance that is gone, and a drill by its schedule that finds damage. One engine stays
 * for all of it; only what was there before somebody has to recover is made by its calls.
 */
import { existsSync, readdirSync, readFileSync, rmSync } from 'node:fs';
import { mkdir, writeFile } from 'node:fs/promises';
import { join } from 'node:path';
import { TerminateInstancesCommand } from '@aws-sdk/client-ec2';
import type { Page } from '@playwright/test';
import { afterAll, beforeAll, describe, test } from 'vitest';
import type { ContractClient } from '../../electron/engine/engine.ts';
import { presets } from '../../shared/model/profile-presets.ts';
import { noHooks } from '../../shared/model/hooks.ts';
import { allInstances } from '../support/aws-restore.ts';
import { toTheEnd } from '../support/client.ts';
import { createRepository } from '../support/restic-repository.ts';
import { launch, makeAwsPlace, type AwsPlace } from '../support/sandbox-aws.ts';
import { makeHubPlace, type HubPlace } from '../support/sandbox-github.ts';
import { flipByte, packFile } from '../support/upkeep-repository.ts';
import type { Workspace } from '../support/workspace.ts';
import { expect } from './expect.ts';
import { openClockedConsole, type ClockedConsole } from './own-clock.ts';
import { goTo, openSource } from './pages/console-page.ts';
import { GitPages } from './pages/git.ts';
import { Inspector } from './pages/inspector.ts';
import { RestorePage } from './pages/restore.ts';
import { SnapshotsPage } from './pages/snapshots.ts';

const dayMs = 24 * 3_600_000;
const patience = { timeout: 120_000 };
const repositories = 20;
const nameOf = (at: number): string => `service-${String(at).padStart(2, '0')}`;

/** Each waits for several long things, and a busy machine takes its time. */
const longMs = 600_000;

describe('with clicks alone', { timeout: longMs }, () => {
  let hub: HubPlace;
  let cloud: AwsPlace;
  let opened: ClockedConsole;
  let page: Page;
  let nowMs = Date.parse('2026-11-02T09:00:00Z');
  const client = (): ContractClient => opened.engine.client;
  const main = () => page.getByRole('main');
  const button = (name: string | RegExp) =>
    main().getByRole('button', typeof name === 'string' ? { name, exact: true } : { name });
  const papers = (...names: string[]): string => opened.workspace.path('papers', ...names);
  const access = () => ({ id: opened.connection });
  const goOn = async (ms: number): Promise<void> => {
    nowMs += ms;
    await opened.setClock(nowMs);
  };
  const protect = async (source: string): Promise<void> => {
    await toTheEnd(await client().protection.protect({ repository: access(), registered: source }));
  };

  beforeAll(async () => {
    [hub, cloud] = await Promise.all([makeHubPlace(), makeAwsPlace()]);
    opened = await openClockedConsole(nowMs);
    ({ page } = opened);
    await writePapers('first');
    await protect('papers');
    await goOn(4 * dayMs);
    await writePapers('second');
    rmSync(papers('only-first'));
    await writeFile(papers('only-second'), 'of the second');
    await protect('papers');
    await goOn(4 * dayMs);
    await writePapers('third');
    await protect('papers');
    await founded();
    await launched();
    await withSite();
  }, longMs);
  afterAll(async () => {
    await opened[Symbol.asyncDispose]();
    await hub[Symbol.asyncDispose]();
    await cloud[Symbol.asyncDispose]();
  });

  async function writePapers(day: string): Promise<void> {
    await mkdir(papers('letters'), { recursive: true });
    await writeFile(papers('report.txt'), `report of the ${day}`);
    await writeFile(papers('letters', 'one'), `one of the ${day}`);
    if (day === 'first') await writeFile(papers('only-first'), 'of the first');
  }

  /** An organisation of twenty repositories, protected. */
  async function founded(): Promise<void> {
    const { github, workspace } = hub;
    github.createOwner('acme');
    const work = await workspace.folder('work');
    await hub.mustGit(['init', '--quiet', '--initial-branch=main'], { cwd: work });
    for (let at = 0; at < repositories; at++) {
      await hub.mustGit(['commit', '--quiet', '--allow-empty', `--message=Change ${at}`], { cwd: work });
      github.createRepository('acme', nameOf(at), { private: true }).pushLocally(work);
    }
    const source = { kind: 'github' as const, name: 'acme', owner: 'acme', api: github.api, commands: noHooks };
    const secrets = [{ key: 'token' as const, value: github.addToken({ scopes: 'read' }) }];
    await client().sources.add({ repository: access(), source, secrets });
    await protect('acme');
  }

  async function launched(): Promise<void> {
    const { aws, keys } = cloud;
    aws.behaveEc2({ snapshotMs: 0, volumeMs: 0, instanceMs: 0 });
    const { id: instance } = await launch(cloud);
    await client().aws.accounts.add({
      repository: access(),
      account: {
        name: 'cloud',
        credentials: { kind: 'keys', accessKeyId: keys.accessKeyId },
        regions: ['eu-central-1'],
        endpoint: aws.endpoint,
      },
      secrets: [{ key: 'secret-access-key', value: keys.secretAccessKey }],
    });
    const target = { kind: 'instance' as const, instance };
    const source = { kind: 'ec2' as const, name: 'payroll', target, account: 'cloud', commands: noHooks };
    await client().sources.add({ repository: access(), source });
    await protect('payroll');
  }

  /** With all that was taken so far. */
  async function withSite(): Promise<void> {
    const location = opened.workspace.path('vault');
    createRepository(location, { password: 'of the vault' });
    await client().sites.add({ repository: access(), name: 'vault', location, password: { value: 'of the vault' } });
    await toTheEnd(await client().sync.run({ repository: access(), to: 'vault' }));
  }

  test('a file of last week comes back from among its versions', async () => {
    const snapshots = new SnapshotsPage(page);
    const restore = new RestorePage(page);
    await snapshots.open('papers');
    await snapshots.entry('report.txt').click();
    await expect(snapshots.versions.getByRole('listitem')).toHaveCount(3);
    await snapshots.versions
      .getByRole('listitem')
      .nth(1)
      .getByRole('button', { name: /^Add the version/ })
      .click();
    await snapshots.basket.getByRole('button', { name: /^Restore this/ }).click();
    const target = opened.workspace.path('back');
    await restore.lookAhead(target);
    await restore.start.click();
    await expect(restore.headline).toHaveText('Restored');
    expect(readFileSync(join(target, papers('report.txt')), 'utf8')).toBe('report of the second');
    expect(readFileSync(papers('report.txt'), 'utf8')).toBe('report of the third');
  });

  test('a folder is rolled back where it lies, and that is rolled back', async () => {
    const restore = new RestorePage(page);
    const read = (name: string): string | null =>
      existsSync(papers(name)) ? readFileSync(papers(name), 'utf8') : null;
    await openSource(page, 'papers');
    await button('Restore…').click();
    await restore.expectStep('What');
    await restore.next.click();
    await restore.expectStep('When');
    await page.getByRole('grid', { name: 'Snapshots' }).getByRole('row').last().click();
    await restore.next.click();
    await page.getByRole('radio', { name: 'The original place' }).check();
    await page.getByRole('checkbox', { name: 'First take a snapshot of what is there now' }).check();
    await restore.chooseExisting(/replaced where they differ/);
    await restore.next.click();
    await expect(restore.conflicts).toContainText('report.txt');
    await restore.start.click();
    await expect(restore.headline).toHaveText('Restored');
    expect([read('report.txt'), read('only-first')]).toEqual(['report of the first', 'of the first']);
    await expect(main()).toContainText(/Snapshot [0-9a-f]{8} of papers, complete/);
    await restore.confirm('Undo…', 'Undo this restore', 'Undo it');
    await expect(restore.headline).toHaveText('Undone');
    expect([read('report.txt'), read('only-first')]).toEqual(['report of the third', null]);
    expect(read(join('letters', 'one'))).toBe('one of the third');
  });

  test('an organisation of twenty repositories that was deleted is given back', async () => {
    const git = new GitPages(page);
    const { github } = hub;
    const refs = () =>
      Array.from({ length: repositories }, (_, at) =>
        github.repository('acme', nameOf(at)).git(['for-each-ref', '--format=%(refname) %(objectname)']),
      );
    const before = refs();
    for (let at = 0; at < repositories; at++) github.remove('acme', nameOf(at));
    await openSource(page, 'acme');
    await button('Restore…').click();
    await expect(page.getByRole('combobox', { name: 'Source' })).toHaveValue('acme');
    await git.button('Next').click();
    await expect(page.getByRole('textbox', { name: 'Owner' })).toHaveValue('acme');
    await expect(page.getByRole('textbox', { name: 'Address of the API' })).toHaveValue(github.api);
    await page.getByRole('textbox', { name: 'Token' }).fill(github.addToken());
    await git.button('Next').click();
    await expect(git.row('Refs of the restore', 'main').first()).toContainText('create', patience);
    await git.button('Start the restore').click();
    await expect(page.locator('[aria-current=step]')).toContainText('Report', patience);
    await expect(main().getByRole('status').first()).toHaveText('Given back');
    expect(refs()).toEqual(before);
  });

  test('an instance that is gone is launched again from its snapshot', async () => {
    const running = async () => (await allInstances(cloud)).filter(({ State }) => State?.Name === 'running');
    const [lost] = await running();
    await cloud.ec2().send(new TerminateInstancesCommand({ InstanceIds: [lost?.InstanceId ?? ''] }));
    expect(await running()).toEqual([]);
    await openSource(page, 'payroll');
    await button('Restore…').click();
    await expect(page.getByRole('radio', { name: 'A replacement instance' })).toBeChecked();
    await button('Next').click();
    await expect(page.getByRole('combobox', { name: 'AWS account' })).toHaveValue(/^cloud/);
    await button('Next').click();
    await expect(page.getByRole('list', { name: 'Steps', exact: true })).toContainText('undo:', patience);
    await button('Start the restore').click();
    await expect(async () => {
      cloud.aws.clock.advance(60_000);
      await expect(page.getByRole('list', { name: 'Made in AWS' })).toContainText('i-', { timeout: 2_000 });
    }).toPass(patience);
    await expect(page.getByRole('status').filter({ hasText: 'Restored' })).toBeVisible(patience);
    const [back, ...others] = await running();
    expect(others).toEqual([]);
    expect(back?.BlockDeviceMappings).toHaveLength(lost?.BlockDeviceMappings?.length ?? 0);
    expect(back?.InstanceType).toBe(lost?.InstanceType);
  });

  describe('a guided drill', () => {
    /** From its choice to the buttons of its own screens. */
    const begin = async (name: string): Promise<void> => {
      await goTo(page, 'Recovery');
      await button('Drills').click();
      await button('Guided drill…').click();
      await page.getByRole('combobox', { name: 'A source, or a plan' }).click();
      await page.getByRole('option', { name, exact: true }).click();
      await button('Start the drill').click();
    };
    const finish = async (name: string): Promise<void> => {
      await expect(button('Finish the drill')).toBeEnabled(patience);
      await button('Finish the drill').click();
      await expect(page.getByRole('heading', { level: 1, name: `Drill of ${name}` })).toBeVisible(patience);
      await expect(main()).toContainText('passed');
    };

    test('of an organisation makes bare repositories, which are cloned and taken away', async () => {
      await begin('acme');
      await finish('acme');
      await expect(main()).toContainText('20 repositories have the refs of the snapshot');
      await expect(main()).toContainText('20 clones have all refs and pass git fsck');
      expect(readdirSync(join(opened.workspace.home, 'holdfast', 'drills'))).toEqual([]);
    });

    test('of an instance launches a clone that nothing reaches, and ends it', async () => {
      const running = async () =>
        (await allInstances(cloud)).flatMap(({ State, InstanceId }) => (State?.Name === 'running' ? [InstanceId] : []));
      const before = await running();
      await begin('payroll');
      await expect(async () => {
        cloud.aws.clock.advance(60_000);
        await expect(button('Finish the drill')).toBeEnabled({ timeout: 2_000 });
      }).toPass(patience);
      expect(await running()).toHaveLength(before.length + 1);
      await finish('payroll');
      await expect(main()).toContainText('Of that, people');
      expect(await running()).toEqual(before);
    });

    test('of a plan asks at its checkpoint as in earnest, and touches nothing', async () => {
      const target = opened.workspace.path('production');
      const steps = [
        { id: 'papers', title: 'Papers', work: { kind: 'folder' as const, source: 'papers', target } },
        {
          id: 'look',
          title: 'Look at them',
          after: ['papers'],
          work: { kind: 'checkpoint' as const, instruction: 'Are they there?' },
        },
      ];
      await client().plans.add({ repository: access(), plan: { name: 'Office', steps } });
      await begin('Office');
      await expect(page.getByRole('heading', { name: /Waits for you: Look at them/ })).toBeVisible(patience);
      await page.getByLabel('Your name').fill('Ada');
      await button('It is so: go on').click();
      await finish('Office');
      await expect(main()).toContainText('Of that, people');
      expect(existsSync(target)).toBe(false);
      await main().getByRole('link', { name: 'the plan Office' }).click();
      await expect(page.getByRole('list', { name: 'Rehearsals' })).toContainText('passed');
    });
  });

  describe('a drill by its schedule', () => {
    const row = () => page.getByRole('grid', { name: 'Sources' }).getByRole('row').filter({ hasText: 'papers' });
    const drills = async (): Promise<void> => {
      await goTo(page, 'Recovery');
      await button('Drills').click();
    };

    test('is given to a profile', async () => {
      const { profile } = await client().profiles.add({
        repository: access(),
        profile: { ...presets.standard, name: 'Papers', zone: 'UTC', periods: presets.standard.periods.slice(-1) },
      });
      const given = { scope: 'source' as const, subject: 'papers', profile: profile.id };
      await client().profiles.assign({ repository: access(), ...given });
      await drills();
      await button('Schedule…').click();
      const dialog = page.getByRole('dialog');
      await dialog.getByRole('textbox', { name: 'Every' }).fill('daily 03:00');
      await dialog.getByRole('textbox', { name: 'A whole restore may take' }).fill('4h');
      await dialog.getByRole('button', { name: 'Save' }).click();
      await expect(dialog).toHaveCount(0);
      await expect(row()).toContainText('never drilled');
    });

    test('is checked by a command of one’s own', async () => {
      await button('Checks…').click();
      const dialog = page.getByRole('dialog');
      await dialog.getByRole('combobox', { name: 'Source' }).click();
      await page.getByRole('option', { name: 'papers', exact: true }).click();
      await dialog.getByRole('button', { name: 'Add a check' }).click();
      await dialog.getByRole('textbox', { name: 'Called' }).fill('The report is there');
      const script = `grep third "$HOLDFAST_DRILL_FOLDER${papers('report.txt')}"`;
      await dialog.getByRole('textbox', { name: 'Script' }).fill(script);
      await dialog.getByRole('button', { name: 'Save' }).click();
      await expect(dialog).toHaveCount(0);
    });

    test('fails by night where data is damaged, and that is an alert which leads to the repair', async () => {
      await damageContents(opened.workspace);
      await goOn(dayMs);
      await expect(row()).toContainText('failed', patience);
      await page
        .getByRole('banner')
        .getByRole('button', { name: /^Alerts:/ })
        .click();
      await page.getByRole('link', { name: 'papers could not be restored in a drill' }).first().click();
      await page.getByRole('region', { name: 'The alert' }).getByRole('link', { name: 'The drill' }).click();
      await expect(page.getByRole('heading', { level: 1, name: 'Drill of papers' })).toBeVisible();
      await main().getByRole('link', { name: 'Health of the repository' }).click();
      await button('Repair').click();
      await main().getByRole('link', { name: 'Follow it in Activity' }).click();
      await expect(
        main()
          .getByText(/files repaired/)
          .first(),
      ).toBeVisible(patience);
    });

    test('passes the next night, and the alert is over', async () => {
      await goOn(dayMs);
      await drills();
      await expect(row()).toContainText('passed', patience);
      await row().click();
      const checked = page.getByRole('list', { name: 'What was checked' }).getByRole('listitem');
      await expect(checked.filter({ hasText: 'The report is there' })).toContainText('report of the third');
      await goTo(page, 'Alerts');
      await expect(main()).not.toContainText('papers could not be restored in a drill');
      await goTo(page, 'Overview');
      // Whichever of them took longest this time.
      await expect(main()).toContainText(/Recovery time: [^,]+ at the longest, (?:papers|acme|payroll), measured/);
    });
  });

  test('axe finds nothing on what it has left behind, in light and dark', async () => {
    const inspector = new Inspector(page);
    const open = (list: string) => page.getByRole('grid', { name: list }).getByRole('row').nth(1).click();
    await inspector.visit('/recovery', 'Recovery');
    await inspector.look('recovery');
    await inspector.visit('/recovery/drills', 'Drills');
    await expect(page.getByRole('grid', { name: 'Newest drills' }).getByRole('row').nth(1)).toBeVisible();
    await inspector.look('drills');
    await button('Checks…').click();
    await page.getByRole('dialog').getByRole('button', { name: 'Add a check' }).click();
    await inspector.look('checks of drills');
    await page.getByRole('dialog').getByRole('button', { name: 'Cancel' }).click();
    await button('Schedule…').click();
    await inspector.look('schedule of drills');
    await page.keyboard.press('Escape');
    await expect(page.getByRole('dialog')).toHaveCount(0);
    await open('Newest drills');
    await expect(page.getByRole('heading', { level: 1, name: /^Drill of/ })).toBeVisible();
    await inspector.look('a drill');
    await main().getByRole('link', { name: 'Evidence record' }).click();
    await expect(page.getByRole('heading', { level: 1, name: /^Evidence: Drill of/ })).toBeVisible();
    await inspector.look('a record');
    await main().getByRole('link', { name: 'the drill' }).click();
    await expect(page.getByRole('heading', { level: 1, name: /^Drill of/ })).toBeVisible();
    await inspector.visit('/recovery/drills/guided', 'Guided drill');
    await inspector.look('choice of a guided drill');
    for (const [address, heading] of [
      ['/recovery/evidence', 'Evidence'],
      ['/recovery/audit', 'Audit log'],
      ['/recovery/plans', 'Recovery plans'],
      ['/recovery/plans/Office', 'Office'],
      ['/recovery/new-plan', /plan/],
      ['/standby', 'Hot standbys'],
    ] as const) {
      await inspector.visit(address, heading);
      await inspector.look(`full ${address}`);
    }
    await inspector.visit('/recovery/plans', 'Recovery plans');
    await page.getByRole('grid').filter({ hasText: '(rehearsal)' }).getByRole('row').nth(1).click();
    await expect(page.getByRole('heading', { level: 1, name: /^Rehearsal of/ })).toBeVisible();
    await inspector.look('a run of a plan');
    inspector.expectNothing();
  });
});

/**
 * Every piece of every file, so that it does not matter which of them a drill takes. Folders stay whole: what the one above
 * all was like at that moment, nothing tells again.
 */
async function damageContents(workspace: Workspace): Promise<void> {
  const { stdout: names } = await workspace.mustRestic(['list', 'index']);
  for (const name of names.trim().split('\n')) {
    const { stdout } = await workspace.mustRestic(['cat', 'index', name]);
    const { packs } = JSON.parse(stdout) as ResticIndex;
    for (const { id, blobs } of packs)
      for (const { type, offset } of blobs) if (type === 'data') flipByte(packFile(workspace.repository, id), offset);
  }
}

type ResticIndex = { packs: { id: string; blobs: { type: string; offset: number }[] }[] };
