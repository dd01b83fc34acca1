import { readFileSync, renameSync } from 'node:fs';
import { join } from 'node:path';
import type { Page } from '@playwright/test';
import { afterAll, beforeAll, describe, test } from 'vitest';
import { noHooks } from '../../shared/model/hooks.ts';
import { toTheEnd } from '../support/client.ts';
import { startGitServer } from '../support/git-server.ts';
import { mustRun } from '../support/processes.ts';
import { createRepository } from '../support/restic-repository.ts';
import type { Workspace } from '../support/workspace.ts';
import { closeBrowser, openConsole, type Console } from './console.ts';
import { expect } from './expect.ts';
import { GitPages } from './pages/git.ts';
import { Inspector } from './pages/inspector.ts';
import { RestorePage } from './pages/restore.ts';
import { accessOf, papersOf, preparePapers, protect, withHistory } from './papers.ts';

const password = 'another password altogether';
const patience = { timeout: 60_000 };

/** The papers and a Git repository, `team/tool`, and a site that has all of them. */
async function prepareCopies(workspace: Workspace): Promise<void> {
  await preparePapers(workspace);
  const root = await workspace.folder('server', 'team');
  const work = await workspace.folder('tool');
  const git = (...args: string[]) => mustRun('git', ['-c', 'user.name=a', '-c', 'user.email=a@example.org', ...args]);
  await git('init', '--quiet', '--initial-branch=main', work);
  await git('-C', work, 'commit', '--quiet', '--allow-empty', '--message=Begin');
  await git('clone', '--quiet', '--bare', work, join(root, 'tool.git'));
  await using server = await startGitServer({ root: workspace.path('server') });
  const location = workspace.path('berlin');
  createRepository(location, { password, scrypt: { N: 1024, r: 8, p: 1 } }).writeIndex();
  await withHistory(workspace, async (client) => {
    const repository = accessOf(workspace);
    const source = { kind: 'git' as const, name: 'code', urls: [server.url('team/tool.git')], commands: noHooks };
    await client.sources.add({ repository, source });
    await protect(client, workspace, 'code');
    const given = { value: password, variable: 'TEST_SITE_PASSWORD' };
    await client.sites.add({ repository, name: 'berlin', location, password: given });
    await toTheEnd(await client.sync.run({ repository, to: 'berlin' }));
  });
}

describe('an operator whose repository is gone', () => {
  let console: Console;
  let page: Page;
  let restore: RestorePage;
  let inspector: Inspector;

  beforeAll(async () => {
    process.env['TEST_SITE_PASSWORD'] = password;
    console = await openConsole({ prepare: prepareCopies, env: { TEST_SITE_PASSWORD: password } });
    page = await console.newPage();
    restore = new RestorePage(page);
    inspector = new Inspector(page);
  });
  afterAll(async () => {
    delete process.env['TEST_SITE_PASSWORD'];
    await console[Symbol.asyncDispose]();
    await closeBrowser();
  });

  const main = () => page.getByRole('main');

  test('sees of each point what decides, and looks into its copies', async () => {
    await page.getByRole('navigation', { name: 'Areas' }).getByRole('link', { name: 'Recovery' }).click();
    await page.getByRole('button', { name: /^Guided restore/ }).click();
    await page.getByRole('combobox', { name: 'Source' }).click();
    await page.getByRole('option', { name: 'papers' }).click();
    await restore.next.click();
    await restore.expectStep('When');
    await expect(page.getByRole('grid', { name: 'Snapshots' })).toContainText('2 places', patience);
    await expect(page.getByRole('grid', { name: 'Snapshots' })).toContainText('complete');
    await main().getByRole('button', { name: 'Details' }).click();
    await expect(main().getByRole('list', { name: 'What decides about this point' })).toContainText('Vault, berlin');
    await main().getByRole('button', { name: 'Look into its copies' }).click();
    const copies = main().getByRole('list', { name: 'Its copies' });
    await expect(copies.getByText('nothing known to be damaged')).toHaveCount(2, patience);
    await inspector.look('a recovery point, closely');
    await restore.next.click();
  });

  test('is offered both places, the better one chosen', async () => {
    await restore.expectStep('Where');
    const places = page.getByRole('radiogroup', { name: 'Read from' });
    await expect(places.getByRole('radio')).toHaveCount(2, patience);
    await expect(places.getByLabel('Vault')).toBeChecked();
    await expect(places.getByLabel('Site berlin')).toBeEnabled();
    await inspector.look('where a restore reads from');
  });

  test('brings it back from the site once the repository does not answer any more', async () => {
    const { repository } = console.workspace;
    renameSync(repository, `${repository}.away`);
    await restore.button('Back').click();
    await restore.next.click();
    const places = page.getByRole('radiogroup', { name: 'Read from' });
    await expect(places).toContainText('not now', patience);
    await places.getByLabel('Site berlin').check();
    const target = console.workspace.path('saved');
    await restore.lookAhead(target);
    await restore.start.click();
    await expect(restore.headline).toHaveText('Restored', patience);
    await expect(restore.report).toContainText('Read from berlin.');
    const back = readFileSync(join(target, papersOf(console.workspace, 'report.txt')), 'utf8');
    expect(back).toBe('third draft');
    await inspector.look('a restore from a site');
    inspector.expectNothing();
  });

  test('gives a Git repository back from the site too, which is chosen, since the other does not answer', async () => {
    const git = new GitPages(page);
    await git.go('/recovery/git?source=code');
    const places = page.getByRole('radiogroup', { name: 'Read from' });
    await expect(places).toContainText('not now', patience);
    await expect(places.getByLabel('Site berlin')).toBeChecked();
    await expect(page.getByLabel('All of the snapshot')).toBeChecked(patience);
    await inspector.look('Git repositories from a site');
    await git.button('Next').click();
    await page.getByRole('radio', { name: 'A bare repository' }).check();
    const target = console.workspace.path('given');
    await page.getByRole('textbox', { name: 'Folder' }).fill(target);
    await git.button('Next').click();
    await expect(git.row('Refs of the restore', 'main')).toContainText('create', patience);
    await git.button('Start the restore').click();
    await git.expectStep('Report');
    await expect(git.row('Repositories of the restore', 'team/tool')).toContainText('same refs, git fsck passed');
    inspector.expectNothing();
  });
});
