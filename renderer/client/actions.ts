/** What the command palette can do: features register actions and finders, the palette of the shell shows them. */
import { create } from 'zustand';

export type PaletteItem = {
  /** Unique among all. */
  readonly id: string;
  readonly title: string;
  /** What tells it from others of that title: a date, a place. */
  readonly detail?: string;
  readonly group: string;
  /** Words it is also found by. */
  readonly keywords?: readonly string[];
  /** Keys that do the same, as `g s`. */
  readonly keys?: string;
  readonly run: () => void;
};

/** Looks things up while somebody types: snapshots, files. Is called after a pause in typing, with two characters or more. */
export type PaletteFinder = (text: string, signal: AbortSignal) => Promise<readonly PaletteItem[]>;

type Registry = {
  readonly items: ReadonlyMap<string, readonly PaletteItem[]>;
  readonly finders: ReadonlyMap<string, PaletteFinder>;
};

export const paletteRegistry = create<Registry>(() => ({ items: new Map(), finders: new Map() }));

/** Puts the actions of `owner` in the place of its former ones; the answer takes them away, as an effect wants it. */
export function registerActions(owner: string, items: readonly PaletteItem[]): () => void {
  paletteRegistry.setState(({ items: all }) => ({ items: new Map(all).set(owner, items) }));
  return () => {
    paletteRegistry.setState(({ items: all }) => ({ items: without(all, owner) }));
  };
}

export function registerFinder(owner: string, finder: PaletteFinder): () => void {
  paletteRegistry.setState(({ finders }) => ({ finders: new Map(finders).set(owner, finder) }));
  return () => {
    paletteRegistry.setState(({ finders }) => ({ finders: without(finders, owner) }));
  };
}

/** Items whose words hold all words of the text; those that begin with it first. */
export function matchItems(items: readonly PaletteItem[], text: string, limit: number): PaletteItem[] {
  const words = text.toLowerCase().split(/\s+/).filter(Boolean);
  const rank = ({ title }: PaletteItem) => (title.toLowerCase().startsWith(words[0] ?? '') ? 0 : 1);
  return items
    .filter((item) => {
      const haystack = [item.title, item.detail ?? '', item.group, ...(item.keywords ?? [])].join(' ').toLowerCase();
      return words.every((word) => haystack.includes(word));
    })
    .sort((a, b) => rank(a) - rank(b))
    .slice(0, limit);
}

function without<Value>(map: ReadonlyMap<string, Value>, key: string): ReadonlyMap<string, Value> {
  return new Map([...map].filter(([owner]) => owner !== key));
}
