/** Runs sandboxed beside the page, before its scripts. */
import { contextBridge, ipcRenderer } from 'electron';
import { exposeHost, type PreloadWindow } from './desktop/preload-side.ts';

exposeHost({ contextBridge, ipcRenderer, window: globalThis as unknown as PreloadWindow });
