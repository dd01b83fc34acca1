/**
 * What the server has lost and the mirror keeps. Before refs move, each that would lose history is kept as
 * `refs/holdfast/lost/<number>/<its name>`; when they have moved, a line in `history.jsonl` says so. A kept ref without its
 * line is what a killed run has left, and gets it in the next.
 */
import { join } from 'node:path';
import { readSmallFile, writeFileAtomically } from '../../platform/atomic-file.ts';
import { displayRaw, type RawPath } from '../../platform/raw-path.ts';
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

/** A kept ref, and what it was. */
type Kept = { readonly keptAs: RawPath; readonly name: RawPath; readonly from: string };

const lostRefs = 'refs/holdfast/lost/';
const largestHistoryBytes = 256 * 1024 * 1024;
const askedAtOnce = 4;

/** Those of the moves after which the server has no longer what it had. The objects of all of them must be there. */
export async function findLosses(git: Git, moves: readonly RefMove[]): Promise<readonly RefMove[]> {
  const doubtful = moves.filter(({ name, from }) => from !== null && !isMadeByServer(name));
  const lost = await eachOf(doubtful, (move) => isLossy(git, move));
  return doubtful.filter((_move, index) => lost[index]);
}

/** Keeps what the moves would lose. Call `record` with its result once they are done. */
export async function keepLosses(
  git: Git,
  losses: readonly RefMove[],
  { local, server }: { readonly local: RefTable; readonly server: RefTable },
): Promise<readonly Omit<LostHistory, 'at'>[]> {
  if (losses.length === 0) return [];
  const number = 1 + [...local.keys()].reduce((last, name) => Math.max(last, numberOf(name)), 0);
  const keptAs = ({ name }: RefMove): RawPath => `${lostRefs}${number}/${name}`;
  await moveRefs(
    git,
    losses.map((loss) => ({ name: keptAs(loss), from: null, to: loss.from })),
  );
  return eachOf(losses, (loss) => describe(git, loss, keptAs(loss), server));
}

/** What a killed run has kept without a line: it is described where the ref did move, and kept no longer where it did not. */
export async function findUnrecorded(
  git: Git,
  meta: string,
  local: RefTable,
): Promise<{ readonly lost: readonly Omit<LostHistory, 'at'>[]; readonly dropped: readonly RefMove[] }> {
  const kept = [...local].flatMap(([keptAs, from]): Kept[] => {
    const name = nameOf(keptAs);
    return name === null ? [] : [{ keptAs, name, from }];
  });
  if (kept.length === 0) return { lost: [], dropped: [] };
  const recorded = new Set((await readHistory(meta)).map(({ keptAs }) => keptAs));
  const open = kept.filter(({ keptAs }) => !recorded.has(displayRaw(keptAs)));
  const moves = open.map(({ name, from }): RefMove => ({ name, from, to: local.get(name) ?? null }));
  const isLost = await eachOf(moves, (move) => isLossy(git, move));
  const server = new Map([...local].filter(([name]) => nameOf(name) === null));
  const lost = await eachOf(
    open.filter((_kept, index) => isLost[index]),
    ({ keptAs, name, from }) => describe(git, { name, from, to: local.get(name) ?? null }, keptAs, server),
  );
  const held = open.filter((_kept, index) => !isLost[index]);
  return { lost, dropped: held.map(({ keptAs, from }) => ({ name: keptAs, from, to: null })) };
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
async function isLossy(git: Git, { name, from, to }: RefMove): Promise<boolean> {
  if (from === null || from === to) return false;
  if (to === null || name.startsWith('refs/tags/')) return true;
  try {
    return (await git.ask('merge-base', '--is-ancestor', from, to)) === null;
  } catch (error) {
    // Of what is no commit nothing descends.
    if (error instanceof GitFailure && error.exitCode === 128) return true;
    throw error;
  }
}

async function describe(
  git: Git,
  { name, from, to }: RefMove,
  keptAs: RawPath,
  server: RefTable,
): Promise<Omit<LostHistory, 'at'>> {
  const kind = to === null ? 'deleted' : 'forced';
  const lost = { ref: displayRaw(name), kind, from: from ?? '', to, keptAs: displayRaw(keptAs) } as const;
  return { ...lost, commits: await countCommits(git, from ?? '', server) };
}

async function countCommits(git: Git, from: string, server: RefTable): Promise<number> {
  const input = `${from}\n${[...new Set(server.values())].map((id) => `^${id}\n`).join('')}`;
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
