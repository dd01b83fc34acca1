import { writeFile } from 'node:fs/promises';
import { join } from 'node:path';
import { afterAll, describe, test } from 'vitest';
import { expectCleanForHoldfast, expectDone } from '../support/expect-clean.ts';
import type { Workspace } from '../support/workspace.ts';
import { closeBrowser, openConsole } from './console.ts';
import { z } from 'zod';
import { sourcePlanSchema } from '../../shared/contract/schedule.ts';
import { expect } from './expect.ts';
import { openSource } from './pages/console-page.ts';
import {
  choosePassword,
  chooseRepositoryFolder,
  chooseRepositoryToRecover,
  chooseSource,
} from './pages/first-run-page.ts';

afterAll(closeBrowser);

async function documents(workspace: Workspace): Promise<string> {
  const folder = await workspace.folder('documents');
  await workspace.folder('documents', 'letters');
  await writeFile(join(folder, 'will.txt'), 'last');
  await writeFile(join(folder, 'letters', 'one.txt'), 'first');
  await writeFile(join(folder, 'letters', 'two.txt'), 'second');
  return folder;
}

describe('a console that knows nothing yet', () => {
  test('leads by its questions to a first good snapshot on the overview', async () => {
    await using opened = await openConsole();
    const { workspace } = opened;
    const folder = await documents(workspace);
    const page = await opened.newPage();
    await expect(page.getByRole('heading', { name: 'Welcome to Holdfast' })).toBeVisible();
    await chooseRepositoryFolder(page, workspace.repository);
    await expect(page.getByText('A new folder is made here')).toBeVisible();
    await page.getByRole('button', { name: 'Next: password' }).click();
    const onward = page.getByRole('button', { name: 'Next: what to protect' });

    await choosePassword(page, workspace.password, 'correct horse battery maple');
    await expect(page.getByText('The two are not the same.')).toBeVisible();
    await expect(onward).toBeDisabled();
    await choosePassword(page, workspace.password, workspace.password);
    await expect(page.getByText('The two are not the same.')).toBeHidden();
    await onward.click();

    await chooseSource(page, folder, 'papers');
    await expect(page.getByText('3 files in 2 folders')).toBeVisible();
    await page.getByRole('button', { name: 'Next: how often' }).click();
    await expect(page.getByRole('radio', { name: 'Every night' })).toBeChecked();
    await page.getByRole('radio', { name: 'Every hour' }).check();
    await page.getByRole('button', { name: 'Create the repository and protect' }).click();
    await expect(page.getByRole('heading', { name: 'The first snapshot is there' })).toBeVisible();
    await expect(page.getByText('Save the recovery kit')).toBeVisible();
    await page.getByRole('button', { name: 'Go to the overview' }).click();

    await expect(page.getByRole('heading', { level: 1 })).toHaveText('The one source is within RPO.');
    const row = page.getByRole('grid', { name: 'Sources, worst first' }).getByRole('row', { name: /^papers/ });
    await expect(row).toContainText('good');
    await expect(page.getByRole('region', { name: 'repository' })).toContainText('1 snapshot');
    const plan = await workspace.holdfast(['status', '--json']);
    const { sources } = plan.json(z.object({ sources: z.array(sourcePlanSchema.loose()) }));
    // At some hours of some days, others fall together with it.
    expect(sources).toMatchObject([{ source: 'papers', next: { periods: expect.arrayContaining(['hourly']) } }]);
    await expectCleanForHoldfast(workspace);
  });

  test('makes no repository where one lies, and offers to connect it', async () => {
    await using opened = await openConsole();
    const { workspace } = opened;
    const elsewhere = { env: { HOLDFAST_HOME: workspace.path('other-home') } };
    expectDone(await workspace.holdfast(['init', workspace.repository], elsewhere));
    const page = await opened.newPage();
    await chooseRepositoryFolder(page, workspace.repository);
    await expect(page.getByText('A repository lies here already')).toBeVisible();
    await expect(page.getByRole('button', { name: 'Next: password' })).toBeDisabled();
    await page.getByRole('link', { name: 'Connect it instead' }).click();
    await expect(page.getByLabel('Folder of the repository')).toHaveValue(workspace.repository);
    const password = page.getByLabel('Password of the repository');
    await password.fill('not this one');
    await page.getByRole('button', { name: 'Connect' }).click();
    await expect(page.getByText('This is not the password of the repository.')).toBeVisible();
    await password.fill(workspace.password);
    await page.getByRole('button', { name: 'Connect' }).click();
    await expect(page.getByRole('heading', { name: 'The catalog is filled' })).toBeVisible();
  });

  test('brings back from a repository what the console of a lost workstation knew', async () => {
    await using opened = await openConsole();
    const { workspace } = opened;
    const recoveryPassphrase = 'a passphrase for the worst day';
    await leaveBehind(workspace, recoveryPassphrase);
    const page = await opened.newPage();
    await page.getByRole('link', { name: /Recover from an existing repository/ }).click();
    await chooseRepositoryToRecover(page, workspace.repository, workspace.password);
    await page.getByRole('button', { name: 'Connect' }).click();
    await expect(page.getByText('2 snapshots can be searched.')).toBeVisible();
    await page.getByRole('button', { name: 'Next: configuration' }).click();

    const question = page.getByRole('heading', { name: 'Bring back what the console knew?' });
    await expect(question).toBeVisible();
    await expect(page.getByRole('main')).toContainText('the lost desk');
    await expect(page.getByRole('main')).toContainText('github');
    await page.getByLabel('Recovery passphrase').fill('a guess');
    await page.getByLabel('Passphrase of this console’s own store').fill('new machine, new passphrase');
    await page.getByRole('button', { name: 'Bring back' }).click();
    await expect(page.getByRole('alert')).toContainText('WRONG_RECOVERY_PASSPHRASE');
    await page.getByLabel('Recovery passphrase').fill(recoveryPassphrase);
    await page.getByRole('button', { name: 'Bring back' }).click();
    await expect(page.getByText(/One source, .* 1 hold/)).toBeVisible();
    await expect(page.getByText('Hooks wait for your approval')).toBeVisible();
    await expect(page.getByText('Credentials to enter again')).toBeHidden();
    await page.getByRole('button', { name: 'Go to the overview' }).click();

    await expect(page.getByRole('heading', { level: 1 })).toHaveText('The one source has a good snapshot.');
    await openSource(page, 'papers');
    await expect(page.getByText('*.tmp')).toBeVisible();
    await expect(page.getByText('not approved here')).toBeVisible();
    await expect(page.getByRole('grid', { name: 'Snapshots of papers' }).getByText('held')).toBeVisible();
    await page.getByRole('button', { name: 'Protect now' }).click();
    await expect(page.getByText('Snapshots · 3')).toBeVisible();
  });
});

/** What a workstation that is lost has left in the repository: two snapshots, a hold, and its configuration. */
async function leaveBehind(workspace: Workspace, recoveryPassphrase: string): Promise<void> {
  const folder = await documents(workspace);
  const env = {
    HOLDFAST_HOME: workspace.path('lost-home'),
    HOLDFAST_PASSPHRASE: 'of the lost machine',
    HOLDFAST_RECOVERY_PASSPHRASE: recoveryPassphrase,
    TOKEN: 'a token that comes back',
  };
  const run = async (...args: string[]) => expectDone(await workspace.holdfast(args, { env }));
  const properties = [`path=${folder}`, 'exclude=*.tmp', 'before=/usr/bin/true'].flatMap((text) => ['--set', text]);
  await run('init', workspace.repository);
  await run('setting', 'set', 'console.name', 'the lost desk');
  await run('source', 'add', 'folder', '--name', 'papers', ...properties);
  await run('protect', 'papers');
  await run('hold', 'latest', '--reason', 'court case 7');
  await run('protect', 'papers');
  await run('credential', 'set', 'github', '--secret', 'token=env:TOKEN');
  await run('recovery-passphrase', 'set');
}
