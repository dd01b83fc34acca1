import { afterAll, test } from 'vitest';
import { closeBrowser, openConsole } from './console.ts';
import { expect } from './expect.ts';
import { Inspector } from './pages/inspector.ts';
import { preparePapers } from './papers.ts';

const patience = { timeout: 120_000 };

afterAll(closeBrowser);

test('an operator sees what nothing protects, puts one aside, and protects another', async () => {
  await using console = await openConsole({ prepare: preparePapers });
  const page = await console.newPage();
  const inspector = new Inspector(page);
  const main = page.getByRole('main');
  const button = (name: string | RegExp) => main.getByRole('button', { name });
  await page.getByRole('navigation', { name: 'Areas' }).getByRole('link', { name: 'Sources' }).click();
  await button('What is unprotected').click();
  await expect(page.getByRole('heading', { level: 1, name: 'What is unprotected' })).toBeVisible();
  const list = main.getByRole('grid', { name: 'Unprotected' });
  await expect(list).toContainText('Settings of this machine', patience);
  await inspector.look('what is unprotected');
  const etc = list.getByRole('row').filter({ hasText: 'Settings of this machine' });
  await etc.click();
  await inspector.look('one that is unprotected');
  await button('Not worth it').click();
  await expect(list).not.toContainText('Settings of this machine', patience);
  await main.getByRole('checkbox', { name: /that were put aside/ }).click();
  await etc.click();
  await expect(main).toContainText('Put aside by');
  await button('It is a gap again').click();
  await expect(list).not.toContainText('put aside', patience);
  await etc.click();
  await button('Protect…').click();
  await expect(page.getByRole('heading', { level: 1, name: 'Add a source' })).toBeVisible();
  await expect(main).toContainText('/etc');
  inspector.expectNothing();
});
