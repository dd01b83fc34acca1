/** The tray: what the engine does without a window. Drawn anew only when what it shows has changed. */
import { isDeepStrictEqual } from 'node:util';
import type { Menu, MenuItemConstructorOptions, NativeImage, NativeTheme, Tray } from 'electron';
import { trayIcon } from './tray-icon.ts';
import { trayMenu, trayTooltip, type TrayActions, type TrayChoices } from './tray-menu.ts';
import { startingState, type TrayState } from './tray-state.ts';

export type TrayParts = {
  readonly newTray: (image: NativeImage) => Tray;
  readonly imageFromPath: (file: string) => NativeImage;
  readonly buildMenu: (template: MenuItemConstructorOptions[]) => Menu;
  readonly theme: Pick<NativeTheme, 'shouldUseDarkColors' | 'on'>;
  readonly platform: NodeJS.Platform;
  /** Holds `tray/`. */
  readonly resources: string;
  readonly actions: TrayActions;
  readonly choices: () => TrayChoices;
};

export class ConsoleTray {
  readonly #parts: TrayParts;
  readonly #tray: Tray;
  #state: TrayState = startingState;
  #shown: { state: TrayState; choices: TrayChoices } | null = null;

  constructor(parts: TrayParts) {
    this.#parts = parts;
    this.#tray = parts.newTray(this.#image());
    this.#tray.on('click', () => parts.actions.open());
    parts.theme.on('updated', () => this.#tray.setImage(this.#image()));
    this.refresh();
  }

  show(state: TrayState): void {
    const other = state.level !== this.#state.level;
    this.#state = state;
    if (other) this.#tray.setImage(this.#image());
    this.refresh();
  }

  /** A choice has changed. */
  refresh(): void {
    const { choices, buildMenu } = this.#parts;
    const now = { state: this.#state, choices: choices() };
    // Some desktops close an open menu when it is set anew.
    if (isDeepStrictEqual(now, this.#shown)) return;
    this.#shown = now;
    this.#tray.setToolTip(trayTooltip(this.#state));
    this.#tray.setContextMenu(buildMenu(trayMenu(now.state, now.choices, this.#actions)));
  }

  /** The system has ticked the item before anybody is asked: it is drawn as it is, also where nothing could be changed. */
  get #actions(): TrayActions {
    const { actions } = this.#parts;
    const drawn =
      (set: (on: boolean) => void) =>
      (on: boolean): void => {
        set(on);
        this.#shown = null;
        this.refresh();
      };
    return {
      ...actions,
      setStartAtLogin: drawn(actions.setStartAtLogin),
      setKeepRunning: drawn(actions.setKeepRunning),
    };
  }

  destroy(): void {
    this.#tray.destroy();
  }

  #image(): NativeImage {
    const { imageFromPath, resources, platform, theme } = this.#parts;
    return trayIcon(imageFromPath, resources, this.#state.level, { platform, isDark: theme.shouldUseDarkColors });
  }
}
