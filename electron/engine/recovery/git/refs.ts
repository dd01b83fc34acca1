/** Refs of repositories that Git is run on, and which of them an operator means. */
import { HoldfastError } from '../../../../shared/model/errors.ts';
import type { Ref, RefsManifest } from '../../../../shared/model/git-refs.ts';
import { isRefName, isRestoredRef, originalName } from '../../../../shared/model/git-restore-plan.ts';
import type { GitProcess } from './git-process.ts';

const idPattern = /^(?:[0-9a-f]{40}|[0-9a-f]{64})$/;

/** What a bare repository itself says. */
export async function ownRefs(git: GitProcess): Promise<RefsManifest> {
  const format = '%(refname)%00%(objectname)%00%(*objectname)';
  const lines = (await git.run(['for-each-ref', `--format=${format}`])).toString('utf8').split('\n');
  const refs = lines.flatMap((line): Ref[] => {
    const [name = '', id = '', peeled = ''] = line.split('\0');
    if (!isRefName(name)) return [];
    return [peeled === '' ? [name, id] : [name, id, peeled]];
  });
  const head = (await git.ask(['symbolic-ref', '--quiet', 'HEAD'])).output.toString('utf8').trim();
  return { version: 1, head: isRefName(head) ? head : null, refs };
}

/** What a server shows. GIT_TARGET_REFUSED. */
export async function remoteRefs(git: GitProcess, url: string): Promise<RefsManifest> {
  const { code, output, words } = await git.ask(['ls-remote', '--symref', '--', url]);
  if (code !== 0) throw refusedBy(words, code);
  let head: string | null = null;
  const refs = new Map<string, Ref>();
  for (const line of output.toString('utf8').split('\n')) {
    const [id = '', name = ''] = line.split('\t');
    if (name === 'HEAD' && id.startsWith('ref: ')) head = id.slice('ref: '.length);
    const tag = name.endsWith('^{}') ? refs.get(name.slice(0, -3)) : undefined;
    if (tag !== undefined) refs.set(tag[0], [tag[0], tag[1], id]);
    else if (idPattern.test(id) && isRefName(name)) refs.set(name, [name, id]);
  }
  return { version: 1, head: head !== null && isRefName(head) ? head : null, refs: [...refs.values()] };
}

export function refusedBy(words: string, code: number): HoldfastError {
  const lines = words.split('\n').map((line) => line.replace(/^remote:\s*/, '').trim());
  const said = lines.filter((line) => line !== '').join(' / ');
  return new HoldfastError('GIT_TARGET_REFUSED', `The target says: ${(said || `exit code ${code}`).slice(0, 1000)}`);
}

/** Ids of those that are there. */
export async function presentObjects(git: GitProcess, ids: readonly string[]): Promise<ReadonlySet<string>> {
  const unique = [...new Set(ids)];
  if (unique.length === 0) return new Set();
  const output = await git.run(['cat-file', '--batch-check=%(objectname) %(objecttype)'], {
    input: `${unique.join('\n')}\n`,
  });
  const lines = output.toString('utf8').split('\n');
  return new Set(lines.flatMap((line) => (line === '' || line.endsWith(' missing') ? [] : [line.split(' ')[0] ?? ''])));
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
  const { code, output } = await git.ask(['rev-parse', '--verify', '--quiet', '--end-of-options', wanted]);
  const id = output.toString('utf8').trim();
  if (code !== 0 || !(await presentObjects(git, [id])).has(id)) throw unknown;
  return id;
}

/** `main` is the branch, else the tag, as in Git; HEAD is the default branch. */
function wholeName({ head, refs }: RefsManifest, wanted: string): string {
  if (wanted === 'HEAD' && head !== null) return head;
  const names = new Set(refs.map(([name]) => name));
  const candidates = [wanted, `refs/${wanted}`, `refs/heads/${wanted}`, `refs/tags/${wanted}`];
  return candidates.find((name) => names.has(name)) ?? wanted;
}
