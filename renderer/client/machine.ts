/** What lies on the machine of the engine: its folders, and what a run over some of them would find. */
import { useEffect, useState } from 'react';
import type { Issue, Progress } from '../../shared/contract/common.ts';
import type { Client } from './client.ts';
import { useAnswer, type Answer } from './ask.ts';
import { useClientSource } from './client-context.tsx';
import { desktopHost } from './host.ts';
import { isAborted, problemOf, type Problem } from './problem.ts';

export type MachineFolders = Awaited<ReturnType<Client['browse']['machineFolders']>>;

/** `path` null: the home folder. */
export function useMachineFolders(path: string | null, enabled: boolean): Answer<MachineFolders> {
  return useAnswer(
    ['browse.machineFolders', path],
    (client, signal) => client.browse.machineFolders({ path }, { signal }),
    { enabled, keepPrevious: true, staleTimeMs: 0 },
  );
}

/** The dialog of the system; null where this page has none, so that folders are looked through on the page itself. */
export function systemFolderDialog(): ((title: string, several: boolean) => Promise<readonly string[]>) | null {
  const host = desktopHost();
  return host === null ? null : (title, several) => host.pickFolders({ title, several });
}

export type ProbeRequest = {
  readonly paths: readonly string[];
  readonly excludes: readonly string[];
  readonly excludeCaches: boolean;
  readonly excludeLargerThanBytes: number | null;
  readonly oneFileSystem: boolean;
};

export type ProbeFound = {
  readonly paths: readonly {
    readonly path: string;
    readonly type: 'folder' | 'file' | 'other' | 'missing' | 'unreadable';
    readonly mount: { readonly path: string; readonly kind: string } | null;
    readonly empty: boolean;
  }[];
  readonly files: number;
  readonly folders: number;
  readonly bytes: number;
  readonly issues: readonly Issue[];
  readonly whole: boolean;
};

export type Probe = {
  /** True from the change of the request on. */
  readonly counting: boolean;
  readonly progress: Progress | null;
  /** Of the request before it, while another is counted. */
  readonly found: ProbeFound | null;
  readonly problem: Problem | null;
};

type Told = { readonly key: string | null; readonly over: boolean } & Omit<Probe, 'counting'>;

const nothing: Told = { key: null, over: true, progress: null, found: null, problem: null };
/** So that not every letter of a pattern begins a count. */
const settleMs = 350;

/** Counts anew whenever the request changes; null: nothing to count. */
export function useProbe(request: ProbeRequest | null): Probe {
  const { get } = useClientSource();
  const [told, setTold] = useState(nothing);
  const key = request === null ? null : JSON.stringify(request);
  useEffect(() => {
    if (key === null) return undefined;
    const end = new AbortController();
    const timer = setTimeout(() => void count(get, key, end.signal, setTold), settleMs);
    return () => {
      clearTimeout(timer);
      end.abort();
    };
  }, [key, get]);
  if (key === null) return { counting: false, progress: null, found: null, problem: null };
  const current = told.key === key;
  return {
    counting: !current || !told.over,
    progress: current ? told.progress : null,
    found: told.found,
    problem: current ? told.problem : null,
  };
}

async function count(
  client: () => Client,
  key: string,
  signal: AbortSignal,
  tell: (change: (before: Told) => Told) => void,
): Promise<void> {
  try {
    const { paths, excludes, ...options } = JSON.parse(key) as ProbeRequest;
    const input = { paths: [...paths], excludes: [...excludes], ...options };
    for await (const event of await client().browse.probe(input, { signal })) {
      if (signal.aborted) return;
      if (event.type === 'progress') {
        tell(({ found }) => ({ key, over: false, progress: event.progress, found, problem: null }));
      } else {
        tell(() => ({ key, over: true, progress: null, found: event.result, problem: null }));
      }
    }
  } catch (error) {
    if (signal.aborted || isAborted(error)) return;
    tell(() => ({ key, over: true, progress: null, found: null, problem: problemOf(error) }));
  }
}

/** Asks for a folder: by the dialog of the system, or by one of the page, whose props `dialog` are. */
export function useFolderChooser(title: string, onChoose: (path: string) => void) {
  const [opened, setOpened] = useState(false);
  const [path, setPath] = useState<string | null>(null);
  const answer = useMachineFolders(path, opened);
  const close = () => setOpened(false);
  const choose = (chosen: string) => {
    close();
    onChoose(chosen);
  };
  return {
    open: () => {
      const ask = systemFolderDialog();
      if (ask === null) setOpened(true);
      else void ask(title, false).then(([chosen]) => chosen !== undefined && onChoose(chosen));
    },
    dialog: {
      opened,
      onClose: close,
      title,
      listing: answer.data,
      loading: answer.isFetching,
      problem: answer.error?.problem ?? null,
      onGo: setPath,
      onChoose: choose,
    },
  };
}
