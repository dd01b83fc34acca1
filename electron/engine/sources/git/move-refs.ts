/**
 * Makes the refs of a mirror what the server has. Before any moves, all that would be lost by it is kept under a name of
 * ours; and what a killed run had begun is known by what it has left.
 */
import type { RawPath } from '../../platform/raw-path.ts';
import type { Git } from './git.ts';
import { runGit } from './git-process.ts';
import type { RefTable } from './refs.ts';

export type RefMove = {
  readonly name: RawPath;
  /** Null for one that is new. */
  readonly from: string | null;
  /** Null for one that is gone. */
  readonly to: string | null;
};

/** Sorted by name. Refs outside the mirrored places stay as they are. */
export function planMoves(local: RefTable, server: RefTable, isWanted: (name: RawPath) => boolean): readonly RefMove[] {
  const moves: RefMove[] = [];
  for (const [name, to] of server) {
    const from = local.get(name) ?? null;
    if (from !== to) moves.push({ name, from, to });
  }
  for (const [name, from] of local) {
    if (isWanted(name) && !server.has(name)) moves.push({ name, from, to: null });
  }
  return moves.toSorted((a, b) => (a.name < b.name ? -1 : 1));
}

/** Brings what refs are to point to. No ref is written: until they move, nothing is different. */
export async function fetchObjects(
  git: Git,
  url: string,
  moves: readonly RefMove[],
  onWords: (text: string) => void,
): Promise<void> {
  const ids = new Set(moves.flatMap(({ to }) => (to === null ? [] : [to])));
  if (ids.size === 0) return;
  const quiet = ['--no-tags', '--no-write-fetch-head', '--no-auto-maintenance', '--no-recurse-submodules'];
  const input = `${[...ids].join('\n')}\n`;
  await runGit(git, ['fetch', ...quiet, '--progress', '--stdin', '--', url], { input, onWords });
}

/**
 * All moves, those that make room first: a branch may stand where another had a folder. Each is refused where the ref is
 * not what it was. Whoever is killed within leaves some moved, which the next run finds.
 */
export async function moveRefs(git: Git, moves: readonly RefMove[]): Promise<void> {
  await transaction(
    git,
    moves.filter(({ to }) => to === null),
  );
  await transaction(
    git,
    moves.filter(({ to }) => to !== null),
  );
}

async function transaction(git: Git, moves: readonly RefMove[]): Promise<void> {
  if (moves.length === 0) return;
  // With `start`, input that ends too early changes nothing.
  const commands = ['start', ...moves.flatMap(commandOf), 'prepare', 'commit'];
  const input = Buffer.from(commands.map((command) => `${command}\0`).join(''), 'latin1');
  await runGit(git, ['update-ref', '--no-deref', '--stdin', '-z'], { input });
}

function commandOf({ name, from, to }: RefMove): readonly string[] {
  if (to === null) return [`delete ${name}`, from ?? ''];
  return from === null ? [`create ${name}`, to] : [`update ${name}`, to, from];
}
