/** The choices of the desktop, in one place: the tray and the page show what is told from here, whoever has changed it. */
import { isDeepStrictEqual } from 'node:util';
import type { DesktopChange, DesktopChanged, DesktopSettings } from '../../shared/model/desktop-settings.ts';
import type { StartAtLogin } from './start-at-login.ts';
import type { StateFile } from './state-file.ts';

export type SettingsParts = {
  readonly login: Pick<StartAtLogin, 'state' | 'set'>;
  readonly state: StateFile;
  /** Told whenever they are not what they were, also where another program has changed the session's entry. */
  readonly onChange: (settings: DesktopSettings) => void;
};

export class DesktopSettingsBook {
  readonly #parts: SettingsParts;
  #settings: DesktopSettings;

  constructor(parts: SettingsParts) {
    this.#parts = parts;
    this.#settings = this.#read();
  }

  /** As last looked at. */
  get settings(): DesktopSettings {
    return this.#settings;
  }

  /** Looks at what the system keeps, and tells of it where it has changed. */
  look(): DesktopSettings {
    const now = this.#read();
    if (!isDeepStrictEqual(now, this.#settings)) {
      this.#settings = now;
      this.#parts.onChange(now);
    }
    return now;
  }

  /** What cannot be changed stays as it is, and is said. */
  change({ startAtLogin, keepRunning }: DesktopChange): DesktopChanged {
    const problems: string[] = [];
    if (keepRunning !== undefined && !this.#parts.state.change({ keepRunning }))
      problems.push('The choice holds until Holdfast ends: its folder cannot be written to.');
    if (startAtLogin !== undefined) {
      const problem = this.#setLogin(startAtLogin);
      if (problem !== null) problems.push(problem);
    }
    return { settings: this.look(), problem: problems.length === 0 ? null : problems.join(' ') };
  }

  #setLogin(on: boolean): string | null {
    try {
      this.#parts.login.set(on);
      return null;
    } catch (error) {
      const why = error instanceof Error ? error.message : String(error);
      return `Starting at login could not be changed: ${why}`;
    }
  }

  #read(): DesktopSettings {
    return { startAtLogin: this.#parts.login.state, keepRunning: this.#parts.state.state.keepRunning };
  }
}
