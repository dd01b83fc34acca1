/** What the address of the Git browser asks for. Pure. */
import type { Connection } from '../../../../shared/contract/repositories.ts';

export type GitView = {
  readonly repository: Connection;
  readonly source: string;
  readonly host: string | null;
  /** Null: the newest. */
  readonly snapshot: string | null;
  /** The other snapshot of a comparison. */
  readonly against: string | null;
  /** Of a Git repository in it; null: all of them. */
  readonly path: string | null;
  /** A ref, or the id of a commit; null: the default branch. */
  readonly at: string | null;
  readonly show: 'files' | 'commits';
  /** Without a slash at its start; empty: the whole tree. */
  readonly folder: string;
  readonly file: string | null;
  /** Only what no ref leads to any more. */
  readonly lost: boolean;
};

export type GitAddress = { [Name in (typeof gitSearch)[number]]?: string };

export const gitSearch = [
  'repository',
  'source',
  'host',
  'snapshot',
  'against',
  'path',
  'at',
  'show',
  'folder',
  'file',
] as const;

export function gitViewOf(search: GitAddress, repositories: readonly Connection[]): GitView | null {
  const named = repositories.find(({ id }) => id === search.repository);
  const repository = named ?? repositories.find(({ primary }) => primary);
  if (repository === undefined || search.source === undefined) return null;
  return {
    repository,
    source: search.source,
    host: search.host ?? null,
    snapshot: search.snapshot ?? null,
    against: search.against ?? null,
    path: search.path ?? null,
    at: search.at ?? null,
    show: search.show === 'commits' || search.show === 'lost' ? 'commits' : 'files',
    folder: search.folder ?? '',
    file: search.file ?? null,
    lost: search.show === 'lost',
  };
}

/** The address of a view with something changed; what lies below what changes is left behind. */
export function gitAddressOf(view: GitView, change: Partial<Omit<GitView, 'repository'>> = {}): GitAddress {
  const { repository, source, host, snapshot, against, path, at, show, folder, file, lost } = { ...view, ...change };
  const shown = show === 'files' ? undefined : lost ? 'lost' : 'commits';
  const texts = { host, snapshot, against, path, at, show: shown, folder: folder === '' ? null : folder, file };
  const given = Object.entries(texts).filter(
    (entry): entry is [keyof typeof texts, string] => typeof entry[1] === 'string',
  );
  return { repository: repository.id, source, ...Object.fromEntries(given) };
}

/** A ref of the address again where the repository has it still, as in another snapshot. */
export function startOf(head: string | null, refs: readonly { readonly name: string }[]): string | null {
  const names = new Set(refs.map(({ name }) => name));
  if (head !== null && names.has(head)) return head;
  return refs.find(({ name }) => name.startsWith('refs/heads/'))?.name ?? refs[0]?.name ?? null;
}

/** Each folder on the way to a path of a commit, the root first. */
export function treeWays(path: string): readonly { readonly name: string; readonly path: string }[] {
  const names = path.split('/').filter(Boolean);
  return names.map((name, index) => ({ name, path: names.slice(0, index + 1).join('/') }));
}

export function parentFolder(folder: string): string {
  const cut = folder.lastIndexOf('/');
  return cut < 0 ? '' : folder.slice(0, cut);
}
