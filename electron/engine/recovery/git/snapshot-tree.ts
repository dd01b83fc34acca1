/** Git repositories in the tree of a snapshot: where they are, and what lies beside them. Nothing is unpacked for it. */
import { z } from 'zod';
import type { LostHistory } from '../../../../shared/contract/git.ts';
import { lostHistorySchema } from '../../../../shared/contract/git.ts';
import { HoldfastError } from '../../../../shared/model/errors.ts';
import { isOwnRef, isRefName } from '../../../../shared/model/git-restore-plan.ts';
import { parseCheckNote, type CheckNote } from '../../../../shared/model/mirror-checks.ts';
import type { Ref, RefsManifest } from '../../../../shared/model/git-refs.ts';
import { baseRaw, dirRaw, displayRaw, joinRaw, rawFromDisplay, type RawPath } from '../../platform/raw-path.ts';

/** The tree of a snapshot, looked into. Paths are absolute, with single slashes. */
export interface SnapshotTree {
  /** Folders in a folder; null where there is no such path. */
  folders(path: RawPath): Promise<readonly { readonly name: RawPath; readonly tree: string }[] | null>;
  /** Files in a folder, with their bytes; none where there is no such path. */
  files(path: RawPath): Promise<readonly { readonly name: string; readonly size: number }[]>;
  /** The content of a file; null where there is none. TREE_INVALID where it is larger. */
  file(path: RawPath, maxBytes: number): Promise<Uint8Array<ArrayBuffer> | null>;
}

export type FoundRepository = {
  readonly path: RawPath;
  /** Id of its tree: the same for the same content. */
  readonly tree: string;
};

export type FoundRepositories = {
  /** By path. */
  readonly repositories: readonly FoundRepository[];
  /** False where there are more folders than were looked at. */
  readonly whole: boolean;
};

/** In a snapshot of something else there may be millions. */
const mostFolders = 20_000;
const deepest = 64;
const manifestBytes = 256 * 1024 * 1024;
const noteBytes = 64 * 1024;
const historyBytes = 64 * 1024 * 1024;
const largeFilesBytes = 1_000;

const repositoryEnd = '.git';
const besideEnd = '.meta';
export const wikiEnd = '.wiki.git';

/** A folder `<name>.git` with `<name>.meta` beside it, and the wiki of such a one. */
export async function findRepositories(tree: SnapshotTree): Promise<FoundRepositories> {
  const repositories: FoundRepository[] = [];
  const waiting: { readonly path: RawPath; readonly depth: number }[] = [{ path: '/', depth: 0 }];
  let looked = 0;
  let whole = true;
  for (let next = waiting.pop(); next !== undefined; next = waiting.pop()) {
    if (++looked > mostFolders) return { repositories: sorted(repositories), whole: false };
    const folders = (await tree.folders(next.path)) ?? [];
    const names = new Set(folders.map(({ name }) => name));
    for (const { name, tree: content } of folders) {
      const path = joinRaw(next.path, name);
      if (isRepository(name, names)) repositories.push({ path, tree: content });
      else if (name.endsWith(repositoryEnd) || name.endsWith(besideEnd)) continue;
      else if (next.depth + 1 < deepest) waiting.push({ path, depth: next.depth + 1 });
      else whole = false;
    }
  }
  return { repositories: sorted(repositories), whole };
}

/** One that is there by its whole path, or by the end of it. GIT_REPOSITORY_UNKNOWN, GIT_REPOSITORY_AMBIGUOUS. */
export async function findRepository(tree: SnapshotTree, wanted: string): Promise<FoundRepository> {
  const typed = rawFromDisplay(wanted).replace(/\/+$/, '');
  const name = typed.endsWith(repositoryEnd) ? typed : `${typed}${repositoryEnd}`;
  if (name.startsWith('/')) {
    const found = (await tree.folders(dirRaw(name)))?.find((folder) => folder.name === baseRaw(name));
    if (found !== undefined) return { path: name, tree: found.tree };
  }
  const { repositories, whole } = await findRepositories(tree);
  const matches = repositories.filter(({ path }) => path === name || path.endsWith(`/${name.replace(/^\//, '')}`));
  const [first] = matches;
  if (first !== undefined && matches.length === 1) return first;
  if (first !== undefined) {
    const text = `${matches.length} repositories end with ${displayRaw(name)}, such as ${displayRaw(first.path)}.`;
    throw new HoldfastError('GIT_REPOSITORY_AMBIGUOUS', text);
  }
  const rest = whole ? '' : ' It has more folders than were looked at: give the whole path.';
  throw new HoldfastError('GIT_REPOSITORY_UNKNOWN', `The snapshot holds no repository ${displayRaw(typed)}.${rest}`);
}

/** The last two parts of its path, without `.git`. */
export function nameOf(path: RawPath): { readonly owner: RawPath; readonly name: RawPath } {
  return { owner: baseRaw(dirRaw(path)), name: baseRaw(path).slice(0, -repositoryEnd.length) };
}

const idPattern = /^(?:[0-9a-f]{40}|[0-9a-f]{64})$/;
const manifestSchema = z.object({
  version: z.literal(1),
  head: z.string().nullable(),
  refs: z.array(
    z
      .union([z.tuple([z.string(), z.string()]), z.tuple([z.string(), z.string(), z.string()])])
      .refine(([name, ...ids]) => isRefName(name) && ids.every((id) => idPattern.test(id))),
  ),
});

/** Its refs at the moment of the snapshot; null where no list of them was kept. GIT_REPOSITORY_INVALID. */
export async function readManifest(tree: SnapshotTree, path: RawPath): Promise<RefsManifest | null> {
  const { file, bytes } = await readBeside(tree, path, 'refs.json', manifestBytes);
  if (bytes === null) return null;
  if (!mayBeHeld(bytes)) {
    throw new HoldfastError('GIT_REPOSITORY_INVALID', `${displayRaw(file)} names more refs than any repository has.`);
  }
  const parsed = manifestSchema.safeParse(parseJson(bytes));
  if (!parsed.success) throw new HoldfastError('GIT_REPOSITORY_INVALID', `${displayRaw(file)} is no list of refs.`);
  const { version, head, refs } = parsed.data;
  const sane = head !== null && isRefName(head) ? head : null;
  return { version, head: sane, refs: refs.filter(([name]) => !isOwnRef(name)) satisfies readonly Ref[] };
}

/** As many as a mirror takes, and what is written around them. */
const mostLists = 500_000 + 8;
const [comma, bracket, brace] = [0x2c, 0x5b, 0x7b];

/** What a few bytes of JSON become in memory may be a hundred times as large: so its parts are counted first. */
function mayBeHeld(json: Uint8Array): boolean {
  let [lists, parts] = [0, 0];
  for (const byte of json) {
    if (byte === bracket || byte === brace) lists += 1;
    else if (byte === comma) parts += 1;
  }
  return lists <= mostLists && parts <= 3 * mostLists;
}

/** Newest first. Lines that are none are left out: they are for people, and nothing else is lost with them. */
export async function readHistory(tree: SnapshotTree, path: RawPath): Promise<readonly LostHistory[]> {
  const { bytes } = await readBeside(tree, path, 'history.jsonl', historyBytes);
  if (bytes === null) return [];
  const lines = Buffer.from(bytes).toString('utf8').split('\n');
  return lines
    .flatMap((line) => {
      const parsed = line === '' ? null : lostHistorySchema.safeParse(parseJson(Buffer.from(line)));
      return parsed?.success === true ? [parsed.data] : [];
    })
    .toReversed();
}

/** What was noted of its mirror when that was looked through last; null where nothing was. */
export async function readChecked(tree: SnapshotTree, path: RawPath): Promise<CheckNote | null> {
  const { bytes } = await readBeside(tree, path, 'verified.json', noteBytes);
  return bytes === null ? null : parseCheckNote(Buffer.from(bytes).toString('utf8'));
}

/** What its mirror says of objects of Git LFS; null where it has shown none. */
export async function readLargeFiles(
  tree: SnapshotTree,
  path: RawPath,
): Promise<{ readonly complete: boolean; readonly objects: null; readonly bytes: null } | null> {
  if (path.endsWith(wikiEnd)) return null;
  const bytes = await tree.file(joinRaw(besideOf(path), 'lfs.json'), largeFilesBytes).catch(() => new Uint8Array());
  if (bytes === null) return null;
  return { complete: /"complete":true/.test(Buffer.from(bytes).toString('latin1')), objects: null, bytes: null };
}

function isRepository(name: RawPath, beside: ReadonlySet<RawPath>): boolean {
  if (!name.endsWith(repositoryEnd) || name.length === repositoryEnd.length) return false;
  if (beside.has(besideOf(name))) return true;
  return name.endsWith(wikiEnd) && beside.has(`${name.slice(0, -wikiEnd.length)}${besideEnd}`);
}

/** Where what is known of it lies. */
export function besideOf(path: RawPath): RawPath {
  return `${path.slice(0, -repositoryEnd.length)}${besideEnd}`;
}

/** What is known of a wiki lies with what is known of its repository. */
async function readBeside(tree: SnapshotTree, path: RawPath, name: string, maxBytes: number) {
  const own = joinRaw(besideOf(path), name);
  const bytes = await tree.file(own, maxBytes);
  if (bytes !== null || !path.endsWith(wikiEnd)) return { file: own, bytes };
  const file = joinRaw(`${path.slice(0, -wikiEnd.length)}${besideEnd}/wiki`, name);
  return { file, bytes: await tree.file(file, maxBytes) };
}

function sorted(repositories: readonly FoundRepository[]): readonly FoundRepository[] {
  return repositories.toSorted((a, b) => (a.path < b.path ? -1 : 1));
}

function parseJson(bytes: Uint8Array): unknown {
  try {
    return JSON.parse(Buffer.from(bytes).toString('utf8')) as unknown;
  } catch {
    return null;
  }
}
