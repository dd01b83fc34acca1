/** Gives screens the client and the cache of answers, and keeps both true to the engine's state. */
import { QueryClient, QueryClientProvider } from '@tanstack/react-query';
import { createContext, use, useEffect, useState, type ReactNode } from 'react';
import type { Client } from './client.ts';
import type { Door } from './door.ts';
import { keepLive } from './keep-live.ts';
import { liveStore } from './live-store.ts';
import { clientProblem, ProblemError } from './problem.ts';

export type ClientSource = {
  /** Throws NOT_CONNECTED before the door has opened. */
  readonly get: () => Client;
  /** Ends the pause before the next try to connect. */
  readonly retryNow: () => void;
};

const ClientContext = createContext<ClientSource | null>(null);

export function useClientSource(): ClientSource {
  const source = use(ClientContext);
  if (source === null) throw new Error('This is used outside of <EngineProvider>.');
  return source;
}

/** The client for calls in handlers, asked for at each call: it is another one after a loss. Throws NOT_CONNECTED, as a problem that can be shown. */
export function useClient(): () => Client {
  return useClientSource().get;
}

type EngineProviderProps = { readonly door: Door; readonly children: ReactNode };

export function EngineProvider({ door, children }: EngineProviderProps) {
  const [queries] = useState(newQueryClient);
  const [{ source, set, wake }] = useState(newClientSource);
  useEffect(() => {
    const end = new AbortController();
    const wakeUp = () => {
      if (document.visibilityState === 'visible') source.retryNow();
    };
    window.addEventListener('online', wakeUp);
    document.addEventListener('visibilitychange', wakeUp);
    let lost = false;
    void keepLive(
      door,
      {
        onClient: set,
        onLive: (live) => liveStore.setState({ live }),
        onConnection: (connection) => {
          // Set again only where it changes: it comes with every event.
          if (liveStore.getState().connection.state !== 'live' || connection.state !== 'live') {
            liveStore.setState({ connection });
          }
          if (connection.state !== 'live') lost = true;
          else if (lost) {
            lost = false;
            // Whatever was answered before the loss may be old.
            void queries.invalidateQueries();
          }
        },
      },
      { now: Date.now, pause: pauseFor },
      end.signal,
      wake,
    );
    return () => {
      end.abort();
      window.removeEventListener('online', wakeUp);
      document.removeEventListener('visibilitychange', wakeUp);
    };
  }, [door, queries, source, set, wake]);
  return (
    <ClientContext value={source}>
      <QueryClientProvider client={queries}>{children}</QueryClientProvider>
    </ClientContext>
  );
}

type OwnedSource = { source: ClientSource; set: (client: Client) => void; wake: EventTarget };

function newClientSource(): OwnedSource {
  let current: Client | null = null;
  const wake = new EventTarget();
  const get = () => {
    if (current === null) throw new ProblemError(clientProblem('NOT_CONNECTED'));
    return current;
  };
  return {
    source: { get, retryNow: () => wake.dispatchEvent(new Event('wake')) },
    set: (client) => {
      current = client;
    },
    wake,
  };
}

function newQueryClient(): QueryClient {
  return new QueryClient({
    defaultOptions: {
      queries: {
        // Live state says when something has changed; the clock and the focus of the window do not.
        staleTime: 30_000,
        refetchOnWindowFocus: false,
        refetchOnReconnect: false,
        retry: (failures, error) =>
          failures < 3 && error instanceof ProblemError && error.problem.code === 'NOT_CONNECTED',
        networkMode: 'always',
      },
      mutations: { retry: false, networkMode: 'always' },
    },
  });
}

function pauseFor(ms: number, signal: AbortSignal): Promise<void> {
  return new Promise((resolve) => {
    if (signal.aborted) {
      resolve();
      return;
    }
    const timer = setTimeout(done, ms);
    function done() {
      clearTimeout(timer);
      signal.removeEventListener('abort', done);
      resolve();
    }
    signal.addEventListener('abort', done);
  });
}
