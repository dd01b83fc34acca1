/**
 * A damaged mirror is put aside, and a sound one takes its place: from the server, else from the newest snapshot that holds
 * a sound one. What the damaged one has kept and the server has no more is brought over as far as it can be read. Until
 * the new one is whole the damaged one stays where it is.
 */
import { createHash } from 'node:crypto';
import { rename, rm, stat } from 'node:fs/promises';
import { basename, join } from 'node:path';
import { makeFolders } from '../../platform/make-folders.ts';
import { displayRaw, rawFromDisplay, type RawPath } from '../../platform/raw-path.ts';
import type { PartInSnapshot } from '../source.ts';
import { saveCheckNote } from './check-notes.ts';
import { makeFirstMirror } from './first-mirror.ts';
import { GitFailure, type Git, type GitAccess } from './git.ts';
import { runGit } from './git-process.ts';
import { readHead } from './head.ts';
import { forgetLargeFiles } from './lfs.ts';
import { findLosses, keepLosses, readHistory, record, type LostHistory } from './lost-history.ts';
import { gitOn, settleConfiguration, wantedRefs, type MirrorPlace } from './mirror-git.ts';
import { moveRefs, type RefMove } from './move-refs.ts';
import { describeRefs, readLocalRefs, readManifest, saveManifest, type RefTable } from './refs.ts';
import { bringLargeFiles, bringObjects, missingOf } from './salvage.ts';
import { verifyMirror } from './verify.ts';

export type RepairRequest = MirrorPlace & {
  readonly meta: string;
  readonly work: string;
  /** Null where no server is known that has it. */
  readonly url: string | null;
  readonly access: GitAccess | null;
  readonly pullRefs: boolean;
  readonly nowMs: () => number;
  /** Newest first. */
  readonly inSnapshots: () => AsyncIterable<PartInSnapshot>;
};

export type Repaired = {
  /** Where the damaged one lies now. */
  readonly aside: string;
  /** The snapshot that the new one comes from; null: the server. */
  readonly snapshot: { readonly id: string; readonly takenAtMs: number } | null;
  /** Refs of ours, and those that the server had before, that were brought over. */
  readonly brought: number;
  /** Those of which something could not be read. */
  readonly missing: readonly string[];
  /** What the server has lost since it was fetched last. */
  readonly lost: readonly LostHistory[];
};

type Built = Omit<Repaired, 'aside' | 'lost'> & { readonly lost: readonly Omit<LostHistory, 'at'>[] };

/** Of different content: each is unpacked for it. */
const snapshotsTried = 5;

/** Null where neither the server nor any snapshot can give it: then nothing was changed. */
export async function repairMirror(request: RepairRequest): Promise<Repaired | null> {
  const { folder, meta, work } = request;
  const place = join(work, `repair-${markOf(folder)}`);
  const made = join(place, 'new.git');
  const old = await refsOfDamaged(request);
  try {
    await rm(place, { recursive: true, force: true });
    await makeFolders(place);
    const base = await makeBase(request, place, made);
    if (base === null) return null;
    const built = await fill(request, { place, made, old, snapshot: base === 'server' ? null : base });
    if (!(await verifyMirror(made, { full: true, signal: request.signal })).ok) return null;
    const aside = await swap(request, made);
    const at = new Date(request.nowMs()).toISOString();
    const lost = built.lost.map((loss): LostHistory => ({ at, ...loss }));
    await record(meta, lost);
    const git = gitOn(request);
    await saveManifest(join(meta, 'refs.json'), describeRefs(await readHead(folder), await readLocalRefs(git)));
    await forgetLargeFiles(meta);
    await saveCheckNote(meta, { at, how: 'full', problems: [] });
    return { ...built, aside, lost };
  } finally {
    await rm(place, { recursive: true, force: true });
  }
}

/** What a repair that was killed has left: the new mirror is put in its place where the damaged one was put aside already. */
export async function finishRepair({ folder, work }: Pick<RepairRequest, 'folder' | 'work'>): Promise<void> {
  const ready = readyPlace({ folder, work });
  if (!(await isThere(ready))) return;
  if (await isThere(folder)) await rm(ready, { recursive: true, force: true });
  else await rename(ready, folder);
}

/** Where a new mirror waits, whole, for the damaged one to be put aside. */
export function readyPlace({ folder, work }: Pick<RepairRequest, 'folder' | 'work'>): string {
  return join(work, `repaired-${markOf(folder)}.git`);
}

function markOf(folder: string): string {
  return createHash('sha256').update(folder).digest('hex').slice(0, 16);
}

/** Its list of refs may be damaged too: then what lies beside it counts. */
async function refsOfDamaged({ folder, meta, signal }: RepairRequest): Promise<RefTable> {
  const kept = (await readHistory(meta)).map(({ keptAs, from }) => [rawFromDisplay(keptAs), from] as const);
  try {
    const words = ['for-each-ref', '--format=%(objectname) %(refname)'];
    const lines = (await runGit(gitOn({ folder, signal }), words)).toString('latin1').split('\n');
    const named = lines.filter((line) => line !== '').map((line) => [line.slice(line.indexOf(' ') + 1), line] as const);
    return new Map([...kept, ...named.map(([name, line]) => [name, line.slice(0, line.indexOf(' '))] as const)]);
  } catch (error) {
    if (signal.aborted) throw error;
    return new Map([...kept, ...(await refsNoted(meta))]);
  }
}

async function refsNoted(meta: string): Promise<readonly (readonly [RawPath, string])[]> {
  const lines = ((await readManifest(join(meta, 'refs.json'))) ?? '').split('\n');
  return lines.flatMap((line) => {
    const [, name, id] = /^(".*?[^\\]"),?"([0-9a-f]{40,64})"/.exec(line.replace(/^\[/, '')) ?? [];
    return name === undefined || id === undefined ? [] : [[rawFromDisplay(JSON.parse(name) as string), id] as const];
  });
}

async function makeBase(request: RepairRequest, place: string, made: string): Promise<'server' | Built['snapshot']> {
  const { url, signal, inSnapshots } = request;
  if (url !== null) {
    try {
      await makeFirstMirror({ ...request, url, folder: made, onWords: () => undefined });
      return 'server';
    } catch (error) {
      if (signal.aborted) throw error;
    }
  }
  let tried = 0;
  for await (const copy of inSnapshots()) {
    if (await bringCopy(copy, { place, to: made, signal })) return { id: copy.snapshot, takenAtMs: copy.takenAtMs };
    tried += 1;
    if (tried >= snapshotsTried) break;
  }
  return null;
}

/** Whether it is there, and sound. */
async function bringCopy(
  copy: PartInSnapshot,
  { place, to, signal }: { readonly place: string; readonly to: string; readonly signal: AbortSignal },
): Promise<boolean> {
  const unpacking = join(place, 'unpacking');
  try {
    await makeFolders(unpacking);
    await copy.bringTo(to, unpacking);
    await settleConfiguration(to);
    if ((await verifyMirror(to, { full: true, signal })).ok) return true;
  } catch (error) {
    if (signal.aborted) throw error;
  } finally {
    await rm(unpacking, { recursive: true, force: true });
  }
  await rm(to, { recursive: true, force: true });
  return false;
}

type Filling = {
  readonly place: string;
  readonly made: string;
  readonly old: RefTable;
  readonly snapshot: Built['snapshot'];
};

/** Brings over what the new mirror lacks, from the damaged one and then from snapshots. */
async function fill(request: RepairRequest, filling: Filling): Promise<Built> {
  const { signal } = request;
  const { made, old, snapshot } = filling;
  const git = gitOn({ folder: made, signal });
  const { ids: now } = await readLocalRefs(git);
  const wanted = [...old].filter(([name, id]) => now.get(name) !== id);
  await bringLargeFiles({ folder: made, donor: request.folder, signal });
  const left = await bringAll(
    request,
    filling,
    wanted.map(([, id]) => id),
  );
  const here = wanted.filter(([, id]) => !left.has(id));
  const isOfServer = wantedRefs(request.pullRefs);
  // A snapshot may be older than what was damaged; a server is not.
  const kept = snapshot === null ? here.filter(([name]) => !isOfServer(name)) : here;
  const refused = await setRefs(
    git,
    kept.map(([name, to]): RefMove => ({ name, from: now.get(name) ?? null, to })),
  );
  const others = here.filter(([name]) => isOfServer(name));
  const lost = snapshot === null ? await keepLost(request, made, others, now) : [];
  const unread = wanted.filter(([, id]) => left.has(id)).map(([name]) => name);
  const missing = [...unread, ...refused].map(displayRaw);
  return { snapshot, brought: kept.length - refused.length + lost.length, missing, lost };
}

/** Those that cannot be there, such as where another has a folder. */
async function setRefs(git: Git, moves: readonly RefMove[]): Promise<readonly RawPath[]> {
  try {
    await moveRefs(git, moves);
    return [];
  } catch (error) {
    if (!(error instanceof GitFailure)) throw error;
    const [move] = moves;
    if (moves.length === 1 && move !== undefined) return [move.name];
  }
  const refused: RawPath[] = [];
  for (const move of moves) refused.push(...(await setRefs(git, [move])));
  return refused;
}

/** The ids that are nowhere to be had whole. */
async function bringAll(
  request: RepairRequest,
  { place, made, snapshot }: Filling,
  ids: readonly string[],
): Promise<ReadonlySet<string>> {
  const { folder, signal } = request;
  let left = await bringObjects({ folder: made, donor: folder, signal }, ids);
  if (left.length === 0 || snapshot !== null) return new Set(left);
  for await (const copy of request.inSnapshots()) {
    const donor = join(place, 'donor.git');
    if (!(await bringCopy(copy, { place, to: donor, signal }))) continue;
    left = await bringObjects({ folder: made, donor, signal }, left);
    await bringLargeFiles({ folder: made, donor, signal });
    await rm(donor, { recursive: true, force: true });
    break;
  }
  return new Set(await missingOf({ folder: made, signal }, left));
}

/** As a run would that finds it moved or gone on the server. */
async function keepLost(
  { signal }: RepairRequest,
  made: string,
  before: readonly (readonly [RawPath, string])[],
  server: RefTable,
): Promise<Built['lost']> {
  const git = gitOn({ folder: made, signal });
  const moves = before.map(([name, from]): RefMove => ({ name, from, to: server.get(name) ?? null }));
  const { ids: local } = await readLocalRefs(git);
  return keepLosses(git, await findLosses(git, moves), { local, server });
}

async function swap(request: RepairRequest, made: string): Promise<string> {
  const { folder, work, nowMs } = request;
  const ready = readyPlace(request);
  await rm(ready, { recursive: true, force: true });
  await rename(made, ready);
  const stamp = new Date(nowMs()).toISOString().replace(/[:.]/g, '-');
  const aside = join(work, 'damaged', `${basename(folder, '.git')}-${stamp}-${markOf(folder).slice(0, 8)}.git`);
  await makeFolders(join(aside, '..'));
  await rename(folder, aside);
  await rename(ready, folder);
  return aside;
}

async function isThere(path: string): Promise<boolean> {
  return (await stat(path).catch(() => null)) !== null;
}
