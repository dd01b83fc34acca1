/** The one window of the console: opens where it stood, and when closed leaves the engine running. */
import type { BrowserWindow, BrowserWindowConstructorOptions, Screen, WebPreferences } from 'electron';
import { consoleAddress, isOurPage } from './address.ts';
import { channels } from './channels.ts';
import type { StateFile } from './state-file.ts';
import { placeWindow, smallest } from './window-bounds.ts';

export type WindowParts = {
  readonly newWindow: (options: BrowserWindowConstructorOptions) => BrowserWindow;
  readonly screen: Pick<Screen, 'getAllDisplays'>;
  readonly isDark: () => boolean;
  readonly state: StateFile;
  readonly preload: string;
  readonly icon: string;
  /** Tools for developers belong to a checkout. */
  readonly isPackaged: boolean;
  /** The window was closed and the engine goes on. */
  readonly onHidden: () => void;
  /** The window was closed, and with it the program. */
  readonly onClosed: () => void;
};

export class MainWindow {
  readonly #parts: WindowParts;
  #window: BrowserWindow | null = null;
  #leaving = false;

  constructor(parts: WindowParts) {
    this.#parts = parts;
  }

  get window(): BrowserWindow | null {
    return this.#window;
  }

  get isFocused(): boolean {
    return this.#window?.isFocused() ?? false;
  }

  /** Brings the window to the front; makes it where there is none. `place` is the screen it shows then, as `/alerts`. */
  show(place?: string): void {
    const window = this.#window;
    if (window === null) {
      this.#open(place);
      return;
    }
    if (place !== undefined) this.tell(channels.goTo, place);
    if (window.isMinimized()) window.restore();
    window.show();
    window.focus();
  }

  /** To the page, if ours is what the window shows. */
  tell(channel: string, message: unknown): void {
    const frame = this.#window?.webContents.mainFrame ?? null;
    if (frame !== null && isOurPage(frame)) frame.send(channel, message);
  }

  /** From now on a closed window is gone. */
  leave(): void {
    this.#leaving = true;
    if (this.#window !== null) this.#remember(this.#window);
  }

  #open(place?: string): void {
    const { newWindow, screen, isDark, state, preload, icon, isPackaged } = this.#parts;
    const areas = screen.getAllDisplays().map(({ workArea }) => workArea);
    const window = newWindow({
      ...placeWindow(state.state.window, areas),
      minWidth: smallest.width,
      minHeight: smallest.height,
      show: false,
      title: 'Holdfast',
      icon,
      autoHideMenuBar: true,
      // The page's own, so that nothing flashes.
      backgroundColor: isDark() ? '#15171a' : '#fbfbfa',
      webPreferences: webPreferences(preload, isPackaged),
    });
    this.#window = window;
    if (state.state.window?.maximized === true) window.maximize();
    window.once('ready-to-show', () => window.show());
    window.on('page-title-updated', (event) => event.preventDefault());
    window.on('close', (event) => this.#close(event, window));
    window.on('closed', () => {
      this.#window = null;
    });
    void window.loadURL(place === undefined ? consoleAddress : `${consoleAddress}#${place}`);
  }

  #close(event: { preventDefault(): void }, window: BrowserWindow): void {
    this.#remember(window);
    if (this.#leaving) return;
    event.preventDefault();
    if (this.#parts.state.state.keepRunning) {
      window.hide();
      this.#parts.onHidden();
    } else {
      this.#parts.onClosed();
    }
  }

  #remember(window: BrowserWindow): void {
    const { x, y, width, height } = window.getNormalBounds();
    this.#parts.state.change({ window: { x, y, width, height, maximized: window.isMaximized() } });
  }
}

/** The page runs as in a browser, and stricter. */
export function webPreferences(preload: string, isPackaged: boolean): WebPreferences {
  return {
    preload,
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
    safeDialogs: true,
    spellcheck: false,
    devTools: !isPackaged,
  };
}
