import { afterAll, beforeAll, describe, test } from 'vitest';
import type { Page } from '@playwright/test';
import { makeAcme, type Acme } from './acme.ts';
import { closeBrowser, openConsole, type Console } from './console.ts';
import { expect } from './expect.ts';
import { GitPages } from './pages/git.ts';
import { Inspector } from './pages/inspector.ts';
import { prepareSource } from './prepared.ts';

/** One organisation from its first test of a token to a lost branch that is given back; each test goes on from the last. */
describe('an organisation of GitHub', () => {
  let acme: Acme;
  let opened: Console;
  let page: Page;
  let git: GitPages;
  let inspector: Inspector;

  beforeAll(async () => {
    acme = await makeAcme();
    opened = await openConsole({ env: { HOLDFAST_PASSPHRASE: 'a fine passphrase' } });
    page = await opened.newPage();
    await prepareSource(opened.workspace, { name: 'docs', path: await opened.workspace.folder('docs') });
    git = new GitPages(page);
    inspector = new Inspector(page);
  });
  afterAll(async () => {
    await opened[Symbol.asyncDispose]();
    await acme[Symbol.asyncDispose]();
    await closeBrowser();
  });

  test('is added with what its token sees, what the filters select, and a command without the token', async () => {
    await inspector.visit('/sources/new', 'Add a source');
    await inspector.look('kinds of sources');
    await page.getByRole('link', { name: /^GitHub organisation/ }).click();
    await expect(git.button('Test')).toBeDisabled();
    await inspector.look('a source of GitHub, empty');
    await git.test({ owner: 'acme', api: acme.api, token: acme.token });
    await expect(git.rows('Repositories of the owner')).toHaveCount(3);
    await expect(page.getByText('fine-grained token', { exact: true })).toBeVisible();
    await page.getByRole('textbox', { name: 'But not' }).fill('lib*');
    await page.getByRole('checkbox', { name: 'Archived ones too' }).uncheck();
    await expect(git.row('Repositories of the owner', 'library')).toContainText('left out');
    await expect(page.getByText('1 of 3', { exact: true })).toBeVisible();
    await inspector.look('a source of GitHub, tested');
    await page.getByRole('textbox', { name: 'But not' }).fill('');
    await page.getByRole('checkbox', { name: 'Archived ones too' }).check();
    await git.button('Show command').click();
    const command = page.getByRole('dialog').locator('pre');
    await expect(command).toContainText('--secret token=env:GITHUB_TOKEN');
    await expect(command).not.toContainText(acme.token);
    await page.keyboard.press('Escape');
    await git.button('Add and protect now').click();
    await git.expectSnapshots(1);
    await expect(git.rows('Git repositories')).toHaveCount(3);
    inspector.expectNothing();
  });

  test('a token that is none is refused before anything is saved', async () => {
    await git.go('/sources/new?kind=github');
    await page.getByRole('textbox', { name: 'Owner' }).fill('acme');
    await page.getByRole('textbox', { name: 'Address of the API' }).fill(acme.api);
    await page.getByRole('textbox', { name: 'Token' }).fill('ghp_not_a_token_of_anybody_0000000000000');
    await git.button('Test').click();
    await expect(page.getByRole('alert')).toContainText('GITHUB_REFUSED');
    await expect(page.getByRole('alert')).not.toContainText('ghp_not');
  });

  test('shows what its server has lost, and offers it back', async () => {
    await acme.lose();
    await git.go('/sources/acme');
    await git.protect(2);
    await expect(git.row('Git repositories', 'acme/app')).toContainText('history lost 2 times');
    await inspector.look('a source of GitHub that has lost history');
    await git.button('Edit…').click();
    await git.button('Test').click();
    await expect(git.rows('Repositories of the owner')).toHaveCount(3);
    await inspector.look('a source of GitHub, changed');
    await git.button('Leave as it was').click();
    await git.row('Git repositories', 'acme/app').click();
    await expect(page).toHaveURL(/#\/snapshots\/git/);
    await expect(page.getByRole('heading', { name: 'History lost at its server' })).toBeVisible();
    await git.button('Its commits').first().click();
    await expect(git.rows('Commits')).toHaveCount(1);
    await inspector.look('commits that are lost');
    inspector.expectNothing();
  });

  test('is looked into by keys, and nothing in a file is more than text', async () => {
    await git.go('/snapshots/git?source=acme');
    await expect(git.rows('Git repositories')).toHaveCount(3);
    await inspector.look('Git repositories of a snapshot');
    await page.getByRole('grid', { name: 'Git repositories' }).focus();
    await page.keyboard.press('Home');
    await page.keyboard.press('Enter');
    const files = page.getByRole('grid', { name: 'Files of the commit' });
    await expect(git.row('Files of the commit', /^.?src/)).toBeVisible();
    await inspector.look('files of a commit');
    await files.focus();
    await page.keyboard.press('Home');
    await page.keyboard.press('Enter');
    await expect(git.row('Files of the commit', 'main.ts')).toBeVisible();
    await git.row('Files of the commit', 'main.ts').click();
    const text = page.getByRole('region', { name: 'Content of src/main.ts' });
    await expect(text).toContainText('export const answer = 42;');
    await expect(text).toContainText('\\u{202e}abc');
    await inspector.look('a file of a commit');
    await git.button('Back to the folder').click();
    await files.focus();
    await page.keyboard.press('Backspace');
    await git.row('Files of the commit', '<img src=x').click();
    await expect(page.getByRole('region', { name: /^Content of <img/ })).toContainText('<script>alert(1)</script>');
    await expect(page.getByRole('main').locator('img')).toHaveCount(0);
    await page.getByText('Commits', { exact: true }).click();
    await git.row('Commits', 'Start over').click();
    await expect(page.getByRole('heading', { name: 'The commit that is chosen' })).toBeVisible();
    inspector.expectNothing();
  });

  test('tells what became of refs between two snapshots', async () => {
    await git.button('Compare…').click();
    await page.getByRole('dialog').getByRole('button', { name: 'Compare' }).click();
    await expect(git.row('Refs that differ', 'feature/x')).toContainText('deleted, history lost');
    await expect(git.row('Refs that differ', 'main')).toContainText('force-pushed');
    await inspector.look('refs that differ');
    await git.button('All repositories').click();
    await expect(git.row('Repositories whose refs differ', '/acme/app')).toContainText('history lost');
    await inspector.look('repositories whose refs differ');
    inspector.expectNothing();
  });

  test('is given back to GitHub as it was before, verified, with a token that nobody keeps', async () => {
    await git.go('/recovery/git?source=acme');
    await page.getByRole('combobox', { name: 'As of' }).click();
    await page.getByRole('option').last().click();
    await inspector.look('what is given back');
    await git.button('Next').click();
    await page.getByRole('textbox', { name: 'Owner' }).fill('spare');
    await page.getByRole('textbox', { name: 'Address of the API' }).fill(acme.api);
    await expect(git.button('Next')).toBeDisabled();
    await page.getByRole('textbox', { name: 'Token' }).fill(acme.writer);
    await inspector.look('where it is given back to');
    await git.button('Next').click();
    await expect(git.row('Refs of the restore', 'feature/x')).toContainText('create');
    await expect(git.row('Settings, releases and wiki', 'visibility').first()).toContainText('create');
    await inspector.look('what would become of refs');
    await git.button('Start the restore').click();
    await git.expectStep('Report');
    await expect(git.row('Repositories of the restore', 'acme/app')).toContainText('same refs, git fsck passed');
    await expect(git.row('Settings, releases and wiki', 'visibility').first()).toContainText('created');
    await inspector.look('what came of it');
    const web = acme.hub.github.web;
    const refsOf = (repository: string) =>
      acme.git('app', 'ls-remote', '--heads', '--tags', `${web}/${repository}.git`).then((text) => text.split('\n'));
    const given = await refsOf('spare/app');
    expect(given.map((line) => line.split('\t')[1])).toEqual([
      'refs/heads/feature/x',
      'refs/heads/main',
      'refs/tags/v1.0',
      'refs/tags/v1.0^{}',
    ]);
    inspector.expectNothing();
  });

  test('a branch it has lost is pushed back where it was, and what is there is held back until that is allowed', async () => {
    await git.go('/snapshots/git?source=acme');
    await git.row('Git repositories', 'acme/app').click();
    await git.button(/^Give it back…: branch main/).click();
    await expect(page.getByRole('textbox', { name: 'Name on the target' })).toHaveValue('refs/heads/recovered/main');
    await page.getByRole('radio', { name: 'As it was' }).check();
    await git.button('Next').click();
    await page.getByRole('radio', { name: 'Another Git server' }).check();
    const url = acme.hub.github.repository('acme', 'app').cloneUrl;
    await page.getByRole('textbox', { name: 'Address' }).fill(url);
    await page.getByRole('textbox', { name: 'Token' }).fill(acme.writer);
    await git.button('Next').click();
    await expect(git.row('Refs of the restore', 'main')).toContainText('held back');
    await expect(git.button('Start the restore')).toBeDisabled();
    await page.getByRole('checkbox', { name: /^Overwrite/ }).check();
    await expect(git.row('Refs of the restore', 'main')).toContainText('overwrite');
    await git.button('Start the restore…').click();
    await page.getByRole('dialog').getByRole('textbox').fill('1');
    await inspector.look('what would be overwritten');
    await page.getByRole('dialog').getByRole('button', { name: 'Start the restore' }).click();
    await git.expectStep('Report');
    await expect(git.row('Refs of the restore', 'main')).toContainText('overwritten');
    expect(await acme.git('app', 'ls-remote', url, 'refs/heads/main')).toMatch(
      await acme.git('app', 'rev-parse', 'ORIG_HEAD'),
    );
    inspector.expectNothing();
  });

  test('says of each repository that is not whole why, since when, and what is kept of it', async () => {
    acme.hub.github.remove('acme', 'library');
    await git.go('/sources/acme');
    await git.protect(3);
    await expect(page.getByText('1 of 3 is not whole: 1 missing')).toBeVisible();
    await expect(git.row('Git repositories', 'acme/library')).toContainText('missing');
    await expect(git.rows('Git repositories').first()).toContainText('acme/library');
    await expect(page.locator('section').filter({ hasText: 'Not in its snapshots' })).toContainText('Projects');
    await inspector.look('a source of GitHub with a repository that is missing');
    await page.getByText('Missing 1', { exact: true }).click();
    await expect(git.rows('Git repositories')).toHaveCount(1);
    await expect(git.row('Git repositories', 'acme/library')).toContainText('GitHub knows nothing of it any more');
    await expect(git.row('Git repositories', 'acme/library')).toContainText('all, as of');
    await inspector.look('repositories that are missing');
    await git.row('Git repositories', 'acme/library').click();
    await expect(page.getByText('acme/library: missing')).toBeVisible();
    await inspector.look('a repository that is missing');
    await git.button('Open the last good snapshot').click();
    await expect(page.getByText('acme/library: missing')).toHaveCount(0);
    await expect(git.row('Files of the commit', 'README.md')).toBeVisible();
    inspector.expectNothing();
  });

  test('is checked: what its token sees, and what the next run would do, while nothing is changed', async () => {
    acme.hub.github.createRepository('acme', 'newcomer');
    await git.go('/sources/acme');
    await git.button('Check').click();
    const result = page.locator('section').filter({ has: page.getByRole('heading', { name: 'Check', exact: true }) });
    await expect(result).toContainText('can be protected in part');
    await expect(result).toContainText('1: newcomer');
    await expect(result).toContainText('Repositories that the token was not given');
    await inspector.look('a source of GitHub, checked');
    await expect(git.row('Git repositories', 'newcomer')).toHaveCount(0);
    acme.hub.github.revokeToken(acme.token);
    await git.button('Check').click();
    await expect(result).toContainText('cannot be protected now');
    await inspector.look('a source of GitHub whose token was revoked, checked');
    await git.button('Close').click();
    await expect(result).toHaveCount(0);
    inspector.expectNothing();
  });
});

test('addresses of Git are looked at one by one before a source is made of them', async () => {
  await using acme = await makeAcme();
  await using opened = await openConsole({ env: { HOLDFAST_PASSPHRASE: 'a fine passphrase' } });
  const page = await opened.newPage();
  await prepareSource(opened.workspace, { name: 'docs', path: await opened.workspace.folder('docs') });
  const git = new GitPages(page);
  const inspector = new Inspector(page);
  await git.go('/sources/new?kind=git');
  const addresses = page.getByRole('textbox', { name: 'Addresses' });
  const url = acme.hub.github.repository('acme', 'app').cloneUrl;
  await addresses.fill(`${url}\nfile:///etc\n`);
  await expect(page.getByRole('list', { name: 'What was typed' })).toContainText('protected as a source of folders');
  await expect(git.button('Add')).toBeDisabled();
  await page.getByRole('radio', { name: 'A token or password' }).check();
  await page.getByRole('textbox', { name: 'Token' }).fill(acme.token);
  await inspector.look('a source of Git addresses');
  await addresses.fill(url);
  await git.button('Add and protect now').click();
  await git.expectSnapshots(1);
  await expect(git.row('Git repositories', 'app')).toContainText('main');
  await inspector.look('a source of Git');
  inspector.expectNothing();
});

test('an organisation is protected with a GitHub App, whose key is entered once and shown to nobody', async () => {
  await using acme = await makeAcme();
  await using opened = await openConsole({ env: { HOLDFAST_PASSPHRASE: 'a fine passphrase' } });
  const { appId, installationId, privateKeyPem } = acme.hub.github.addApp({ owner: 'acme' });
  const page = await opened.newPage();
  await prepareSource(opened.workspace, { name: 'docs', path: await opened.workspace.folder('docs') });
  const git = new GitPages(page);
  const inspector = new Inspector(page);
  await git.go('/sources/new?kind=github');
  await page.getByRole('textbox', { name: 'Owner' }).fill('acme');
  await page.getByRole('textbox', { name: 'Address of the API' }).fill(acme.api);
  await page.getByRole('radio', { name: 'GitHub App' }).check();
  await page.getByRole('textbox', { name: 'App id' }).fill(String(appId));
  await page.getByRole('textbox', { name: 'Installation id' }).fill('not a number');
  await expect(page.getByText('A number, as GitHub shows it.')).toBeVisible();
  await page.getByRole('textbox', { name: 'Installation id' }).fill(String(installationId));
  const key = page.getByRole('textbox', { name: 'Private key' });
  await key.fill(privateKeyPem.slice(0, 200));
  await expect(git.button('Test')).toBeDisabled();
  await key.fill(privateKeyPem);
  await git.button('Test').click();
  await expect(git.rows('Repositories of the owner')).toHaveCount(3);
  await expect(page.getByRole('definition').filter({ hasText: 'GitHub App' })).toBeVisible();
  await inspector.look('a source of GitHub, tested with an App');
  await git.button('Show command').click();
  const command = page.getByRole('dialog').locator('pre');
  await expect(command).toContainText(`--set installation=${installationId}`);
  await expect(command).not.toContainText('PRIVATE KEY');
  await page.keyboard.press('Escape');
  await git.button('Add and protect now').click();
  await git.expectSnapshots(1);
  await expect(git.rows('Git repositories')).toHaveCount(3);
  await expect(page.getByText(`GitHub App ${appId}, installation ${installationId}`)).toBeVisible();
  await git.button('Check').click();
  const result = page.locator('section').filter({ has: page.getByRole('heading', { name: 'Check', exact: true }) });
  await expect(result).toContainText(/can be protected(?! in part)/);
  expect(await page.content()).not.toContain('PRIVATE KEY');
  inspector.expectNothing();
});
