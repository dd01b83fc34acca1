/**
 * Stands in for Electron's module around the built main process, in a plain Node: keeps what it is told, answers as an
 * Electron whose window has just loaded the page would, and says what happened as lines of JSON.
 */
import { EventEmitter } from 'node:events';
import { MessageChannel, type MessagePort } from 'node:worker_threads';
import { createORPCClient } from '@orpc/client';
import { RPCLink } from '@orpc/client/message-port';
import type { ContractClient } from '../../../electron/engine/engine.ts';

const tell = (event: string, detail: unknown = null): unknown =>
  process.stdout.write(`${JSON.stringify({ event, detail })}\n`);
let shown: Promise<unknown> = Promise.resolve();
const page = { origin: 'holdfast://console', parent: null };

export const app = Object.assign(new EventEmitter(), {
  isPackaged: false,
  getAppPath: () => process.cwd(),
  requestSingleInstanceLock: () => (tell('single-instance'), true),
  enableSandbox: () => tell('sandbox'),
  whenReady: async () => tell('when-ready'),
  exit: (code: number) => (tell('exit', code), process.exit(code)),
  getLoginItemSettings: () => ({ openAtLogin: false }),
  setLoginItemSettings: () => undefined,
});
export const protocol = {
  registerSchemesAsPrivileged: (schemes: unknown) => tell('schemes', schemes),
  handle: (scheme: string, answer: (request: Request) => Promise<Response>) => {
    tell('handles', scheme);
    shown = answer(new Request('holdfast://console/')).then(async (response) =>
      tell('page', {
        status: response.status,
        policy: response.headers.get('content-security-policy'),
        isHtml: (await response.text()).includes('<!doctype html>'),
      }),
    );
  },
};
export const ipcMain = Object.assign(new EventEmitter(), {
  handle: (channel: string) => tell('serves', channel),
});
/** Ports of Electron are emitters and tell what they carry as `data` of an event. */
export class MessageChannelMain {
  readonly port1: object;
  readonly port2: MessagePort;

  constructor() {
    const { port1, port2 } = new MessageChannel();
    const emitter = new EventEmitter();
    port1.on('message', (data: unknown) => emitter.emit('message', { data }));
    port1.on('close', () => emitter.emit('close'));
    this.port1 = {
      on: (event: string, listener: () => void) => emitter.on(event, listener),
      postMessage: (data: unknown) => port1.postMessage(data),
      start: () => port1.start(),
      close: () => port1.close(),
    };
    this.port2 = port2;
  }
}
export class BrowserWindow extends EventEmitter {
  constructor(options: unknown) {
    super();
    tell('window', options);
  }
  async loadURL(address: string) {
    tell('loads', address);
    ipcMain.emit('holdfast:connect', {
      senderFrame: { ...page, origin: 'https://elsewhere.example', isDestroyed: () => false },
    });
    ipcMain.emit('holdfast:connect', {
      senderFrame: {
        ...page,
        isDestroyed: () => false,
        postMessage: (channel: string, _message: unknown, [port]: [MessagePort]) => {
          // A page that calls nothing for a while is given another port; this one has called all it will.
          if (isUsed) return;
          isUsed = true;
          tell('port', channel);
          void usePort(port);
        },
      },
    });
  }
  isVisible = () => true;
  isFocused = () => true;
  getNormalBounds = () => ({ x: 1, y: 2, width: 1300, height: 900 });
  isMaximized = () => false;
  show() {}
}
let isUsed = false;
async function usePort(port: MessagePort): Promise<void> {
  const client: ContractClient = createORPCClient(new RPCLink({ port }));
  port.start();
  tell('answer', await client.repositories.list({}));
  await shown;
  app.emit('before-quit', { preventDefault: () => undefined });
}
export class Tray extends EventEmitter {
  setToolTip = () => undefined;
  setImage = () => undefined;
  setContextMenu = (menu: { label?: string; type?: string }[]) =>
    tell(
      'menu',
      menu.map(({ label, type }) => label ?? type),
    );
  destroy = () => tell('tray-gone');
}
export const Menu = { buildFromTemplate: (template: unknown) => template, setApplicationMenu: () => undefined };
export const nativeImage = {
  createFromPath: (file: string) => (tell('image', file), { setTemplateImage: () => undefined }),
};
export const nativeTheme = Object.assign(new EventEmitter(), { shouldUseDarkColors: true });
export const powerMonitor = Object.assign(new EventEmitter(), { isOnBatteryPower: () => false });
export const powerSaveBlocker = { start: () => 1, stop: () => undefined };
export const safeStorage = {
  isAsyncEncryptionAvailable: async () => true,
  getSelectedStorageBackend: () => 'basic_text',
};
export const screen = { getAllDisplays: () => [{ workArea: { x: 0, y: 0, width: 1920, height: 1080 } }] };
const keep = (name: string) => (handler: unknown) => tell('guards', { name, isSet: typeof handler === 'function' });
export const session = {
  defaultSession: {
    setPermissionRequestHandler: keep('request'),
    setPermissionCheckHandler: keep('check'),
    setDevicePermissionHandler: keep('device'),
    setDisplayMediaRequestHandler: keep('display'),
    on: (event: string) => tell('watches', event),
    webRequest: { onBeforeRequest: (filter: unknown) => tell('blocks', filter) },
  },
};
export const shell = { showItemInFolder: () => undefined };
export const dialog = { showErrorBox: (title: string, text: string) => tell('error', `${title}: ${text}`) };
export class Notification extends EventEmitter {
  static isSupported = () => true;
  show() {}
}
// What a preload finds.
const exposed = {};
export const contextBridge = {
  exposeInMainWorld: (name: string, value: unknown) => Object.assign(exposed, { [name]: value }),
};
export const ipcRenderer = new EventEmitter();
