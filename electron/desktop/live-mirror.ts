/** The engine's live state as the tray and notifications need it, kept up to date from the stream of events. */
import type { ContractClient } from '../engine/engine.ts';
import type { LiveChange, LiveState } from '../../shared/contract/live.ts';

export type LiveWatcher = {
  /** `before` is null for the first state after a start or a gap: what it holds is not news. */
  readonly onState: (state: LiveState, before: LiveState | null) => void;
  readonly pauseMs?: number;
};

const pauseMs = 1_000;

/** Watches until `signal` fires. Whatever ends the stream or leaves an event out, it begins anew. */
export async function mirrorLive(client: ContractClient, watcher: LiveWatcher, signal: AbortSignal): Promise<void> {
  while (!signal.aborted) {
    try {
      await watchOnce(client, watcher, signal);
    } catch {
      // The engine says in its own calls what is wrong with it; a tray only tries again.
    }
    await pause(watcher.pauseMs ?? pauseMs, signal);
  }
}

async function watchOnce(client: ContractClient, { onState }: LiveWatcher, signal: AbortSignal): Promise<void> {
  let state: LiveState | null = null;
  let sequence = 0;
  for await (const event of await client.live.watch({}, { signal })) {
    if (event.type === 'beat') continue;
    const before: LiveState | null = state;
    if (event.type === 'state') {
      state = event.state;
    } else {
      if (before === null || event.sequence !== sequence + 1) return;
      state = event.changes.reduce(afterChange, before);
    }
    sequence = event.sequence;
    onState(state, before);
  }
}

function afterChange(state: LiveState, { collection, key, value }: LiveChange): LiveState {
  // Keys come from outside: one may be called `__proto__`.
  const entries = new Map<string, unknown>(Object.entries(state[collection]));
  if (value === null) entries.delete(key);
  else entries.set(key, value);
  return { ...state, [collection]: Object.fromEntries(entries) };
}

async function pause(ms: number, signal: AbortSignal): Promise<void> {
  if (signal.aborted) return;
  await new Promise<void>((resolve) => {
    const done = (): void => {
      clearTimeout(timer);
      signal.removeEventListener('abort', done);
      resolve();
    };
    const timer = setTimeout(done, ms);
    timer.unref();
    signal.addEventListener('abort', done);
  });
}
