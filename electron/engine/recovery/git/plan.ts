/** What giving refs back would do at a target, found out without changing anything there. */
import type { Ref } from '../../../../shared/model/git-refs.ts';
import { isRestoredRef, planRefs, type PlannedRef } from '../../../../shared/model/git-restore-plan.ts';
import type { GitProcess } from './git-process.ts';
import { presentObjects } from './refs.ts';

const askedAtOnce = 4;

type Differing = { readonly name: string; readonly from: string; readonly to: string };

/** Refs that both sides have, and that are not the same: to tell what a move would lose, their histories are needed. */
export function differing(wanted: readonly Ref[], seen: readonly Ref[]): readonly Differing[] {
  const has = new Map(seen.map(([name, id]) => [name, id]));
  return wanted.flatMap(([name, to]) => {
    const from = has.get(name);
    return from === undefined || from === to ? [] : [{ name, from, to }];
  });
}

/** `git` is a repository with the wanted objects. */
export async function planFor(
  git: GitProcess | null,
  {
    wanted,
    seen,
    deletes,
  }: { readonly wanted: readonly Ref[]; readonly seen: readonly Ref[]; readonly deletes: boolean },
): Promise<readonly PlannedRef[]> {
  const forwards = git === null ? new Set<string>() : await forwardsOf(git, differing(wanted, seen));
  return planRefs({ wanted, seen, forwards, deletes });
}

/** A tag that moves is never one: whoever has it keeps the old one. */
async function forwardsOf(git: GitProcess, moves: readonly Differing[]): Promise<ReadonlySet<string>> {
  const present = await presentObjects(
    git,
    moves.map(({ from }) => from),
  );
  const waiting = moves.filter(
    ({ name, from }) => isRestoredRef(name) && !name.startsWith('refs/tags/') && present.has(from),
  );
  const forwards = new Set<string>();
  const ask = async (): Promise<void> => {
    for (let move = waiting.pop(); move !== undefined; move = waiting.pop()) {
      const { code } = await git.ask(['merge-base', '--is-ancestor', move.from, move.to]);
      if (code === 0) forwards.add(move.name);
    }
  };
  await Promise.all(Array.from({ length: askedAtOnce }, ask));
  return forwards;
}
