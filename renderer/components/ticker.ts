/** One clock for everything on screen that tells a time: a component is drawn again only when its own words change. */
import { useCallback, useSyncExternalStore } from 'react';

const tickMs = 1000;
const listeners = new Set<() => void>();
let now = Date.now();
let timer: ReturnType<typeof setInterval> | undefined;

/** What `say` makes of the present moment (epoch milliseconds); it must give a plain value. */
export function useTicking<Said extends string | number | boolean | null>(say: (now: number) => Said): Said {
  return useSyncExternalStore(
    subscribe,
    useCallback(() => say(now), [say]),
  );
}

function subscribe(listener: () => void): () => void {
  listeners.add(listener);
  if (timer === undefined) {
    now = Date.now();
    timer = setInterval(tick, tickMs);
  }
  return () => {
    listeners.delete(listener);
    if (listeners.size > 0) return;
    clearInterval(timer);
    timer = undefined;
  };
}

function tick(): void {
  now = Date.now();
  for (const listener of listeners) listener();
}
