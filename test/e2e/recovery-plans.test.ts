import { existsSync, readFileSync, writeFileSync } from 'node:fs';
import { createServer } from 'node:http';
import type { AddressInfo } from 'node:net';
import { join } from 'node:path';
import type { Page } from '@playwright/test';
import { afterAll, test } from 'vitest';
import { expectDone } from '../support/expect-clean.ts';
import type { Workspace } from '../support/workspace.ts';
import { closeBrowser, openConsole } from './console.ts';
import { expect } from './expect.ts';
import { connectionPill, goTo } from './pages/console-page.ts';

afterAll(closeBrowser);

const parts = ['accounts', 'archive', 'letters', 'payroll', 'photos', 'plans'];

/** A system of six sources, taken together. */
async function prepare(workspace: Workspace): Promise<void> {
  workspace.init();
  for (const name of parts) {
    const folder = await workspace.folder('office', name);
    writeFileSync(join(folder, 'file'), `of ${name}`);
    expectDone(await workspace.here(['source', 'add', 'folder', '--name', name, '--set', `path=${folder}`]));
  }
  expectDone(await workspace.here(['system', 'take', '--description', 'the office']));
}

async function addStep(
  page: Page,
  kind: string,
  title: string,
  fields: Readonly<Record<string, string>>,
): Promise<void> {
  await page.getByRole('button', { name: 'Add a step…' }).click();
  await page.getByRole('menuitem', { name: kind }).click();
  await page.getByLabel('Called').fill(title);
  for (const [label, text] of Object.entries(fields)) await page.getByLabel(label).fill(text);
}

/** Six restores, each with its preflight and its verification. */
const restoresMs = 90_000;
const script = 'Script; parameters are $HOLDFAST_SET_NAME';
const runs = (file: string): number => (existsSync(file) ? readFileSync(file, 'utf8').trim().split('\n').length : 0);

test('a plan of twelve steps with a checkpoint, made of a system snapshot, is finished after its engine was killed twice', async () => {
  const server = createServer((_, response) => response.end('up'));
  await new Promise<void>((resolve) => server.listen(0, '127.0.0.1', resolve));
  server.unref();
  const health = `http://127.0.0.1:${(server.address() as AddressInfo).port}/`;
  await using opened = await openConsole({ prepare });
  const { workspace } = opened;
  const at = (name: string): string => workspace.path(name);
  const page = await opened.newPage();

  await goTo(page, 'Snapshots');
  await page.getByRole('main').getByRole('button', { name: 'System snapshots' }).click();
  await page.getByRole('grid', { name: 'System snapshots' }).getByRole('row', { name: 'the office' }).click();
  await page.getByRole('button', { name: 'Make a plan of it…' }).click();
  await expect(page.getByRole('list', { name: 'Steps of the plan' }).getByRole('listitem')).toHaveCount(7);
  await page.getByLabel('Name').first().fill('Whole office');
  const held = (name: string): string =>
    `echo run >> ${at(name)}; while [ ! -e ${at(`${name}-go`)} ]; do sleep 0.05; done`;
  await addStep(page, 'Run a command', 'Start the database', { [script]: held('first') });
  await addStep(page, 'Wait for a health check', 'It answers', { Address: health });
  await addStep(page, 'Run a command', 'Start the rest', { [script]: held('second') });
  await addStep(page, 'Run a command', 'Open the doors', { [script]: `echo run >> ${at('last')}` });
  await addStep(page, 'Tell', 'Tell everybody', { 'What is told': 'The office is back.' });
  await expect(page.getByRole('list', { name: 'Steps of the plan' }).getByRole('listitem')).toHaveCount(12);
  await page.getByRole('button', { name: 'Save the plan' }).click();

  await page.getByRole('button', { name: 'Would it work today?' }).click();
  await expect(page.getByRole('heading', { name: 'It would work today' })).toBeVisible();
  await page.getByRole('button', { name: 'Run it…' }).click();
  await page.getByLabel('Folder on this machine to bring files and repositories back into').fill(at('back'));
  await page.getByRole('button', { name: 'Run the plan' }).click();

  const headline = page.getByRole('status').filter({ hasText: /\w/ });
  await expect(page.getByRole('heading', { name: /Waits for you: Look whether/ })).toBeVisible({
    timeout: restoresMs,
  });
  for (const name of parts)
    expect(readFileSync(join(at('back'), name, workspace.path('office', name), 'file'), 'utf8')).toBe(`of ${name}`);
  await page.getByLabel('Your name').fill('Ada');
  await page.getByRole('button', { name: 'It is so: go on' }).click();
  await expect.poll(() => runs(at('first'))).toBe(1);

  await opened.restart('SIGKILL');
  await expect(connectionPill(page)).toHaveText('live');
  await expect(page.getByRole('heading', { name: 'Waits for you: Start the database' })).toBeVisible();
  expect(runs(at('first')), 'a command is not begun a second time unasked').toBe(1);
  writeFileSync(at('first-go'), '');
  await page.getByRole('button', { name: 'Do it again' }).click();
  await expect.poll(() => runs(at('second'))).toBe(1);

  await opened.restart('SIGKILL');
  await expect(connectionPill(page)).toHaveText('live');
  await expect(page.getByRole('heading', { name: 'Waits for you: Start the rest' })).toBeVisible();
  await page.getByLabel('Your name').fill('Ada');
  await page.getByRole('button', { name: 'It did its work: go on' }).click();
  await expect(headline.filter({ hasText: 'All of it is done' })).toBeVisible();
  expect([runs(at('first')), runs(at('second')), runs(at('last'))]).toEqual([2, 1, 1]);
  await expect(page.getByRole('list', { name: 'Steps', exact: true })).toContainText('confirmed by Ada');
  // What the killed engine had begun goes on by itself until then.
  writeFileSync(at('second-go'), '');
  server.close();
});
