import { EventEmitter } from 'node:events';
import { readFileSync } from 'node:fs';
import { describe, expect, test } from 'vitest';
import { isOurPage } from '../../../electron/desktop/address.ts';
import { webPreferences } from '../../../electron/desktop/main-window.ts';
import { guardContents, type GuardedContents } from '../../../electron/desktop/navigation.ts';
import {
  guardPermissions,
  isAllowed,
  permissionTable,
  type GuardedSession,
} from '../../../electron/desktop/permissions.ts';

const ours = 'holdfast://console';

describe('permissions', () => {
  test('are all refused but copying text, and each refusal has a reason', () => {
    const allowed = Object.entries(permissionTable).filter(([, { allow }]) => allow);
    expect(allowed.map(([name]) => name)).toEqual(['clipboard-sanitized-write']);
    for (const [name, { why }] of Object.entries(permissionTable)) expect(why.length, name).toBeGreaterThan(10);
  });

  test('have a line for each that this Electron knows', () => {
    const types = readFileSync('node_modules/electron/electron.d.ts', 'utf8');
    for (const handler of ['setPermissionRequestHandler', 'setPermissionCheckHandler']) {
      const list = new RegExp(`${handler}\\(handler: .*?permission: ([^,]*),`).exec(types)?.[1] ?? '';
      const names = [...list.matchAll(/'([^']+)'/g)].map(([, name]) => name);
      expect(names.length).toBeGreaterThan(20);
      expect(Object.keys(permissionTable)).toEqual(expect.arrayContaining(names));
    }
  });

  test('are refused to anybody else, and by names that are in no table', () => {
    expect(isAllowed('clipboard-sanitized-write', `${ours}/`)).toBe(true);
    expect(isAllowed('clipboard-sanitized-write', 'https://example.com')).toBe(false);
    expect(isAllowed('clipboard-sanitized-write', 'holdfast://console.example')).toBe(false);
    for (const name of ['constructor', '__proto__', 'of-tomorrow']) expect(isAllowed(name, ours)).toBe(false);
  });

  test('are decided by handlers on the session, for the main frame alone, which saves nothing and reaches no network', () => {
    type Judge = (details: { url: string }, answer: (response: { cancel?: boolean }) => void) => void;
    type Handlers = {
      request: Parameters<GuardedSession['setPermissionRequestHandler']>[0];
      check: Parameters<GuardedSession['setPermissionCheckHandler']>[0];
      device: Parameters<GuardedSession['setDevicePermissionHandler']>[0];
    };
    const set: Handlers = { request: null, check: null, device: null };
    const session = new EventEmitter();
    let judge: Judge = () => undefined;
    guardPermissions({
      on: session.on.bind(session) as never,
      webRequest: {
        onBeforeRequest: (listener: unknown) => void (judge = listener as never),
      },
      setPermissionRequestHandler: (handler) => (set.request = handler),
      setPermissionCheckHandler: (handler) => (set.check = handler),
      setDevicePermissionHandler: (handler) => (set.device = handler),
      setDisplayMediaRequestHandler: () => undefined,
    });
    const asked = (permission: string, isMainFrame: boolean, requestingUrl = `${ours}/`): boolean => {
      let granted = false;
      set.request?.(null as never, permission as never, (answer) => (granted = answer), { isMainFrame, requestingUrl });
      return granted;
    };
    expect(asked('clipboard-sanitized-write', true)).toBe(true);
    expect(asked('clipboard-sanitized-write', false)).toBe(false);
    expect(asked('clipboard-sanitized-write', true, 'data:text/html,x')).toBe(false);
    expect(asked('media', true)).toBe(false);
    expect(set.check?.(null, 'notifications', ours, { isMainFrame: true })).toBe(false);
    expect(set.check?.(null, 'clipboard-sanitized-write', ours, { isMainFrame: true })).toBe(true);
    expect(set.device?.({} as never)).toBe(false);
    let saved = true;
    session.emit('will-download', { preventDefault: () => (saved = false) });
    expect(saved).toBe(false);
    const isBlocked = (url: string): boolean => {
      let cancelled = false;
      judge({ url }, ({ cancel }) => (cancelled = cancel === true));
      return cancelled;
    };
    for (const url of ['https://example.com/', 'ws://127.0.0.1:1/', 'file:///etc/passwd', 'no address'])
      expect(isBlocked(url), url).toBe(true);
    for (const url of [`${ours}/assets/index.js`, 'data:image/png;base64,', 'devtools://devtools/a.js'])
      expect(isBlocked(url), url).toBe(false);
  });
});

describe('the page', () => {
  test('leads nowhere, opens nothing and embeds nothing', () => {
    const contents = new EventEmitter();
    let webRtc = 'default';
    let opener: Parameters<GuardedContents['setWindowOpenHandler']>[0] | null = null;
    guardContents(
      Object.assign(contents, {
        setWindowOpenHandler: (handler: typeof opener) => (opener = handler),
        setWebRTCIPHandlingPolicy: (policy: string) => (webRtc = policy),
      }) as never,
    );
    expect((opener as unknown as (details: unknown) => unknown)({ url: 'https://example.com' })).toEqual({
      action: 'deny',
    });
    expect(webRtc).toBe('disable_non_proxied_udp');
    for (const event of ['will-navigate', 'will-frame-navigate', 'will-redirect', 'will-attach-webview']) {
      let prevented = false;
      contents.emit(event, { preventDefault: () => (prevented = true), url: `${ours}/other.html` });
      expect(prevented, event).toBe(true);
    }
  });

  test('is ours in the frame of the window, and nowhere else', () => {
    expect(isOurPage({ origin: ours, parent: null })).toBe(true);
    expect(isOurPage({ origin: ours, parent: {} })).toBe(false);
    expect(isOurPage({ origin: 'https://example.com', parent: null })).toBe(false);
    expect(isOurPage({ origin: 'null', parent: null })).toBe(false);
    expect(isOurPage(null)).toBe(false);
  });

  test('runs in a sandbox, apart from the preload, without Node', () => {
    expect(webPreferences('/p', true)).toMatchObject({
      preload: '/p',
      sandbox: true,
      contextIsolation: true,
      nodeIntegration: false,
      nodeIntegrationInWorker: false,
      nodeIntegrationInSubFrames: false,
      webSecurity: true,
      allowRunningInsecureContent: false,
      experimentalFeatures: false,
      webviewTag: false,
      navigateOnDragDrop: false,
      devTools: false,
    });
  });
});
