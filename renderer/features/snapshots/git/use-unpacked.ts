/** Makes a Git repository of a snapshot ready to be looked into: the first time it has to be unpacked. */
import { useEffect, useState } from 'react';
import type { Progress } from '../../../../shared/contract/common.ts';
import type { Client } from '../../../client/client.ts';
import { useClientSource } from '../../../client/client-context.tsx';
import { isAborted, problemOf, type Problem } from '../../../client/problem.ts';

export type InGit = {
  /** The id of a connection. */
  readonly repository: string;
  readonly snapshot: string;
  readonly path: string;
};

export type Unpacking = {
  readonly ready: boolean;
  readonly progress: Progress | null;
  readonly problem: Problem | null;
  readonly again: () => void;
};

type Told = { readonly key: string } & Omit<Unpacking, 'again'>;

export function useUnpacked({ repository, snapshot, path }: InGit): Unpacking {
  const { get } = useClientSource();
  const [told, setTold] = useState<Told | null>(null);
  const [tries, setTries] = useState(0);
  const key = JSON.stringify([repository, snapshot, path, tries]);
  useEffect(() => {
    const end = new AbortController();
    void unpack(get(), key, end.signal, setTold);
    return () => end.abort();
  }, [key, get]);
  const current = told?.key === key ? told : null;
  return {
    ready: current?.ready ?? false,
    progress: current?.progress ?? null,
    problem: current?.problem ?? null,
    again: () => setTries((before) => before + 1),
  };
}

async function unpack(client: Client, key: string, signal: AbortSignal, tell: (told: Told) => void): Promise<void> {
  const [id, snapshot, path] = JSON.parse(key) as [string, string, string, number];
  try {
    for await (const event of await client.git.open({ repository: { id }, snapshot, path }, { signal })) {
      if (signal.aborted) return;
      if (event.type === 'progress') tell({ key, ready: false, progress: event.progress, problem: null });
      else tell({ key, ready: true, progress: null, problem: null });
    }
  } catch (error) {
    if (signal.aborted || isAborted(error)) return;
    tell({ key, ready: false, progress: null, problem: problemOf(error) });
  }
}
