/** What the page gets to see of the desktop: a few calls, and one port to the engine that arrives as a message. */
import type { ContextBridge, IpcRenderer } from 'electron';
import { channels, hostName } from './channels.ts';

export type PreloadWindow = {
  addEventListener(event: 'DOMContentLoaded', listener: () => void): void;
  postMessage(message: unknown, targetOrigin: string, transfer: readonly unknown[]): void;
};

export type PreloadParts = {
  readonly contextBridge: Pick<ContextBridge, 'exposeInMainWorld'>;
  readonly ipcRenderer: Pick<IpcRenderer, 'invoke' | 'on' | 'removeListener' | 'send'>;
  readonly window: PreloadWindow;
};

export function exposeHost({ contextBridge, ipcRenderer, window }: PreloadParts): void {
  const heardOn =
    (channel: string) =>
    (listener: (message: unknown) => void): (() => void) => {
      if (typeof listener !== 'function') throw new TypeError('A listener is a function.');
      // Never the event: it leads to the sender, and with it to every channel.
      const tell = (_event: unknown, message: unknown): void => listener(message);
      ipcRenderer.on(channel, tell);
      return () => void ipcRenderer.removeListener(channel, tell);
    };
  contextBridge.exposeInMainWorld(hostName, {
    // Only what is named is passed on: the page must not reach further arguments of a channel.
    pickFolders: (options: unknown): Promise<unknown> => ipcRenderer.invoke(channels.pickFolders, options),
    saveFile: (options: unknown): Promise<unknown> => ipcRenderer.invoke(channels.saveFile, options),
    reveal: (path: unknown): Promise<unknown> => ipcRenderer.invoke(channels.reveal, path),
    settings: (): Promise<unknown> => ipcRenderer.invoke(channels.settings),
    changeSettings: (change: unknown): Promise<unknown> => ipcRenderer.invoke(channels.changeSettings, change),
    update: (step: unknown): Promise<unknown> => ipcRenderer.invoke(channels.update, step),
    openedKit: (): Promise<unknown> => ipcRenderer.invoke(channels.openedKit),
    onSettings: heardOn(channels.settingsChanged),
    onGoTo: heardOn(channels.goTo),
  });
  // A port cannot cross the bridge as an argument. It goes to this very window, in which nothing but our page can be.
  ipcRenderer.on(channels.port, ({ ports }) => window.postMessage(channels.port, '*', ports));
  // Scripts of the page have run by then, so it listens.
  window.addEventListener('DOMContentLoaded', () => ipcRenderer.send(channels.connect));
}
