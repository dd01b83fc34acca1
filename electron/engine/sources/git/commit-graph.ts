/** Which commits lead to which, for questions about many refs at once: a command for each would take minutes. */
import type { Git } from './git.ts';
import { runGit } from './git-process.ts';

/** Commits and their parents; those that are left out stand among the parents alone. */
export type CommitGraph = ReadonlyMap<string, readonly string[]>;

/** About 200 bytes each. */
const mostCommits = 1_000_000;

class TooLarge extends Error {}

/** All that `from` lead to and `without` do not; null where that is more than can be held. What is no commit counts as nothing. */
export async function readGraph(
  git: Git,
  from: readonly string[],
  without: readonly string[],
): Promise<CommitGraph | null> {
  const graph = new Map<string, readonly string[]>();
  let rest = '';
  const onOutput = (part: Buffer): void => {
    const lines = (rest + part.toString('latin1')).split('\n');
    rest = lines.pop() ?? '';
    for (const line of lines) {
      const [id = '', ...parents] = line.split(' ');
      graph.set(id, parents);
    }
    if (graph.size > mostCommits) throw new TooLarge();
  };
  const input = [...new Set(from), ...new Set(without.map((id) => `^${id}`))].map((id) => `${id}\n`).join('');
  try {
    await runGit(git, ['rev-list', '--parents', '--stdin'], { input, onOutput });
    return graph;
  } catch (error) {
    if (error instanceof TooLarge) return null;
    throw error;
  }
}

/** How many commits of the graph can be reached from one of them. */
export function countReached(graph: CommitGraph, start: string): number {
  let count = 0;
  for (const id of reachedFrom(graph, start)) if (graph.has(id)) count += 1;
  return count;
}

/** Whether a way through the graph is seen within `steps`. That there is none says nothing: it may lie outside. */
export function leadsTo(graph: CommitGraph, start: string, end: string, steps: number): boolean {
  let left = steps;
  for (const id of reachedFrom(graph, start)) {
    if (id === end) return true;
    left -= 1;
    if (left <= 0) return false;
  }
  return false;
}

function* reachedFrom(graph: CommitGraph, start: string): Generator<string> {
  const seen = new Set([start]);
  const open = [start];
  for (let id = open.pop(); id !== undefined; id = open.pop()) {
    yield id;
    for (const parent of graph.get(id) ?? []) {
      if (seen.has(parent)) continue;
      seen.add(parent);
      open.push(parent);
    }
  }
}
