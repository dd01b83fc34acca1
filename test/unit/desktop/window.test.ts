import { EventEmitter } from 'node:events';
import { mkdtempSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import type { BrowserWindowConstructorOptions } from 'electron';
import { afterEach, beforeEach, describe, expect, test } from 'vitest';
import { homeFolder, ownCommand, readLaunch } from '../../../electron/desktop/launch-options.ts';
import { MainWindow } from '../../../electron/desktop/main-window.ts';
import { StateFile } from '../../../electron/desktop/state-file.ts';
import { placeWindow } from '../../../electron/desktop/window-bounds.ts';

const screen = { x: 0, y: 0, width: 1920, height: 1080 };
let folder: string;

beforeEach(() => (folder = mkdtempSync(join(tmpdir(), 'holdfast-window-'))));
afterEach(() => rmSync(folder, { recursive: true, force: true }));

class FakeWindow extends EventEmitter {
  bounds = { x: 10, y: 20, width: 1400, height: 900 };
  log: string[] = [];
  webContents = {
    mainFrame: {
      origin: 'holdfast://console',
      parent: null,
      send: (channel: string, message: unknown) => void this.log.push(`${channel} ${String(message)}`),
    },
  };
  minimized = false;
  getNormalBounds = () => this.bounds;
  isMaximized = () => false;
  isMinimized = () => this.minimized;
  isFocused = () => true;
  show = () => void this.log.push('show');
  hide = () => void this.log.push('hide');
  focus = () => void this.log.push('focus');
  restore = () => void this.log.push('restore');
  maximize = () => void this.log.push('maximize');
  loadURL = (address: string) => (this.log.push(address), Promise.resolve());
  /** Whether it is gone. */
  close(): boolean {
    let prevented = false;
    this.emit('close', { preventDefault: () => (prevented = true) });
    if (!prevented) this.emit('closed');
    return !prevented;
  }
}

function scene() {
  const made: { options: BrowserWindowConstructorOptions; window: FakeWindow }[] = [];
  const told: string[] = [];
  const state = new StateFile(join(folder, 'desktop.json'));
  const main = new MainWindow({
    newWindow: (options) => {
      const window = new FakeWindow();
      made.push({ options, window });
      return window as never;
    },
    screen: { getAllDisplays: () => [{ workArea: screen }] as never },
    isDark: () => true,
    state,
    preload: '/preload.cjs',
    icon: '/icon.png',
    isPackaged: true,
    onHidden: () => told.push('hidden'),
    onClosed: () => told.push('closed'),
  });
  return { made, told, state, main };
}

describe('the window', () => {
  test('is there once, shows itself when it is drawn, and loads the page', () => {
    const { made, main } = scene();
    main.show();
    main.show();
    expect(made).toHaveLength(1);
    expect(made[0]?.options).toMatchObject({
      show: false,
      width: 1280,
      height: 800,
      webPreferences: { sandbox: true },
    });
    expect(made[0]?.window.log).toEqual(['holdfast://console/', 'show', 'focus']);
  });

  test('is opened at a screen, and goes there where it is open already', () => {
    const { made, main } = scene();
    main.show('/alerts');
    expect(made[0]?.window.log).toEqual(['holdfast://console/#/alerts']);
    main.show('/alerts');
    expect(made[0]?.window.log.slice(1)).toEqual(['holdfast:go-to /alerts', 'show', 'focus']);
  });

  test('is hidden when it is closed, says so, and comes back where it stood', () => {
    const { made, told, main } = scene();
    main.show();
    expect(made[0]?.window.close()).toBe(false);
    expect(made[0]?.window.log).toContain('hide');
    expect(told).toEqual(['hidden']);
    const next = scene();
    next.main.show();
    expect(next.made[0]?.options).toMatchObject({ x: 10, y: 20, width: 1400, height: 900 });
  });

  test('asks to quit when it is closed and nothing is to go on', () => {
    const { made, told, main, state } = scene();
    state.change({ keepRunning: false });
    main.show();
    expect(made[0]?.window.close()).toBe(false);
    expect(told).toEqual(['closed']);
  });

  test('is told what it shows, as long as our page is in it', () => {
    const { made, main } = scene();
    main.tell('news', 'to nobody');
    main.show();
    main.tell('news', 'one');
    const window = made[0]?.window;
    if (window !== undefined) window.webContents.mainFrame.origin = 'https://example.com';
    main.tell('news', 'two');
    expect(window?.log).toEqual(['holdfast://console/', 'news one']);
  });

  test('is gone when the program leaves', () => {
    const { made, told, main } = scene();
    main.show();
    main.leave();
    expect(made[0]?.window.close()).toBe(true);
    expect(told).toEqual([]);
    expect(main.window).toBeNull();
  });

  test('opens in its usual way where what it remembers is damaged', () => {
    writeFileSync(join(folder, 'desktop.json'), '{"window": {"x": "far"}, "keepRunning": 7, "toldAboutTray": true}');
    expect(new StateFile(join(folder, 'desktop.json')).state).toEqual({
      window: null,
      keepRunning: true,
      waitOnBattery: false,
      waitOnMetered: false,
      updates: false,
      toldAboutTray: true,
    });
    writeFileSync(join(folder, 'desktop.json'), 'nonsense');
    expect(new StateFile(join(folder, 'desktop.json')).state.window).toBeNull();
  });
});

describe('the place of the window', () => {
  const saved = { x: 2000, y: 100, width: 1400, height: 900, maximized: false };

  test('is where it stood, while that screen is there', () => {
    const second = { x: 1920, y: 0, width: 2560, height: 1440 };
    expect(placeWindow(saved, [screen, second])).toEqual({ x: 2000, y: 100, width: 1400, height: 900 });
    expect(placeWindow(saved, [screen])).toEqual({ width: 1400, height: 900 });
  });

  test('leaves something to take hold of', () => {
    expect(placeWindow({ ...saved, x: 1850 }, [screen])).not.toHaveProperty('x');
    expect(placeWindow({ ...saved, x: 100, y: -40 }, [screen])).not.toHaveProperty('y');
  });

  test('fits a small screen', () => {
    expect(placeWindow(null, [{ x: 0, y: 0, width: 1024, height: 700 }])).toEqual({ width: 1024, height: 700 });
  });
});

describe('a start', () => {
  test('opens the desktop, hidden where that is asked for', () => {
    expect(readLaunch(['holdfast'], true, '/')).toEqual({ as: 'desktop', hidden: false, kit: null });
    expect(readLaunch(['electron', 'out/app', '--hidden'], false, '/')).toEqual({
      as: 'desktop',
      hidden: true,
      kit: null,
    });
    expect(readLaunch(['holdfast', '--ozone-platform=x11'], true, '/')).toEqual({
      as: 'desktop',
      hidden: false,
      kit: null,
    });
  });

  test('opens the desktop with a recovery kit, as a path or as the address that a file manager passes', () => {
    const kit = '/home/ada/My kit.holdfast-kit';
    const opened = { as: 'desktop', hidden: false, kit };
    expect(readLaunch(['holdfast', kit], true, '/')).toEqual(opened);
    expect(readLaunch(['holdfast', 'My kit.holdfast-kit'], true, '/home/ada')).toEqual(opened);
    expect(readLaunch(['electron', 'out/app', 'file:///home/ada/My%20kit.holdfast-kit'], false, '/')).toEqual(opened);
    const command = ['recover', '--kit', kit];
    expect(readLaunch(['holdfast', ...command], true, '/')).toEqual({ as: 'command', argv: command });
    // A file of another machine is no file here.
    expect(readLaunch(['holdfast', 'file://server/x.holdfast-kit'], true, '/')).toMatchObject({ as: 'command' });
  });

  test('is the command line where a command is named', () => {
    expect(readLaunch(['holdfast', '--ozone-platform=headless', 'serve', '--port', '1'], true, '/')).toEqual({
      as: 'command',
      argv: ['serve', '--port', '1'],
    });
    expect(readLaunch(['holdfast', '--help'], true, '/')).toEqual({ as: 'command', argv: ['--help'] });
  });

  test('has the home of the command line, and knows how to be started again', () => {
    expect(homeFolder({}, '/home/me', '/')).toBe('/home/me/.holdfast');
    expect(homeFolder({ HOLDFAST_HOME: 'h' }, '/home/me', '/work')).toBe('/work/h');
    expect(ownCommand('/tmp/.mount/holdfast', '/app', true, { APPIMAGE: '/opt/H.AppImage' })).toEqual([
      '/opt/H.AppImage',
    ]);
    expect(ownCommand('/opt/holdfast', '/app', true, {})).toEqual(['/opt/holdfast']);
    expect(ownCommand('/e/electron', '/c/out/app', false, {})).toEqual(['/e/electron', '/c/out/app']);
  });
});
