/** A mirror that is there, brought to what its server has now. */
import type { RawPath } from '../../platform/raw-path.ts';
import { GitFailure, type GitAccess } from './git.ts';
import { findLosses, findUnrecorded, keepLosses, record, type LostHistory, type NewLoss } from './lost-history.ts';
import { gitOn, isStorable, settleConfiguration, wantedRefs, type MirrorPlace } from './mirror-git.ts';
import { fetchObjects, moveRefs, planMoves, type RefMove } from './move-refs.ts';
import { listServerRefs, readLocalRefs, type LocalRefs, type ServerRefs } from './refs.ts';

export type FollowRequest = MirrorPlace & {
  readonly meta: string;
  readonly url: string;
  readonly access: GitAccess | null;
  readonly pullRefs: boolean;
  readonly nowMs: () => number;
  readonly onWords: (text: string) => void;
};

export type Followed = {
  /** The default branch that the server names. */
  readonly head: RawPath | null;
  /** The refs of the mirror now. */
  readonly local: LocalRefs;
  readonly lost: readonly LostHistory[];
  /** What the server has and no file system could keep. */
  readonly skipped: readonly RawPath[];
  readonly moved: boolean;
};

/** A server changes while it is read: what it has said it has may be gone a moment later. */
const attempts = 3;
const lengthOfSha256 = 64;

/** One question first: where all refs are equal nothing is fetched. GitFailure; GIT_TOO_MANY_REFS. */
export async function followServer(request: FollowRequest): Promise<Followed> {
  const own = gitOn(request);
  const isWanted = wantedRefs(request.pullRefs);
  const listing = listAll(request, isWanted);
  // It is waited for below, and what is written meanwhile has to end first.
  listing.catch(() => undefined);
  const { local, lost: before } = await readRecorded(request);
  const first = await listing;
  if (local.ids.size === 0) await takeFormat(request, first);
  const { server, moves } = await fetched(request, local, first, isWanted);
  const found = {
    head: server.head,
    skipped: [...server.ids.keys()].filter((name) => !isStorable(name)),
  };
  if (moves.length === 0) return { ...found, local, lost: before, moved: false };
  const losses = await findLosses(own, moves);
  const kept = await keepLosses(own, losses, { local: local.ids, server: server.ids });
  await moveRefs(own, moves);
  const lost = dated(request, kept);
  await record(request.meta, lost);
  await own.run('pack-refs', '--all');
  return { ...found, local: await readLocalRefs(own), lost: [...before, ...lost], moved: true };
}

/** A server does not say what objects an empty repository will have. */
async function takeFormat({ folder }: FollowRequest, { ids }: ServerRefs): Promise<void> {
  const [id] = ids.values();
  if (id?.length === lengthOfSha256) await settleConfiguration(folder, 'sha256');
}

/** The mirror's refs, once what a killed run has left is told. */
async function readRecorded(
  request: FollowRequest,
): Promise<{ readonly local: LocalRefs; readonly lost: readonly LostHistory[] }> {
  const own = gitOn(request);
  const local = await readLocalRefs(own);
  const { lost: unrecorded, dropped } = await findUnrecorded(own, request.meta, local.ids);
  const lost = dated(request, unrecorded);
  await record(request.meta, lost);
  if (dropped.length === 0) return { local, lost };
  await moveRefs(own, dropped);
  return { local: await readLocalRefs(own), lost };
}

function listAll(
  { url, access, ...request }: FollowRequest,
  isWanted: (name: RawPath) => boolean,
): Promise<ServerRefs> {
  return listServerRefs(gitOn(request, access), url, isWanted);
}

/** Brings the objects of what the server has, and says which refs are to move. */
async function fetched(
  request: FollowRequest,
  local: LocalRefs,
  first: ServerRefs,
  isWanted: (name: RawPath) => boolean,
): Promise<{ readonly server: ServerRefs; readonly moves: readonly RefMove[] }> {
  const { access, url, onWords } = request;
  for (let attempt = 1, server = first; ; attempt += 1) {
    const moves = planMoves(local.ids, server.ids, isWanted).filter(({ name }) => isStorable(name));
    try {
      await fetchObjects(gitOn(request, access), url, moves, onWords);
      return { server, moves };
    } catch (error) {
      if (attempt === attempts || !(error instanceof GitFailure) || !/not our ref/i.test(error.message)) throw error;
      server = await listAll(request, isWanted);
    }
  }
}

function dated({ nowMs }: FollowRequest, lost: readonly NewLoss[]): readonly LostHistory[] {
  return lost.map((loss) => ({ at: new Date(nowMs()).toISOString(), ...loss }));
}
