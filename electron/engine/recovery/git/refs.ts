/**
 * Refs of repositories that Git is run on, and which of them an operator means. Names are bytes: in a `Ref` they stand in
 * the form for people (see raw-path.ts), from which there is a way back.
 */
import { HoldfastError } from '../../../../shared/model/errors.ts';
import type { Ref, RefsManifest } from '../../../../shared/model/git-refs.ts';
import { isOwnRef, isRefName, isRestoredRef, originalName } from '../../../../shared/model/git-restore-plan.ts';
import { displayRaw, rawFromDisplay } from '../../platform/raw-path.ts';
import { lastLines, unknownHost } from '../../sources/git/failures.ts';
import type { GitProcess } from './git-process.ts';

/** About half a million of usual names. */
const listedBytes = 64 * 1024 * 1024;
const idPattern = /^(?:[0-9a-f]{40}|[0-9a-f]{64})$/;

/** What a bare repository itself says. */
export async function ownRefs(git: GitProcess): Promise<RefsManifest> {
  const format = '%(refname)%00%(objectname)%00%(*objectname)';
  const lines = linesOf(await git.run(['for-each-ref', `--format=${format}`]));
  const refs = lines.flatMap((line): Ref[] => {
    const [raw = '', id = '', peeled = ''] = line.split('\0');
    const name = displayRaw(raw);
    if (!isRefName(name)) return [];
    return [peeled === '' ? [name, id] : [name, id, peeled]];
  });
  const [head = ''] = shownLines((await git.ask(['symbolic-ref', '--quiet', 'HEAD'])).output);
  return { version: 1, head: isRefName(head) ? head : null, refs };
}

/** As `ownRefs`, without those by which the mirror keeps what its server has lost. */
export async function serverRefs(git: GitProcess): Promise<RefsManifest> {
  const { refs, ...rest } = await ownRefs(git);
  return { ...rest, refs: refs.filter(([name]) => !isOwnRef(name)) };
}

/** What a server shows. GIT_TARGET_REFUSED, GIT_HOST_UNKNOWN, GIT_TOO_MANY_REFS. */
export async function remoteRefs(git: GitProcess, url: string): Promise<RefsManifest> {
  const { code, output, words, isCut } = await git.ask(['ls-remote', '--symref', '--', url], {
    maxBytes: listedBytes,
    asksServer: true,
  });
  if (isCut) throw new HoldfastError('GIT_TOO_MANY_REFS', `The target lists more than ${listedBytes} bytes of refs.`);
  if (code !== 0) throw refusedBy(words, code);
  let head: string | null = null;
  const refs = new Map<string, Ref>();
  for (const line of linesOf(output)) {
    const [id = '', raw = ''] = line.split('\t');
    const name = displayRaw(raw);
    if (name === 'HEAD' && id.startsWith('ref: ')) head = displayRaw(id.slice('ref: '.length));
    const tag = name.endsWith('^{}') ? refs.get(name.slice(0, -3)) : undefined;
    if (tag !== undefined) refs.set(tag[0], [tag[0], tag[1], id]);
    else if (idPattern.test(id) && isRefName(name)) refs.set(name, [name, id]);
  }
  return { version: 1, head: head !== null && isRefName(head) ? head : null, refs: [...refs.values()] };
}

export function refusedBy(words: string, exitCode: number): HoldfastError {
  const code = unknownHost.test(words) ? 'GIT_HOST_UNKNOWN' : 'GIT_TARGET_REFUSED';
  return new HoldfastError(code, `Git says: ${lastLines(words) || `exit code ${exitCode}`}`);
}

/** Ids of those that are there. */
export async function presentObjects(git: GitProcess, ids: readonly string[]): Promise<ReadonlySet<string>> {
  const unique = [...new Set(ids)];
  if (unique.length === 0) return new Set();
  const output = await git.run(['cat-file', '--batch-check=%(objectname) %(objecttype)'], {
    input: `${unique.join('\n')}\n`,
  });
  const present = linesOf(output).filter((line) => !line.endsWith(' missing'));
  return new Set(present.map((line) => line.split(' ')[0] ?? ''));
}

/** The bytes of a name. */
export function bytesOfRef(name: string): Buffer {
  return Buffer.from(rawFromDisplay(name), 'latin1');
}

/** As an argument it can only be given where it is text; null where it is not. */
export function textOfRef(name: string): string | null {
  const bytes = bytesOfRef(name);
  const text = bytes.toString('utf8');
  return Buffer.from(text, 'utf8').equals(bytes) ? text : null;
}

function shownLines(output: Buffer): string[] {
  return linesOf(output).map(displayRaw);
}

function linesOf(output: Buffer): string[] {
  return output
    .toString('latin1')
    .split('\n')
    .filter((line) => line !== '');
}

export type ChosenRef = { readonly from: string; readonly to?: string | undefined };

/**
 * The refs that were asked for, by the names they are to have: of the manifest, kept ones of the repository itself, or
 * commits by their ids. GIT_REF_UNKNOWN, BAD_USAGE.
 */
export async function chooseRefs(
  git: GitProcess,
  manifest: RefsManifest,
  chosen: readonly ChosenRef[],
): Promise<readonly Ref[]> {
  const wanted = new Map<string, Ref>();
  for (const { from, to } of chosen) {
    const id = await resolveRef(git, manifest, from);
    const name = to ?? originalName(wholeName(manifest, from));
    if (!isRestoredRef(name)) {
      const text = `${from} has no name that it could be given back under: say one below refs/heads, refs/tags or refs/notes.`;
      throw new HoldfastError('BAD_USAGE', text);
    }
    wanted.set(name, [name, id]);
  }
  return [...wanted.values()].toSorted(([a], [b]) => (a < b ? -1 : 1));
}

/** The id that a ref of the snapshot, a ref that is kept, or an id stands for. GIT_REF_UNKNOWN. */
export async function resolveRef(git: GitProcess, manifest: RefsManifest, wanted: string): Promise<string> {
  const whole = wholeName(manifest, wanted);
  const known = manifest.refs.find(([name]) => name === whole)?.[1];
  if (known !== undefined) return known;
  const unknown = new HoldfastError('GIT_REF_UNKNOWN', `The repository has no ${wanted.slice(0, 200)}.`);
  if (!idPattern.test(wanted) && !isRefName(wanted)) throw unknown;
  // Kept refs are no part of the manifest.
  const id = idPattern.test(wanted) ? wanted : (await ownRefs(git)).refs.find(([name]) => name === wanted)?.[1];
  if (id === undefined || !(await presentObjects(git, [id])).has(id)) throw unknown;
  return id;
}

/** `main` is the branch, else the tag, as in Git; HEAD is the default branch. */
function wholeName({ head, refs }: RefsManifest, wanted: string): string {
  if (wanted === 'HEAD' && head !== null) return head;
  const names = new Set(refs.map(([name]) => name));
  const candidates = [wanted, `refs/${wanted}`, `refs/heads/${wanted}`, `refs/tags/${wanted}`];
  return candidates.find((name) => names.has(name)) ?? wanted;
}
