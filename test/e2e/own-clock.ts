/** The console on an engine of this process whose clock a test sets; the browser's clock goes with it. */
import type { Page } from '@playwright/test';
import { writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { serveEngine, type ServedEngine } from '../../electron/engine/engine.ts';
import { createQuickly, quickSecrets } from '../support/quick-keys.ts';
import { makeWorkspace, type Workspace } from '../support/workspace.ts';
import { noHooks } from '../../shared/model/hooks.ts';
import { sharedBrowser } from './console.ts';
import { patienceMs } from './expect.ts';

export type ClockedConsole = AsyncDisposable & {
  readonly workspace: Workspace;
  readonly engine: ServedEngine;
  /** Of the repository. */
  readonly connection: string;
  readonly page: Page;
  readonly origin: string;
  /** Puts both clocks to a moment, as after a sleep. */
  readonly setClock: (ms: number) => Promise<void>;
};

const silent = { info: () => undefined, warn: () => undefined };

/** With a repository, and a source `papers` of one file that nothing has been given to. */
export async function openClockedConsole(beginMs: number): Promise<ClockedConsole> {
  const workspace = await makeWorkspace({ inMemory: true });
  let nowMs = beginMs;
  const home = join(workspace.home, 'holdfast');
  const engine = await serveEngine({
    home,
    caller: { tenant: 'default', actor: 'test' },
    version: '0',
    onNotice: () => undefined,
    secrets: quickSecrets(home),
    takenAtMs: () => nowMs,
    http: {
      host: '127.0.0.1',
      port: null,
      tls: null,
      rendererFolder: join(import.meta.dirname, '../../out/renderer'),
      log: silent,
    },
  });
  const { repository } = await createQuickly(engine.client, workspace, { remember: true });
  const folder = await workspace.folder('papers');
  writeFileSync(join(folder, 'letter'), 'Dear all');
  await engine.client.sources.add({
    repository: { id: repository.id },
    source: {
      kind: 'folder',
      name: 'papers',
      paths: [folder],
      excludes: [],
      excludeCaches: false,
      excludeLargerThanBytes: null,
      oneFileSystem: false,
      commands: noHooks,
    },
  });
  const browser = await sharedBrowser();
  const page = await browser.newPage({
    viewport: { width: 1280, height: 800 },
    timezoneId: 'UTC',
    locale: 'en-GB',
    reducedMotion: 'reduce',
  });
  page.setDefaultTimeout(patienceMs);
  await page.clock.setFixedTime(nowMs);
  await page.goto(engine.console?.newLink().url ?? '');
  await page.locator('[role=status] [data-state=live]').waitFor();
  return {
    workspace,
    engine,
    connection: repository.id,
    page,
    origin: engine.console?.origin ?? '',
    setClock: async (ms) => {
      nowMs = ms;
      await page.clock.setFixedTime(ms);
      engine.resumed();
    },
    [Symbol.asyncDispose]: async () => {
      await page.context().close();
      await engine.close();
      await workspace[Symbol.asyncDispose]();
    },
  };
}
