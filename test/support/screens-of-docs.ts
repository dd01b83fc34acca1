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
  const { page, take } = scene;
  // Small enough that a page of docs with several is soon there.
  await page.setViewportSize({ width: 1280, height: 760 });
  await takeAlerts(scene);
  await visit(scene, '/sources', 'Sources');
  await page.getByRole('grid', { name: 'Sources' }).getByRole('row').nth(4).waitFor();
  await take(page, 'sources');
  await visit(scene, '/profiles', 'Profiles');
  await page.getByRole('region', { name: 'Profiles' }).getByRole('link', { name: 'Standard' }).click();
  await page.getByRole('table', { name: 'Next runs' }).waitFor();
  await take(page, 'profile');
  await visit(scene, '/settings?section=access', 'Settings');
  await take(page, 'settings');
  await takePlanRun(scene);
  await takeEvidence(scene);
  await takeSites(scene);
  await visit(scene, '/reports', 'Reports');
  await page.getByRole('grid').getByRole('row').nth(4).waitFor();
  await take(page, 'report');
  await takeCompliance(scene);
  await visit(scene, '/recovery', 'Recovery');
  await page.getByRole('grid').getByRole('row').nth(1).waitFor();
  await take(page, 'recovery');
}

async function takeAlerts(scene: Scene): Promise<void> {
  const { page, take, run } = scene;
  await run('source', 'set', 'photos', '--set', 'rpo=2h');
  await visit(scene, '/alerts', 'Alerts');
  const row = page.getByRole('grid').getByRole('row').nth(1);
  await row.waitFor({ timeout: alertMs });
  await row.click();
  await take(page, 'alerts');
}

async function takePlanRun(scene: Scene): Promise<void> {
  const { page, target, take, run } = scene;
  const { id } = JSON.parse(await run('system', 'take', '--description', 'the office', '--json')) as { id: string };
  await run('plan', 'add', '--system', id, '--name', 'Whole office');
  await visit(scene, '/recovery/plans/Whole office', 'Whole office');
  await page.getByRole('button', { name: 'Would it work today?' }).click();
  await page.getByRole('heading', { name: 'It would work today' }).waitFor();
  await page.getByRole('button', { name: 'Run it…' }).click();
  await page.getByLabel('Folder on this machine to bring files and repositories back into').fill(join(target, 'all'));
  await page.getByRole('button', { name: 'Run the plan' }).click();
  await page.getByRole('heading', { name: /Waits for you/ }).waitFor({ timeout: alertMs });
  await take(page, 'plan-run');
}

async function takeEvidence(scene: Scene): Promise<void> {
  const { page, take, run } = scene;
  await run('drill', 'run', 'documents');
  await visit(scene, '/recovery/evidence', 'Evidence');
  await page
    .getByRole('grid')
    .getByRole('row', { name: /Drill of documents/ })
    .click();
  await page.getByRole('heading', { name: /^Evidence: Drill/ }).waitFor();
  await take(page, 'evidence');
}

async function takeSites(scene: Scene): Promise<void> {
  const { page, root, take, run } = scene;
  await mkdir(join(root, 'nas'));
  await run(
    'site',
    'add',
    'NAS',
    join(root, 'nas'),
    '--set',
    'place=Berlin',
    '--set',
    'window=mon-fri 08:00-18:00 off; otherwise full',
    '--secret',
    'password=env:HOLDFAST_PASSWORD',
  );
  await run('sync', 'rule', 'add', '--to', 'NAS', '--keep', '12m');
  await run('sync', 'run', '--to', 'NAS', '--now');
  await visit(scene, '/sites/NAS', 'NAS');
  await page.getByText('full speed', { exact: true }).first().waitFor();
  await take(page, 'site');
}

async function takeCompliance(scene: Scene): Promise<void> {
  const { page, take, run } = scene;
  await run(
    'case',
    'open',
    '2026-117',
    '--requested-by',
    'the district court',
    '--reason',
    'Suit of the harbour',
    '--review',
    '2030-01-31',
    '--source',
    'documents',
  );
  await visit(scene, '/recovery/compliance', 'Compliance');
  await page.getByRole('grid', { name: 'Sources' }).getByRole('row').nth(1).click();
  await page.getByRole('heading', { level: 2, name: 'documents' }).waitFor();
  await take(page, 'compliance');
}

/** Until nothing of the screen before is there. */
async function visit({ page, go }: Scene, address: string, heading: string): Promise<void> {
  await go(page, address);
  await page.getByRole('heading', { level: 1, name: heading, exact: true }).waitFor();
}
