/** The choices of the desktop, in one place: the tray and the page show what is told from here, whoever has changed it. */
import { isDeepStrictEqual } from 'node:util';
import type { DesktopChange, DesktopChanged, DesktopSettings } from '../../shared/model/desktop-settings.ts';
import type { StartAtLogin } from './start-at-login.ts';
import type { DesktopState, StateFile } from './state-file.ts';
import type { Surroundings } from './surroundings.ts';
import type { Updates } from './updates.ts';

export type SettingsParts = {
  readonly login: Pick<StartAtLogin, 'state' | 'set'>;
  readonly state: StateFile;
  readonly surroundings: Pick<Surroundings, 'onBattery' | 'metered'>;
  readonly updates: Pick<Updates, 'feed' | 'state'>;
  /** Told whenever they are not what they were, also where the computer is, or another program has changed its entry. */
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
  change({ startAtLogin, keepRunning, waitOnBattery, waitOnMetered, updates }: DesktopChange): DesktopChanged {
    const problems: string[] = [];
    const kept = {
      ...(keepRunning !== undefined && { keepRunning }),
      ...(waitOnBattery !== undefined && { waitOnBattery }),
      ...(waitOnMetered !== undefined && { waitOnMetered }),
      ...(updates !== undefined && { updates }),
    };
    if (Object.keys(kept).length > 0 && !this.#parts.state.change(kept))
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
    const { login, state, surroundings, updates } = this.#parts;
    return {
      startAtLogin: login.state,
      keepRunning: state.state.keepRunning,
      ...waitChoices(state.state, surroundings),
      updates: { on: state.state.updates && updates.feed !== null, feed: updates.feed, state: updates.state },
    };
  }
}

/** What runs that are due wait for: as chosen, and as the computer is now. */
export function waitChoices(
  { waitOnBattery, waitOnMetered }: Pick<DesktopState, 'waitOnBattery' | 'waitOnMetered'>,
  { onBattery, metered }: Pick<Surroundings, 'onBattery' | 'metered'>,
): Pick<DesktopSettings, 'waitOnBattery' | 'waitOnMetered'> {
  return { waitOnBattery: { on: waitOnBattery, now: onBattery }, waitOnMetered: { on: waitOnMetered, now: metered } };
}
