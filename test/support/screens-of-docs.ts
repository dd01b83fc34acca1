/** Pictures of the pages of docs/: what each screen shows of the demo, once there is a site, a plan, a drill and a case. */
import { mkdir } from 'node:fs/promises';
import { join } from 'node:path';
import type { Page } from '@playwright/test';

export type Scene = {
  readonly page: Page;
  /** The folder of the demo. */
  readonly root: string;
  /** An empty folder to restore into. */
  readonly target: string;
  readonly go: (page: Page, address: string) => Promise<void>;
  readonly take: (page: Page, name: string) => Promise<void>;
  /** A command on the demo; gives what it printed. */
  readonly run: (...args: readonly string[]) => Promise<string>;
};

/** The engine looks for alerts every minute. */
const alertMs = 180_000;

export async function takeScreensOfDocs(scene: Scene): Promise<void> {
  const { page, go, take } = scene;
  await takeAlerts(scene);
  await go(page, '/sources');
  await page.getByRole('grid', { name: 'Sources' }).getByRole('row').nth(4).waitFor();
  await take(page, 'sources');
  await go(page, '/profiles');
  await page.getByRole('main').getByRole('link', { name: 'Standard' }).first().click();
  await page.getByRole('table', { name: 'Next runs' }).waitFor();
  await take(page, 'profile');
  await go(page, '/settings?section=access');
  await take(page, 'settings');
  await takePlanRun(scene);
  await takeEvidence(scene);
  await takeSites(scene);
  await go(page, '/reports');
  await page.getByRole('grid').getByRole('row').nth(4).waitFor();
  await take(page, 'report');
  await takeCompliance(scene);
  await go(page, '/recovery');
  await page.getByRole('grid').getByRole('row').nth(1).waitFor();
  await take(page, 'recovery');
}

async function takeAlerts({ page, go, take, run }: Scene): Promise<void> {
  await run('source', 'set', 'photos', '--set', 'rpo=2h');
  await go(page, '/alerts');
  const row = page.getByRole('grid').getByRole('row').nth(1);
  await row.waitFor({ timeout: alertMs });
  await row.click();
  await take(page, 'alerts');
}

async function takePlanRun({ page, target, go, take, run }: Scene): Promise<void> {
  const { id } = JSON.parse(await run('system', 'take', '--description', 'the office', '--json')) as { id: string };
  await run('plan', 'add', '--system', id, '--name', 'Whole office');
  await go(page, '/recovery/plans/Whole office');
  await page.getByRole('button', { name: 'Would it work today?' }).click();
  await page.getByRole('heading', { name: 'It would work today' }).waitFor();
  await page.getByRole('button', { name: 'Run it…' }).click();
  await page.getByLabel('Folder on this machine to bring files and repositories back into').fill(join(target, 'all'));
  await page.getByRole('button', { name: 'Run the plan' }).click();
  await page.getByRole('heading', { name: /Waits for you/ }).waitFor({ timeout: alertMs });
  await take(page, 'plan-run');
}

async function takeEvidence({ page, go, take, run }: Scene): Promise<void> {
  await run('drill', 'run', 'documents');
  await go(page, '/recovery/evidence');
  await page
    .getByRole('grid')
    .getByRole('row', { name: /Drill of documents/ })
    .click();
  await page.getByRole('heading', { name: /^Evidence: Drill/ }).waitFor();
  await take(page, 'evidence');
}

async function takeSites({ page, root, go, take, run }: Scene): Promise<void> {
  await mkdir(join(root, 'nas'));
  await run(
    ...['site', 'add', 'NAS', join(root, 'nas'), '--set', 'place=Berlin'],
    ...['--set', 'window=mon-fri 08:00-18:00 off; otherwise full', '--secret', 'password=env:HOLDFAST_PASSWORD'],
  );
  await run('sync', 'rule', 'add', '--to', 'NAS', '--keep', '12m');
  await run('sync', 'run', '--to', 'NAS', '--now');
  await go(page, '/sites/NAS');
  await page.getByText('full speed', { exact: true }).first().waitFor();
  await take(page, 'site');
}

async function takeCompliance({ page, go, take, run }: Scene): Promise<void> {
  await run(
    ...['case', 'open', '2026-117', '--requested-by', 'the district court', '--reason', 'Suit of the harbour'],
    ...['--review', '2030-01-31', '--source', 'documents'],
  );
  await go(page, '/recovery/compliance');
  await page.getByRole('grid', { name: 'Sources' }).getByRole('row').nth(1).click();
  await page.getByRole('heading', { level: 2, name: 'documents' }).waitFor();
  await take(page, 'compliance');
}
