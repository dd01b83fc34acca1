/** What giving Git repositories back would do at the target, asked of the target itself, without writing. */
import { useCallback, useEffect, useState } from 'react';
import type { GitRestoreInput, GitRestoreResult, RestoredGitRepository } from '../../../../shared/contract/git.ts';
import type { Progress } from '../../../../shared/contract/common.ts';
import { useClientSource } from '../../../client/client-context.tsx';
import type { Client } from '../../../client/client.ts';
import { isAborted, problemOf, type Problem } from '../../../client/problem.ts';

export type GitPlan = {
  readonly repositories: readonly RestoredGitRepository[];
  readonly result: GitRestoreResult | null;
  /** What to know before it is started. */
  readonly notices: readonly string[];
  readonly progress: Progress | null;
  readonly problem: Problem | null;
  readonly looking: boolean;
  readonly again: () => void;
};

type Told = Omit<GitPlan, 'again' | 'looking'> & { readonly key: string };

/** `request` without the token: what it is told apart by; the token is not part of any key. */
export function usePlan(request: Omit<GitRestoreInput, 'access'>, access: () => GitRestoreInput['access']): GitPlan {
  const { get } = useClientSource();
  const [told, setTold] = useState<Told | null>(null);
  const [tries, setTries] = useState(0);
  const key = JSON.stringify([tries, request]);
  // Asked at the moment of the call: another function each time says nothing new.
  const [ask] = useState(() => access);
  useEffect(() => {
    const end = new AbortController();
    void plan(get(), { key, access: ask(), signal: end.signal, tell: setTold });
    return () => end.abort();
  }, [key, ask, get]);
  const current = told?.key === key ? told : null;
  return {
    repositories: current?.repositories ?? [],
    result: current?.result ?? null,
    notices: current?.notices ?? [],
    progress: current?.progress ?? null,
    problem: current?.problem ?? null,
    looking: current === null || (current.result === null && current.problem === null),
    again: useCallback(() => setTries((before) => before + 1), []),
  };
}

type Asking = {
  readonly key: string;
  readonly access: GitRestoreInput['access'];
  readonly signal: AbortSignal;
  readonly tell: (told: Told) => void;
};

async function plan(client: Client, { key, access, signal, tell }: Asking): Promise<void> {
  const [, request] = JSON.parse(key) as [number, Omit<GitRestoreInput, 'access'>];
  const told = {
    key,
    repositories: [] as readonly RestoredGitRepository[],
    result: null,
    notices: [] as readonly string[],
    progress: null,
    problem: null,
  };
  let last: Told = told;
  const say = (part: Partial<Told>) => {
    last = { ...last, ...part };
    tell(last);
  };
  try {
    const input = { ...request, ...(access === null ? {} : { access }), dryRun: true };
    for await (const event of await client.git.restore(input, { signal })) {
      if (signal.aborted) return;
      if (event.type === 'progress') say({ progress: event.progress });
      else if (event.type === 'repository') say({ repositories: [...last.repositories, event.repository] });
      else if (event.type === 'notice') say({ notices: [...last.notices, event.text] });
      else if (event.type === 'done') say({ result: event.result });
    }
  } catch (error) {
    if (signal.aborted || isAborted(error)) return;
    say({ problem: problemOf(error) });
  }
}
