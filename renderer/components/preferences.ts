/** What a person has chosen for this screen; kept in this browser alone. */
import { create } from 'zustand';
import type { ByteUnits } from '../../shared/model/units.ts';

export type Preferences = {
  readonly bytes: ByteUnits;
  /** `auto` follows the system. */
  readonly colors: 'auto' | 'light' | 'dark';
};

const key = 'holdfast.preferences';

export const preferences = create<Preferences>(() => ({ bytes: 'iec', colors: 'auto', ...remembered() }));

export function setPreferences(change: Partial<Preferences>): void {
  preferences.setState(change);
  try {
    localStorage.setItem(key, JSON.stringify(preferences.getState()));
  } catch {
    // A browser that keeps nothing: the choice holds until the page is left.
  }
}

/** Only what is still a choice: an older page may have written it. */
export function preferencesFrom(text: string | null): Partial<Preferences> {
  let value: unknown = null;
  try {
    value = JSON.parse(text ?? 'null');
  } catch {
    return {};
  }
  if (typeof value !== 'object' || value === null) return {};
  const { bytes, colors } = value as Record<string, unknown>;
  return {
    ...(bytes === 'iec' || bytes === 'si' ? { bytes } : {}),
    ...(colors === 'auto' || colors === 'light' || colors === 'dark' ? { colors } : {}),
  };
}

function remembered(): Partial<Preferences> {
  try {
    return preferencesFrom(localStorage.getItem(key));
  } catch {
    return {};
  }
}
