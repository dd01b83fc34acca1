/** What the desktop adds to a browser: the preload puts it on `window` and hands over one port to the engine. */
import type {
  DesktopChange,
  DesktopChanged,
  DesktopSettings,
  UpdateStep,
} from '../../shared/model/desktop-settings.ts';

export type KitFile = {
  readonly name: string;
  /** Null where it could not be read, or is no text of a kit's length. */
  readonly text: string | null;
};

/** Small on purpose: everything else is a call of the contract. */
export interface Host {
  /** Asks the person for folders; empty where they thought better of it. */
  pickFolders(options: { readonly title: string; readonly several: boolean }): Promise<readonly string[]>;
  /**
   * Asks the person where to save a file, and writes it there; false where they thought better of it. The content is text, or
   * in base64 what is none.
   */
  saveFile(options: {
    readonly name: string;
    readonly content: string;
    readonly encoding?: 'utf8' | 'base64';
  }): Promise<boolean>;
  /** Shows the place in the system's file manager. */
  reveal(path: string): Promise<void>;
  /** The choices of the desktop program, as they are now. */
  settings(): Promise<DesktopSettings>;
  changeSettings(change: DesktopChange): Promise<DesktopChanged>;
  /** Whoever changes them: the page, the tray, the settings of the system. What is returned ends it. */
  onSettings(listener: (settings: DesktopSettings) => void): () => void;
  /** Does a step towards a newer release; how it went is told with the settings. */
  update(step: UpdateStep): Promise<void>;
  /** The recovery kit that was last opened with this program, its name and its text; null where none was. */
  openedKit(): Promise<KitFile | null>;
  /** Somebody has clicked on a notification, or opened a file: where it leads. What is returned ends it. */
  onGoTo(listener: (place: string) => void): () => void;
}

declare global {
  interface Window {
    readonly holdfastHost?: Host;
  }
}

/** Null in a browser. */
export function desktopHost(): Host | null {
  return window.holdfastHost ?? null;
}

/** The message with which the preload delivers the port; `source` and `origin` are the window's own. */
export const portMessage = 'holdfast:port';

/** The next port that the preload delivers. A reload of the engine's side delivers a new one. */
export function nextPort(signal: AbortSignal): Promise<MessagePort> {
  return new Promise((resolve, reject) => {
    const listen = (event: MessageEvent<unknown>) => {
      const [port] = event.ports;
      if (event.source !== window || event.data !== portMessage || port === undefined) return;
      stop();
      resolve(port);
    };
    const giveUp = () => {
      stop();
      reject(new DOMException('No longer waited for.', 'AbortError'));
    };
    const stop = () => {
      window.removeEventListener('message', listen);
      signal.removeEventListener('abort', giveUp);
    };
    window.addEventListener('message', listen);
    signal.addEventListener('abort', giveUp);
  });
}
