import { EventEmitter } from 'node:events';
import { mkdtempSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { afterEach, beforeEach, describe, expect, test, vi } from 'vitest';
import { startDesktop } from '../../../electron/desktop/desktop.ts';
import type { AlertMessage, ServedEngine, ServeOptions } from '../../../electron/engine/engine.ts';
import * as fake from '../../support/fake-electron/module.ts';

let home: string;
const shown: Shown[] = [];
const loaded: string[] = [];

class Shown extends EventEmitter {
  static isSupported = () => true;
  readonly options: { readonly title: string; readonly body: string };
  constructor(options: Shown['options']) {
    super();
    this.options = options;
  }
  show = () => void shown.push(this);
}

class Window extends EventEmitter {
  webContents = { mainFrame: null };
  loadURL = (address: string) => Promise.resolve(void loaded.push(address));
  isFocused = () => false;
}

beforeEach(() => {
  home = mkdtempSync(join(tmpdir(), 'holdfast-news-'));
  // The stand-ins say there what they are told.
  vi.spyOn(process.stdout, 'write').mockReturnValue(true);
});
afterEach(() => {
  vi.restoreAllMocks();
  shown.length = 0;
  loaded.length = 0;
  rmSync(home, { recursive: true, force: true });
});

/** A desktop that nobody looks at, on an engine of which only `notify` matters. */
async function desktop(early: readonly AlertMessage[] = []): Promise<(message: AlertMessage) => void> {
  const given = Promise.withResolvers<(message: AlertMessage) => void>();
  const engine = { client: { live: { watch: () => new Promise(() => undefined) } } } as unknown as ServedEngine;
  await startDesktop({
    electron: { ...fake, BrowserWindow: Window, Notification: Shown } as never,
    openEngine: ({ notify }: ServeOptions) => {
      early.forEach((message) => notify?.(message));
      given.resolve((message) => notify?.(message));
      return Promise.resolve(engine);
    },
    process: { on: () => process, platform: 'linux', env: {} } as never,
    home,
    userHome: home,
    userName: 'ada',
    version: '0',
    folders: { page: home, preload: home, resources: 'resources' },
    command: ['holdfast'],
    hidden: true,
    kit: null,
    loadUpdater: () => Promise.reject(new Error('nobody has asked for an update')),
    say: () => undefined,
  });
  return given.promise;
}

const message = (title: string): AlertMessage => ({
  title,
  text: `${title}\nIt is old.\n\n-- \nHoldfast`,
  level: 'error',
});

describe('an alert on the desktop', () => {
  test('is a notification, and a click on it opens Alerts', async () => {
    const notify = await desktop();
    expect(loaded).toEqual([]);
    notify(message('papers is overdue'));
    expect(shown.map(({ options }) => options)).toEqual([{ title: 'papers is overdue', body: 'It is old.' }]);
    shown[0]?.emit('click');
    expect(loaded).toEqual(['holdfast://console/#/alerts']);
  });

  test('is shown also where it is told before the shell stands', async () => {
    await desktop([message('the first'), message('the second')]);
    expect(shown.map(({ options: { title } }) => title)).toEqual(['the first', 'the second']);
  });
});
