import { mkdirSync, mkdtempSync, readdirSync, readFileSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import type { MenuItemConstructorOptions } from 'electron';
import { afterEach, beforeEach, describe, expect, test } from 'vitest';
import { DesktopSettingsBook } from '../../../electron/desktop/desktop-settings.ts';
import { StartAtLogin, type LoginParts } from '../../../electron/desktop/start-at-login.ts';
import { StateFile } from '../../../electron/desktop/state-file.ts';
import { ConsoleTray } from '../../../electron/desktop/tray.ts';
import { waitWords, type DesktopSettings } from '../../../shared/model/desktop-settings.ts';

let folder: string;
beforeEach(() => (folder = mkdtempSync(join(tmpdir(), 'holdfast-settings-'))));
afterEach(() => rmSync(folder, { recursive: true, force: true }));

const entry = (): string => join(folder, 'autostart', 'holdfast.desktop');

function loginOf(change: Partial<LoginParts> = {}): StartAtLogin {
  return new StartAtLogin({
    app: null as never,
    platform: 'linux',
    env: { XDG_CONFIG_HOME: folder },
    userHome: '/nowhere',
    command: ['/opt/holdfast'],
    ...change,
  });
}

describe('starting at login', () => {
  test('is an entry of the session on Linux, with a command that survives its own characters', () => {
    const login = loginOf({ command: ['/opt/Hold fast/100%/$holdfast'] });
    const command = String.raw`"/opt/Hold fast/100%%/\\$holdfast" --hidden`;
    expect(login.state).toEqual({ on: false, startsThis: true, command: null, file: entry() });
    login.set(true);
    expect(login.state).toEqual({ on: true, startsThis: true, command, file: entry() });
    expect(readFileSync(entry(), 'utf8')).toContain(`Exec=${command}\n`);
    expect(readdirSync(join(folder, 'autostart'))).toEqual(['holdfast.desktop']);
    login.set(false);
    login.set(false);
    expect(login.state.on).toBe(false);
  });

  test.each(['Hidden=true', 'X-GNOME-Autostart-enabled=false'])(
    'is off where the session has marked it so: %s',
    (mark) => {
      const login = loginOf();
      login.set(true);
      const text = readFileSync(entry(), 'utf8').replace('X-GNOME-Autostart-enabled=true', mark);
      writeFileSync(entry(), text);
      expect(login.state).toMatchObject({ on: false, command: null });
      login.set(true);
      expect(login.state.on).toBe(true);
    },
  );

  test('says so where the entry is that of another program, and takes no action of a menu for the command', () => {
    loginOf({ command: ['/media/stick/holdfast'] }).set(true);
    writeFileSync(entry(), `${readFileSync(entry(), 'utf8')}[Desktop Action x]\nExec=/bin/other\n`);
    const login = loginOf();
    expect(login.state).toMatchObject({ on: true, startsThis: false, command: '/media/stick/holdfast --hidden' });
    login.set(true);
    expect(login.state).toMatchObject({ on: true, startsThis: true });
  });

  test('takes no path that would be a line of its own in the entry', () => {
    expect(() => loginOf({ command: ['/opt/a\nHidden=true'] }).set(true)).toThrow(/line end/);
  });

  test('is asked of the system elsewhere, for this very program', () => {
    const set: unknown[] = [];
    const asked: unknown[] = [];
    const app = {
      setLoginItemSettings: (settings: unknown) => void set.push(settings),
      getLoginItemSettings: (options: unknown) => (asked.push(options), { openAtLogin: true, wasOpenedAtLogin: true }),
    } as never;
    const command = ['C:\\electron.exe', 'C:\\out'];
    const windows = loginOf({ app, platform: 'win32', command });
    windows.set(true);
    const item = { path: 'C:\\electron.exe', args: ['C:\\out', '--hidden'] };
    expect(set).toEqual([{ openAtLogin: true, ...item }]);
    expect(windows.state).toMatchObject({ on: true, file: null });
    expect(asked).toEqual([item]);
    expect(windows.hasStartedThis).toBe(false);
    const mac = loginOf({ app, platform: 'darwin' });
    mac.set(false);
    expect(set[1]).toEqual({ openAtLogin: false });
    expect(mac.hasStartedThis).toBe(true);
    expect(() => loginOf({ app, platform: 'darwin', command }).set(true)).toThrow(/installed/);
  });
});

describe('the choices of the desktop', () => {
  function scene(login: StartAtLogin = loginOf()) {
    const told: DesktopSettings[] = [];
    let menu: MenuItemConstructorOptions[] = [];
    let drawn = 0;
    const surroundings: { onBattery: boolean | null; metered: boolean | null } = { onBattery: false, metered: null };
    const book: DesktopSettingsBook = new DesktopSettingsBook({
      login,
      state: new StateFile(join(folder, 'home', 'desktop.json')),
      surroundings,
      updates: { feed: null, state: { kind: 'idle' } },
      onChange: (settings) => {
        told.push(settings);
        tray.refresh();
      },
    });
    const tray = new ConsoleTray({
      newTray: () =>
        ({
          on: () => undefined,
          setToolTip: () => undefined,
          setContextMenu: () => (drawn += 1),
          setImage: () => 0,
        }) as never,
      imageFromPath: () => ({}) as never,
      buildMenu: (template) => (menu = template) as never,
      theme: { shouldUseDarkColors: false, on: () => undefined as never },
      platform: 'linux',
      resources: 'resources',
      choices: () => ({
        startsAtLogin: book.settings.startAtLogin.on,
        keepsRunning: book.settings.keepRunning,
        quitsWhenDone: false,
      }),
      actions: {
        open: () => undefined,
        quit: () => undefined,
        protect: () => undefined,
        pause: () => undefined,
        resume: () => undefined,
        setStartAtLogin: (startAtLogin) => void book.change({ startAtLogin }),
        setKeepRunning: (keepRunning) => void book.change({ keepRunning }),
      },
    });
    const item = (label: RegExp): MenuItemConstructorOptions => menu.find((one) => label.test(one.label ?? '')) ?? {};
    return {
      book,
      told,
      surroundings,
      ticks: () => [item(/^Start/).checked, item(/^Keep/).checked],
      click: (label: RegExp) => item(label).click?.({ checked: item(label).checked !== true } as never, undefined, {}),
      drawn: () => drawn,
    };
  }

  beforeEach(() => mkdirSync(join(folder, 'home')));

  test('are the same in the tray and on the page, whoever changes them', () => {
    const { book, told, ticks, click } = scene();
    expect(ticks()).toEqual([false, true]);
    expect(book.change({ startAtLogin: true }).problem).toBeNull();
    expect(ticks()).toEqual([true, true]);
    click(/^Keep/);
    expect(ticks()).toEqual([true, false]);
    expect(told.map(({ startAtLogin, keepRunning }) => [startAtLogin.on, keepRunning])).toEqual([
      [true, true],
      [true, false],
    ]);
    expect(book.settings).toEqual(told.at(-1));
  });

  test('follow what the settings of the session have made of the entry', () => {
    const { book, told, ticks } = scene();
    book.change({ startAtLogin: true });
    rmSync(entry());
    expect(ticks()).toEqual([true, true]);
    expect(book.look().startAtLogin.on).toBe(false);
    expect(ticks()).toEqual([false, true]);
    book.look();
    expect(told).toHaveLength(2);
  });

  test('are told again when this computer is another way, with what waits for it', () => {
    const { book, told, surroundings } = scene();
    book.change({ waitOnBattery: true });
    expect(waitWords(book.settings)).toBeNull();
    surroundings.onBattery = true;
    book.look();
    expect(told.at(-1)).toMatchObject({
      waitOnBattery: { on: true, now: true },
      waitOnMetered: { on: false, now: null },
    });
    expect(waitWords(book.settings)).toBe('mains power');
    surroundings.metered = true;
    expect(waitWords(book.look())).toBe('mains power');
    expect(waitWords(book.change({ waitOnMetered: true }).settings)).toBe(
      'mains power and a network that is not metered',
    );
    surroundings.onBattery = null;
    expect(waitWords(book.look())).toBe('a network that is not metered');
  });

  test('say what could not be changed, and the tray takes its tick back', () => {
    writeFileSync(join(folder, 'autostart'), 'a file is in the way');
    const { book, told, ticks, click, drawn } = scene();
    const before = drawn();
    click(/^Start/);
    expect(ticks()).toEqual([false, true]);
    expect(drawn()).toBe(before + 1);
    expect(told).toEqual([]);
    expect(book.change({ startAtLogin: true, keepRunning: false })).toMatchObject({
      settings: { startAtLogin: { on: false }, keepRunning: false },
      problem: expect.stringContaining('Starting at login could not be changed: ') as unknown,
    });
  });

  test('hold until the end where they cannot be kept, which is said', () => {
    rmSync(join(folder, 'home'), { recursive: true });
    const { book } = scene();
    const { settings, problem } = book.change({ keepRunning: false });
    expect(settings.keepRunning).toBe(false);
    expect(problem).toBe('The choice holds until Holdfast ends: its folder cannot be written to.');
  });

  test('outlive the program', () => {
    scene().book.change({ keepRunning: false, waitOnMetered: true });
    expect(scene().book.settings).toMatchObject({
      keepRunning: false,
      waitOnBattery: { on: false },
      waitOnMetered: { on: true },
    });
  });
});
