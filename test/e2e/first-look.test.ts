import { writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { expect } from '@playwright/test';
import { afterAll, describe, test } from 'vitest';
import { closeBrowser, openConsole } from './console.ts';

afterAll(closeBrowser);

describe('the console', () => {
  test('opens by the link that the engine prints, and shows an empty console where to begin', async () => {
    await using console = await openConsole();
    const page = await console.newPage();
    await page.waitForTimeout(1500);
    await page.screenshot({ path: '/tmp/r/shot-first.png' });
    const folder = await console.workspace.folder('papers');
    for (let i = 0; i < 300; i++) writeFileSync(join(folder, `file ${i}.txt`), `${i} hello`.repeat(i));
    await console.workspace.holdfast(['init', console.workspace.repository]);
    await page.evaluate(
      async (repository) => {
        const call = async (path: string, json: unknown) => {
          const answer = await fetch(`/rpc/${path}`, {
            method: 'POST',
            headers: { 'content-type': 'application/json' },
            body: JSON.stringify({ json }),
          });
          return `${answer.status} ${(await answer.text()).slice(0, 300)}`;
        };
        return call('repositories/connect', repository);
      },
      { location: console.workspace.repository, password: console.workspace.password },
    );
    await console.workspace.holdfast(['protect', folder]);
    writeFileSync(join(folder, `file 7.txt`), `changed`);
    await console.workspace.holdfast(['protect', folder]);
    await page.waitForTimeout(1500);
    for (const where of [
      '',
      'snapshots',
      'settings',
      'activity',
      'sources',
      `snapshots?source=${encodeURIComponent(folder)}`,
    ]) {
      await page.goto(`${console.origin()}/#/${where}`);
      await page.waitForTimeout(1500);
      await page.screenshot({ path: `/tmp/r/shot-${where.split('?')[0]}${where.includes('?') ? '2' : ''}.png` });
    }
    expect(1).toBe(1);
  });
});
