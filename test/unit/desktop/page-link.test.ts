import { EventEmitter } from 'node:events';
import { mkdtemp, readFile, rm, stat } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { afterEach, beforeEach, describe, expect, test, vi } from 'vitest';
import { DesktopSettingsBook } from '../../../electron/desktop/desktop-settings.ts';
import { serveHost } from '../../../electron/desktop/host.ts';
import { PortHandover } from '../../../electron/desktop/port-handover.ts';
import { exposeHost } from '../../../electron/desktop/preload-side.ts';
import { StateFile } from '../../../electron/desktop/state-file.ts';

const ours = { origin: 'holdfast://console', parent: null };

function preload() {
  const exposed = new Map<string, Record<string, (...args: unknown[]) => unknown>>();
  const ipcRenderer = Object.assign(new EventEmitter(), {
    sent: [] as unknown[][],
    send: (...args: unknown[]) => ipcRenderer.sent.push(args),
    invoke: (...args: unknown[]) => Promise.resolve(args),
  });
  const window = {
    loaded: () => undefined as void,
    messages: [] as unknown[][],
    addEventListener: (_event: string, listener: () => void) => (window.loaded = listener),
    postMessage: (...args: unknown[]) => void window.messages.push(args),
  };
  exposeHost({
    contextBridge: { exposeInMainWorld: (name, value) => exposed.set(name, value as never) },
    ipcRenderer: ipcRenderer as never,
    window,
  });
  return { exposed, ipcRenderer, window };
}

describe('the preload', () => {
  test('shows the page a few calls and nothing else, and delivers its port as a message', async () => {
    const { exposed, ipcRenderer, window } = preload();
    expect([...exposed.keys()]).toEqual(['holdfastHost']);
    const host = exposed.get('holdfastHost') ?? {};
    expect(Object.keys(host).sort()).toEqual([
      'changeSettings',
      'onGoTo',
      'onSettings',
      'openedKit',
      'pickFolders',
      'reveal',
      'saveFile',
      'settings',
      'update',
    ]);
    expect(await host['reveal']?.('/a', 'more', { than: 'wanted' })).toEqual(['holdfast:reveal', '/a']);
    expect(await host['settings']?.('more')).toEqual(['holdfast:settings']);
    expect(await host['changeSettings']?.({ keepRunning: true }, 'more')).toEqual([
      'holdfast:change-settings',
      { keepRunning: true },
    ]);

    expect(ipcRenderer.sent).toEqual([]);
    window.loaded();
    expect(ipcRenderer.sent).toEqual([['holdfast:connect']]);
    const ports = [{}];
    ipcRenderer.emit('holdfast:port', { ports });
    expect(window.messages).toEqual([['holdfast:port', '*', ports]]);
  });

  test('tells the page of changed settings, without the event that leads to every channel, until it has heard enough', () => {
    const { exposed, ipcRenderer } = preload();
    const host = exposed.get('holdfastHost') ?? {};
    const heard: unknown[][] = [];
    const stop = host['onSettings']?.((...args: unknown[]) => heard.push(args)) as () => unknown;
    ipcRenderer.emit('holdfast:settings-changed', { sender: ipcRenderer }, { keepRunning: false });
    expect(heard).toEqual([[{ keepRunning: false }]]);
    expect(stop()).toBeUndefined();
    ipcRenderer.emit('holdfast:settings-changed', { sender: ipcRenderer }, { keepRunning: true });
    expect(heard).toHaveLength(1);
    const stopGoing = host['onGoTo']?.((...args: unknown[]) => heard.push(args)) as () => unknown;
    ipcRenderer.emit('holdfast:go-to', { sender: ipcRenderer }, '/alerts');
    expect(heard[1]).toEqual(['/alerts']);
    stopGoing();
    expect(ipcRenderer.listenerCount('holdfast:go-to')).toBe(0);
    expect(() => host['onSettings']?.('no function')).toThrow(TypeError);
    expect(ipcRenderer.listenerCount('holdfast:settings-changed')).toBe(0);
  });
});

describe('the hand-over of the port', () => {
  type Scene = { ask: (frame: unknown) => void; frame: object; log: string[]; calls: (count: number) => void };

  function scene(): Scene & { handover: PortHandover } {
    const log: string[] = [];
    const ipcMain = new EventEmitter();
    let onCalls: ((calls: number) => void) | undefined;
    let count = 0;
    const handover = new PortHandover({
      ipcMain: ipcMain as never,
      newChannel: () => ({ port1: 'engine', port2: 'page' }) as never,
      openPort: (port, options) => {
        count += 1;
        const number = count;
        log.push(`engine got ${port as unknown as string} ${number}`);
        onCalls = options.onCalls;
        return { calls: 0, close: () => void log.push(`closed ${number}`) };
      },
      onRefused: (text) => log.push(text),
    });
    handover.listen();
    const frame = {
      ...ours,
      isDestroyed: () => false,
      postMessage: (channel: string, _message: unknown, [port]: unknown[]) =>
        void log.push(`page got ${String(port)} on ${channel}`),
    };
    return {
      handover,
      log,
      frame,
      ask: (senderFrame) => void ipcMain.emit('holdfast:connect', { senderFrame }),
      calls: (calls) => onCalls?.(calls),
    };
  }

  test('gives our page a port, and closes that of the page before', () => {
    const { ask, frame, log } = scene();
    ask(frame);
    ask(frame);
    expect(log).toEqual([
      'engine got engine 1',
      'page got page on holdfast:port',
      'closed 1',
      'engine got engine 2',
      'page got page on holdfast:port',
    ]);
  });

  test('refuses others aloud', () => {
    const { ask, frame, log } = scene();
    ask({ ...frame, origin: 'https://example.com' });
    ask({ ...frame, parent: {} });
    ask(null);
    expect(log).toEqual([
      'A port to the engine was refused to https://example.com.',
      'A port to the engine was refused to holdfast://console.',
      'A port to the engine was refused to a frame that is gone.',
    ]);
  });

  test('gives a new port after a sleep, and to a page that has given up its old one', () => {
    vi.useFakeTimers();
    try {
      const { ask, frame, log, handover, calls } = scene();
      handover.renew();
      expect(log).toEqual([]);
      ask(frame);
      handover.renew();
      expect(log).toContain('engine got engine 2');
      calls(1);
      calls(0);
      calls(1);
      vi.runAllTimers();
      expect(log).not.toContain('engine got engine 3');
      calls(0);
      vi.runAllTimers();
      expect(log).toContain('engine got engine 3');
    } finally {
      vi.useRealTimers();
    }
  });
});

describe('the host', () => {
  let folder: string;
  beforeEach(async () => (folder = await mkdtemp(join(tmpdir(), 'holdfast-host-'))));
  afterEach(() => rm(folder, { recursive: true, force: true }));

  function scene(): {
    shown: string[];
    offered: unknown[];
    login: { on: boolean };
    steps: string[];
    ask: (name: string, given: unknown, frame?: unknown) => unknown;
  } {
    const handlers = new Map<string, (event: unknown, given: unknown) => unknown>();
    const shown: string[] = [];
    const offered: unknown[] = [];
    const login = { on: false };
    const settings = new DesktopSettingsBook({
      login: {
        get state() {
          return { on: login.on, startsThis: true, command: null, file: null };
        },
        set: (on) => void (login.on = on),
      },
      state: new StateFile(join(folder, 'desktop.json')),
      surroundings: { onBattery: false, metered: null },
      updates: { feed: null, state: { kind: 'idle' } },
      onChange: () => undefined,
    });
    const steps: string[] = [];
    serveHost({
      settings,
      kits: { opened: { name: 'office.holdfast-kit', text: '{}' } },
      updates: { take: (step) => Promise.resolve(void steps.push(step)) },
      ipcMain: { handle: (channel: string, handler: never) => void handlers.set(channel, handler) },
      dialog: {
        showOpenDialog: (options: unknown) => {
          offered.push(options);
          return Promise.resolve({ canceled: false, filePaths: ['/a', '/b'] });
        },
        showSaveDialog: (options: unknown) => {
          offered.push(options);
          return Promise.resolve({ canceled: false, filePath: join(folder, 'kit.html') });
        },
      },
      shell: { showItemInFolder: (path) => void shown.push(path) },
      window: () => null,
    });
    const ask = (name: string, given: unknown, senderFrame: unknown = ours): unknown =>
      handlers.get(`holdfast:${name}`)?.({ senderFrame }, given);
    return { shown, offered, login, steps, ask };
  }

  test('lets the person pick folders', async () => {
    const { ask, offered } = scene();
    expect(await ask('pick-folders', { title: 'What to protect', several: true })).toEqual(['/a', '/b']);
    expect(offered).toEqual([
      {
        title: 'What to protect',
        properties: ['openDirectory', 'createDirectory', 'showHiddenFiles', 'multiSelections'],
      },
    ]);
  });

  test('saves where the person says, for this account alone', async () => {
    const { ask, offered } = scene();
    expect(await ask('save-file', { name: '../../etc/kit.html', content: 'kit' })).toBe(true);
    expect(offered).toEqual([{ defaultPath: 'kit.html' }]);
    expect(await readFile(join(folder, 'kit.html'), 'utf8')).toBe('kit');
    expect((await stat(join(folder, 'kit.html'))).mode & 0o777).toBe(0o600);
    await ask('save-file', { name: 'record.pdf', content: 'JVBERv8=', encoding: 'base64' });
    expect([...(await readFile(join(folder, 'kit.html')))]).toEqual([0x25, 0x50, 0x44, 0x46, 0xff]);
    await ask('save-file', { name: 'C:\\\\kit\u202Elmth.exe\n', content: '' });
    expect(offered.at(-1)).toEqual({ defaultPath: 'kitlmth.exe' });
    for (const name of ['', '.', '..', 'a/..', '\u202E', 7])
      expect(() => ask('save-file', { name, content: '' })).toThrow(/cannot be asked/);
  });

  test('shows a place, and refuses what is none', () => {
    const { ask, shown } = scene();
    ask('reveal', '/home/me/papers');
    for (const wrong of ['papers', '', 7, null, '/a\0b']) expect(() => ask('reveal', wrong)).toThrow(/cannot be asked/);
    expect(shown).toEqual(['/home/me/papers']);
  });

  test('changes the choices of the desktop, and nothing that it does not know', () => {
    const { ask, login } = scene();
    const started = { on: true, startsThis: true, command: null, file: null };
    expect(ask('settings', undefined)).toMatchObject({ startAtLogin: { on: false }, keepRunning: true });
    expect(ask('change-settings', { startAtLogin: true, keepRunning: false })).toMatchObject({
      settings: { startAtLogin: started, keepRunning: false },
      problem: null,
    });
    expect(ask('change-settings', {})).toMatchObject({ settings: { keepRunning: false } });
    expect(ask('change-settings', { waitOnBattery: true })).toMatchObject({
      settings: { waitOnBattery: { on: true, now: false } },
    });
    for (const wrong of [
      null,
      undefined,
      [],
      'on',
      { keepRunning: 1 },
      { waitOnMetered: 'yes' },
      { startAtLogin: true, toldAboutTray: true },
    ])
      expect(() => ask('change-settings', wrong)).toThrow(/cannot be asked/);
    expect(() => ask('settings', {})).toThrow(/cannot be asked/);
    expect(login.on).toBe(true);
  });

  test('hands over the recovery kit that was opened, and takes a known step towards an update', async () => {
    const { ask, steps } = scene();
    expect(ask('opened-kit', undefined)).toEqual({ name: 'office.holdfast-kit', text: '{}' });
    await ask('update', 'check');
    for (const wrong of ['uninstall', '', null, ['check']])
      expect(() => ask('update', wrong)).toThrow(/cannot be asked/);
    expect(() => ask('update', 'check', { ...ours, origin: 'https://example.com' })).toThrow(/Only the console/);
    expect(steps).toEqual(['check']);
  });

  test('does nothing for anybody else', () => {
    const { ask, shown, login } = scene();
    for (const frame of [{ ...ours, origin: 'https://example.com' }, { ...ours, parent: {} }, null]) {
      expect(() => ask('reveal', '/home', frame)).toThrow(/Only the console/);
      expect(() => ask('change-settings', { startAtLogin: true }, frame)).toThrow(/Only the console/);
      expect(() => ask('settings', undefined, frame)).toThrow(/Only the console/);
    }
    expect(login.on).toBe(false);
    expect(shown).toEqual([]);
  });
});
