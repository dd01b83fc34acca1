/** Keys that work on every screen: `g` and a letter go somewhere, `?` explains, `/` searches, Ctrl or Cmd+K finds all. */

export const places = [
  { key: 'o', path: '/', title: 'Overview' },
  { key: 's', path: '/sources', title: 'Sources' },
  { key: 'n', path: '/snapshots', title: 'Snapshots' },
  { key: 'p', path: '/profiles', title: 'Profiles' },
  { key: 'r', path: '/recovery', title: 'Recovery' },
  { key: 'i', path: '/sites', title: 'Sites' },
  { key: 'a', path: '/activity', title: 'Activity' },
  { key: 'l', path: '/alerts', title: 'Alerts' },
  { key: 't', path: '/reports', title: 'Reports' },
  { key: 'e', path: '/settings', title: 'Settings' },
] as const;

export type Place = (typeof places)[number];

export type Shortcut =
  | { readonly does: 'go'; readonly path: Place['path'] }
  | { readonly does: 'help' }
  | { readonly does: 'search' }
  | { readonly does: 'palette' }
  /** The first of two keys: the second is waited for. */
  | { readonly does: 'wait' };

export type Press = {
  readonly key: string;
  readonly ctrlOrMeta: boolean;
  readonly alt: boolean;
  /** Somebody types into a field, or a dialog is open: plain keys are not for us. */
  readonly typing: boolean;
};

/** What the key does, after a `g` shortly before it or not; null: nothing. */
export function shortcutFor({ key, ctrlOrMeta, alt, typing }: Press, afterG: boolean): Shortcut | null {
  if (ctrlOrMeta && !alt && key.toLowerCase() === 'k') return { does: 'palette' };
  if (typing || ctrlOrMeta || alt) return null;
  if (afterG) {
    const place = places.find((candidate) => candidate.key === key);
    return place === undefined ? null : { does: 'go', path: place.path };
  }
  if (key === 'g') return { does: 'wait' };
  if (key === '?') return { does: 'help' };
  return key === '/' ? { does: 'search' } : null;
}

/** How long the second key may take. */
export const secondKeyMs = 1500;
