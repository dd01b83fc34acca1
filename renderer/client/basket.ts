/** What somebody has put together to restore: paths from any snapshots, each with the moment it is from. */
import { create } from 'zustand';

export type BasketItem = {
  /** Id of the connection. */
  readonly repository: string;
  readonly snapshot: string;
  /** ISO-8601 UTC. */
  readonly takenAt: string;
  readonly source: string;
  /** Absolute, for people and for `restore`; `/` is all of the snapshot. */
  readonly path: string;
  readonly type: string;
  /** Of a file; null where it would have to be counted. */
  readonly bytes: number | null;
};

type Basket = { readonly items: readonly BasketItem[] };

export const basket = keptForTab('holdfast.basket');

/**
 * Whole snapshots that are to be restored as one, as they were shown together. The basket, which somebody may be filling
 * with other things, stays as it is.
 */
export const together = keptForTab('holdfast.together');

export function putTogether(items: readonly BasketItem[]): void {
  together.setState({ items });
}

export function basketKey({
  repository,
  snapshot,
  path,
}: Pick<BasketItem, 'repository' | 'snapshot' | 'path'>): string {
  return `${repository} ${snapshot} ${path}`;
}

/** Puts items in, each once. What lies below one of them in the same snapshot comes with it and goes from the list. */
export function putInBasket(added: readonly BasketItem[]): void {
  basket.setState(({ items }) => ({ items: withItems(items, added) }));
}

export function takeFromBasket(keys: ReadonlySet<string>): void {
  basket.setState(({ items }) => ({ items: items.filter((item) => !keys.has(basketKey(item))) }));
}

export function emptyBasket(): void {
  basket.setState({ items: [] });
}

export function withItems(items: readonly BasketItem[], added: readonly BasketItem[]): readonly BasketItem[] {
  const all = new Map([...items, ...added].map((item) => [basketKey(item), item]));
  return [...all.values()].filter((item) => ![...all.values()].some((other) => covers(other, item)));
}

/** Whether restoring `other` restores `item` too. */
function covers(other: BasketItem, item: BasketItem): boolean {
  if (other.repository !== item.repository || other.snapshot !== item.snapshot || other.path === item.path)
    return false;
  return item.path.startsWith(other.path === '/' ? '/' : `${other.path}/`);
}

/** So that a reload does not lose what was put together. */
function keptForTab(key: string) {
  const store = create<Basket>(() => ({ items: remembered(key) }));
  store.subscribe(({ items }) => {
    try {
      sessionStorage.setItem(key, JSON.stringify(items));
    } catch {
      // A browser that keeps nothing: it is there until the page is left.
    }
  });
  return store;
}

function remembered(key: string): readonly BasketItem[] {
  try {
    const value: unknown = JSON.parse(sessionStorage.getItem(key) ?? '[]');
    return Array.isArray(value) ? value.filter(isItem) : [];
  } catch {
    return [];
  }
}

function isItem(value: unknown): value is BasketItem {
  if (typeof value !== 'object' || value === null) return false;
  const { repository, snapshot, takenAt, source, path, type, bytes } = value as Record<string, unknown>;
  const texts = [repository, snapshot, takenAt, source, path, type];
  return texts.every((text) => typeof text === 'string') && (bytes === null || typeof bytes === 'number');
}
