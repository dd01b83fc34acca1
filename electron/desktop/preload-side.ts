/** What the page gets to see of the desktop: three calls, and one port to the engine that arrives as a message. */
import type { ContextBridge, IpcRenderer } from 'electron';
import { channels, hostName } from './channels.ts';

export type PreloadWindow = {
  addEventListener(event: 'DOMContentLoaded', listener: () => void): void;
  postMessage(message: unknown, targetOrigin: string, transfer: readonly unknown[]): void;
};

export type PreloadParts = {
  readonly contextBridge: Pick<ContextBridge, 'exposeInMainWorld'>;
  readonly ipcRenderer: Pick<IpcRenderer, 'invoke' | 'on' | 'send'>;
  readonly window: PreloadWindow;
};

export function exposeHost({ contextBridge, ipcRenderer, window }: PreloadParts): void {
  contextBridge.exposeInMainWorld(hostName, {
    // Only what is named is passed on: the page must not reach further arguments of a channel.
    pickFolders: (options: unknown): Promise<unknown> => ipcRenderer.invoke(channels.pickFolders, options),
    saveFile: (options: unknown): Promise<unknown> => ipcRenderer.invoke(channels.saveFile, options),
    reveal: (path: unknown): Promise<unknown> => ipcRenderer.invoke(channels.reveal, path),
  });
  // A port cannot cross the bridge as an argument. It goes to this very window, in which nothing but our page can be.
  ipcRenderer.on(channels.port, ({ ports }) => window.postMessage(channels.port, '*', ports));
  // Scripts of the page have run by then, so it listens.
  window.addEventListener('DOMContentLoaded', () => ipcRenderer.send(channels.connect));
}
