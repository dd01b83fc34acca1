/** A repository of a snapshot given back to a folder of this machine, or as a bundle. */
import { join } from 'node:path';
import type { Ref, RefsManifest } from '../../../../shared/model/git-refs.ts';
import { isScratch } from '../drills/scratch.ts';
import { refuseOurs } from '../restore-target.ts';
import { makeBundle, makeEmptyFolder, makeFolder, refuseUsed } from './folders.ts';
import { GitProcess } from './git-process.ts';
import { formatOf } from './plain-bare.ts';
import { countLfs, sizeOf } from './measure.ts';
import { ownRefs, presentObjects } from './refs.ts';
import type { Given, GivenProblem, GitRestoreRequest } from './restore-git.ts';
import type { FoundRepository } from './snapshot-tree.ts';
import type { Place } from './targets.ts';
import { withUnpacked } from './unpacked.ts';
import { verifyByClone, verifyRepository, type Verified } from './verify.ts';
import { makeView, setRefs } from './view.ts';
import { readManifest } from './snapshot-tree.ts';

type FolderPlace = Extract<Place, { kind: 'bare' | 'checkout' | 'bundle' }>;

/** TARGET_UNUSABLE where there is something already, and what unpacking raises. */
export async function giveToFolder(
  request: GitRestoreRequest,
  found: FoundRepository,
  { kind, path }: FolderPlace,
): Promise<Given> {
  const { home, repository } = request.source;
  const { localFolder } = repository.backend;
  await refuseOurs(path, { home, localFolder, isOwnFolder: isScratch(home, path) });
  await refuseUsed(path);
  const known = await readManifest(request.source.tree, found.path);
  const manifest = known ?? (await withUnpacked(request.source, found, ({ manifest: own }) => Promise.resolve(own)));
  if (request.dryRun) return planned(path, manifest);
  if (manifest.refs.length === 0) return giveEmpty(request, found, { kind, path });
  if (kind === 'bundle') return giveBundle(request, found, path);
  const made = await makeFolder(request.source, found, { place: path, isCheckedOut: kind === 'checkout' });
  const wanted = made.manifest.refs;
  const verified = request.verify
    ? await verifyRepository(
        { folder: made.git.folder, signal: request.source.signal },
        { wanted, found: (await ownRefs(made.git)).refs, bytes: await sizeOf(join(made.git.folder, 'objects')) },
      )
    : null;
  const lfsObjects = await countLfs(made.git.folder);
  return given(path, made.manifest, { missing: made.missing, verified, lfsObjects, lfsProblem: made.problem });
}

async function giveBundle(request: GitRestoreRequest, found: FoundRepository, path: string): Promise<Given> {
  const { source, verify } = request;
  const { signal } = source;
  return withUnpacked(source, found, ({ folder, format, git, manifest }) =>
    source.cache.temporary(async (work) => {
      const view = join(work, 'view');
      await makeView(view, { objects: join(folder, 'objects'), format });
      const inView = new GitProcess({ folder: view, signal });
      const present = await presentObjects(
        git,
        manifest.refs.map(([, id]) => id),
      );
      const wanted = manifest.refs.filter(([, id]) => present.has(id));
      await setRefs(inView, wanted, manifest.head);
      await makeBundle(inView, path);
      const place = { signal, environment: { GIT_ALLOW_PROTOCOL: 'file' } };
      const clone = { from: path, folder: join(work, 'clone'), format, wanted, place };
      const bytes = await sizeOf(join(folder, 'objects'));
      const verified = verify ? await verifyByClone({ ...clone, bytes }) : null;
      const lfs = await countLfs(folder);
      const lfsProblem = lfs === 0 ? null : 'A bundle holds no large files (Git LFS), only what names them.';
      const missing = manifest.refs.filter(([, id]) => !present.has(id));
      return given(path, manifest, { missing, verified, lfsObjects: 0, lfsProblem });
    }),
  );
}

async function giveEmpty(request: GitRestoreRequest, found: FoundRepository, place: FolderPlace): Promise<Given> {
  const nothing = { refs: [], lfsObjects: 0, verified: null, head: null, target: place.path };
  if (place.kind === 'bundle') {
    const problem = 'The repository is empty, and a bundle of nothing cannot be made.';
    return { ...nothing, state: 'empty', created: false, problem, problems: [] };
  }
  const format = await withUnpacked(request.source, found, ({ folder }) => formatOf(folder));
  await makeEmptyFolder(place.path, place.kind === 'checkout', format);
  return { ...nothing, state: 'empty', created: true, problem: null, problems: [] };
}

function planned(target: string, { head, refs }: RefsManifest): Given {
  return {
    target,
    state: 'planned',
    created: true,
    refs: refs.map(([name, to]) => ({ name, action: 'create', from: null, to, result: 'planned', problem: null })),
    head: head === null ? null : { name: head, set: false },
    lfsObjects: 0,
    verified: null,
    problem: null,
    problems: [],
  };
}

type Outcome = {
  readonly missing: readonly Ref[];
  readonly verified: Verified | null;
  readonly lfsObjects: number;
  readonly lfsProblem: string | null;
};

export const missingWords = 'Its objects are not in the snapshot.';

function given(
  target: string,
  { head, refs }: RefsManifest,
  { missing, verified, lfsObjects, lfsProblem }: Outcome,
): Given {
  const lacking = new Set(missing.map(([name]) => name));
  const problems = [
    ...missing.map(([name]): GivenProblem => ({ code: 'GIT_REF_UNKNOWN', message: `${name}: ${missingWords}` })),
    ...(lfsProblem === null ? [] : [{ code: 'GIT_LFS_LEFT_OUT' as const, message: lfsProblem }]),
    ...verificationProblems(verified),
  ];
  return {
    target,
    state: problems.length === 0 ? 'done' : 'partial',
    created: true,
    refs: refs.map(([name, to]) => {
      const failed = lacking.has(name);
      const base = { name, action: 'create' as const, from: null, to };
      return { ...base, result: failed ? 'failed' : 'done', problem: failed ? missingWords : null };
    }),
    head: head === null ? null : { name: head, set: true },
    lfsObjects,
    verified,
    problem: problems[0]?.message ?? null,
    problems,
  };
}

export function verificationProblems(verified: Verified | null): GivenProblem[] {
  if (verified === null) return [];
  const { otherRefs, sound, problem } = verified;
  const code = 'GIT_NOT_VERIFIED' as const;
  const others = otherRefs.slice(0, 3).join(', ') + (otherRefs.length > 3 ? ' …' : '');
  return [
    ...(otherRefs.length === 0 ? [] : [{ code, message: `Not as in the snapshot afterwards: ${others}.` }]),
    ...(sound ? [] : [{ code, message: `A check of it failed: ${problem ?? 'git fsck says no more'}` }]),
  ];
}
