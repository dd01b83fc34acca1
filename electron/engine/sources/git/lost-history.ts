/**
 * What the server has lost and the mirror keeps. Before refs move, each that would lose history is kept as
 * `refs/holdfast/lost/<number>/<its name>`; when they have moved, a line in `history.jsonl` says so. A kept ref without its
 * line is what a killed run has left, and gets it in the next.
 */
import { join } from 'node:path';
import { readSmallFile, writeFileAtomically } from '../../platform/atomic-file.ts';
import { displayRaw, type RawPath } from '../../platform/raw-path.ts';
import { countReached, leadsTo, readGraph } from './commit-graph.ts';
import { GitFailure, type Git } from './git.ts';
import { runGit } from './git-process.ts';
import { moveRefs, type RefMove } from './move-refs.ts';
import type { RefTable } from './refs.ts';

/** History that the server no longer has; the mirror keeps it. */
export type LostHistory = {
  readonly at: string;
  readonly ref: string;
  readonly kind: 'forced' | 'deleted';
  readonly from: string;
  readonly to: string | null;
  /** The ref of the mirror by which it is kept. */
  readonly keptAs: string;
  /** How many commits no ref of the server leads to any more; 0 where others lead to all of them. */
  readonly commits: number;
};

export type NewLoss = Omit<LostHistory, 'at'>;

/** A kept ref, and what it was. */
type Kept = { readonly keptAs: RawPath; readonly name: RawPath; readonly from: string };

const lostRefs = 'refs/holdfast/lost/';
const largestHistoryBytes = 256 * 1024 * 1024;
const askedAtOnce = 4;
/** Before Git is asked instead. */
const seenSteps = 2_000;

/** Those of the moves after which the server has no longer what it had. The objects of all of them must be there. */
export async function findLosses(git: Git, moves: readonly RefMove[]): Promise<readonly RefMove[]> {
  const doubtful = moves.filter(({ name, from }) => from !== null && !isMadeByServer(name));
  const lost = await areLossy(git, doubtful);
  return doubtful.filter((_move, index) => lost[index]);
}

/** Keeps what the moves would lose. Call `record` with its result once they are done. */
export async function keepLosses(
  git: Git,
  losses: readonly RefMove[],
  { local, server }: { readonly local: RefTable; readonly server: RefTable },
): Promise<readonly NewLoss[]> {
  if (losses.length === 0) return [];
  const number = 1 + [...local.keys()].reduce((last, name) => Math.max(last, numberOf(name)), 0);
  const keptAs = ({ name }: RefMove): RawPath => `${lostRefs}${number}/${name}`;
  await moveRefs(
    git,
    losses.map((loss) => ({ name: keptAs(loss), from: null, to: loss.from })),
  );
  return describe(
    git,
    losses.map((loss) => ({ ...loss, keptAs: keptAs(loss) })),
    server,
  );
}

/** What a killed run has kept without a line: it is described where the ref did move, and kept no longer where it did not. */
export async function findUnrecorded(
  git: Git,
  meta: string,
  local: RefTable,
): Promise<{ readonly lost: readonly NewLoss[]; readonly dropped: readonly RefMove[] }> {
  const kept = [...local].flatMap(([keptAs, from]): Kept[] => {
    const name = nameOf(keptAs);
    return name === null ? [] : [{ keptAs, name, from }];
  });
  if (kept.length === 0) return { lost: [], dropped: [] };
  const recorded = new Set((await readHistory(meta)).map(({ keptAs }) => keptAs));
  const open = kept.filter(({ keptAs }) => !recorded.has(displayRaw(keptAs)));
  const moves = open.map(({ name, from }): RefMove => ({ name, from, to: local.get(name) ?? null }));
  const isLost = await areLossy(git, moves);
  const server = new Map([...local].filter(([name]) => nameOf(name) === null));
  const lost = open.flatMap(({ keptAs, name, from }, index) =>
    isLost[index] ? [{ keptAs, name, from, to: local.get(name) ?? null }] : [],
  );
  const held = open.filter((_kept, index) => !isLost[index]);
  const described = await describe(git, lost, server);
  return { lost: described, dropped: held.map(({ keptAs, from }) => ({ name: keptAs, from, to: null })) };
}

/** Adds lines. A line that was cut off by a loss of power is left out. */
export async function record(meta: string, lost: readonly LostHistory[]): Promise<void> {
  if (lost.length === 0) return;
  const lines = [...(await readHistory(meta)), ...lost].map((line) => `${JSON.stringify(line)}\n`);
  await writeFileAtomically(historyFile(meta), lines.join(''));
}

export async function readHistory(meta: string): Promise<readonly LostHistory[]> {
  const text = (await readSmallFile(historyFile(meta), largestHistoryBytes)) ?? '';
  return text.split('\n').flatMap((line) => {
    try {
      return line === '' ? [] : [JSON.parse(line) as LostHistory];
    } catch {
      return [];
    }
  });
}

function historyFile(meta: string): string {
  return join(meta, 'history.jsonl');
}

/** GitHub makes these anew whenever their target moves: nobody's history. */
function isMadeByServer(name: RawPath): boolean {
  return /^refs\/pull\/\d+\/merge$/.test(name);
}

/** A tag says what something was at a time: each move of one loses that. */
async function areLossy(git: Git, moves: readonly RefMove[]): Promise<readonly boolean[]> {
  const isOpen = ({ name, from, to }: RefMove): boolean =>
    from !== null && to !== null && from !== to && !name.startsWith('refs/tags/');
  const open = moves.filter(isOpen);
  const forwards = await forwardsOf(git, open);
  return moves.map((move) =>
    isOpen(move) ? !forwards.has(pairOf(move)) : move.from !== null && move.from !== move.to,
  );
}

/** The pairs of which the second leads to the first. Nearly all are seen in one look at what is new. */
async function forwardsOf(git: Git, moves: readonly RefMove[]): Promise<ReadonlySet<string>> {
  const pairs = new Map(moves.map((move) => [pairOf(move), [move.from ?? '', move.to ?? ''] as const]));
  if (pairs.size === 0) return new Set();
  const [from, to] = [[...pairs.values()].map(([id]) => id), [...pairs.values()].map(([, id]) => id)];
  const graph = (await readGraph(git, to, from)) ?? new Map<string, readonly string[]>();
  const isForward = await eachOf([...pairs.values()], (pair) =>
    leadsTo(graph, pair[1], pair[0], seenSteps) ? Promise.resolve(true) : isAncestor(git, ...pair),
  );
  return new Set([...pairs.keys()].filter((_pair, index) => isForward[index]));
}

function pairOf({ from, to }: RefMove): string {
  return `${from} ${to}`;
}

async function isAncestor(git: Git, from: string, to: string): Promise<boolean> {
  try {
    return (await git.ask('merge-base', '--is-ancestor', from, to)) !== null;
  } catch (error) {
    // Of what is no commit nothing descends.
    if (error instanceof GitFailure && error.exitCode === 128) return false;
    throw error;
  }
}

type Loss = RefMove & { readonly keptAs: RawPath };

async function describe(git: Git, losses: readonly Loss[], server: RefTable): Promise<readonly NewLoss[]> {
  if (losses.length === 0) return [];
  const others = [...server.values()];
  const graph = await readGraph(
    git,
    losses.map(({ from }) => from ?? ''),
    others,
  );
  return eachOf(losses, async ({ name, from, to, keptAs }) => {
    const start = await commitOf(git, name, from ?? '');
    const commits = graph === null ? await countAlone(git, start, others) : countReached(graph, start);
    const kind = to === null ? 'deleted' : 'forced';
    return { ref: displayRaw(name), kind, from: from ?? '', to, keptAs: displayRaw(keptAs), commits };
  });
}

/** What an annotated tag points to, and the id itself for all else. */
async function commitOf(git: Git, name: RawPath, id: string): Promise<string> {
  if (!name.startsWith('refs/tags/')) return id;
  return (await git.ask('rev-parse', '--verify', '--quiet', `${id}^{commit}`))?.trim() ?? id;
}

async function countAlone(git: Git, start: string, others: readonly string[]): Promise<number> {
  const input = [start, ...new Set(others.map((id) => `^${id}`))].map((id) => `${id}\n`).join('');
  return Number((await runGit(git, ['rev-list', '--count', '--stdin'], { input })).toString('latin1'));
}

function numberOf(keptAs: RawPath): number {
  return nameOf(keptAs) === null ? 0 : Number.parseInt(keptAs.slice(lostRefs.length), 10);
}

/** What a kept ref was called; null for any other ref. */
function nameOf(keptAs: RawPath): RawPath | null {
  return keptAs.startsWith(lostRefs)
    ? (/^\d{1,9}\/(refs\/.+)$/.exec(keptAs.slice(lostRefs.length))?.[1] ?? null)
    : null;
}

/** A few at a time, in order. */
async function eachOf<Item, Result>(
  items: readonly Item[],
  ask: (item: Item) => Promise<Result>,
): Promise<readonly Result[]> {
  const results: Result[] = [];
  for (let start = 0; start < items.length; start += askedAtOnce) {
    results.push(...(await Promise.all(items.slice(start, start + askedAtOnce).map(ask))));
  }
  return results;
}
