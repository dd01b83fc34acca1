/** Git repositories that are given back, while that is put together: which, as of when, to where, and what may be lost there. Pure. */
import { isGitUrl } from '../../../../shared/model/git-url.ts';
import { isRefName, isRestoredRef, originalName } from '../../../../shared/model/git-restore-plan.ts';
import { githubOwnerPattern, isApiUrl, usualGithubApi } from '../../../../shared/model/source-kinds.ts';
import type { GitRestoreInput, GitTarget } from '../../../../shared/contract/git.ts';
import type { SourceDefinition } from '../../../../shared/contract/sources.ts';
import { refKindOf, shortRef } from '../../../components/git-words.ts';
import type { PlacedPoint } from '../points/point-field.tsx';

/** Which repositories, of which snapshot. */
export type GitSelection = PlacedPoint & {
  readonly source: string;
  /** Null: all of the snapshot. */
  readonly paths: readonly string[] | null;
  /** A single ref of the one repository; null: all branches, tags and notes. */
  readonly ref: RefChoice | null;
};

export type RefChoice = {
  /** A whole name, or the id of a commit. */
  readonly from: string;
  /** The whole name it gets on the target. */
  readonly to: string;
};

export const targetKinds = ['github', 'url', 'bare', 'checkout', 'bundle'] as const;
export type TargetKind = (typeof targetKinds)[number];

export type TargetDraft = {
  readonly kind: TargetKind;
  readonly owner: string;
  /** May hold `{owner}` and `{name}`. */
  readonly name: string;
  readonly api: string;
  /** Of a repository that is made for it. */
  readonly isPrivate: boolean;
  readonly url: string;
  /** Of a folder or a bundle. */
  readonly path: string;
  readonly user: string;
  readonly overwrite: boolean;
  readonly deletes: boolean;
  readonly verify: boolean;
  /** To GitHub: also settings, releases and the wiki. */
  readonly beside: boolean;
};

export const emptyTarget: TargetDraft = {
  kind: 'github',
  owner: '',
  name: '{name}',
  api: '',
  isPrivate: true,
  url: '',
  path: '',
  user: '',
  overwrite: false,
  deletes: false,
  verify: true,
  beside: true,
};

/** Where a source of GitHub came from; of others nothing is proposed. */
export function targetOfSource(source: SourceDefinition | null | undefined): Pick<TargetDraft, 'owner' | 'api'> {
  if (source?.kind !== 'github') return { owner: '', api: '' };
  const { owner, api } = source;
  return { owner, api: api === usualGithubApi ? '' : api };
}

export function isSeveral({ paths }: Pick<GitSelection, 'paths'>): boolean {
  return paths === null || paths.length > 1;
}

/** The name it had where it is a branch or tag of the snapshot; another one where it was kept after it was lost. */
export function refChoiceOf(from: string): RefChoice {
  if (refKindOf(from) !== 'kept') return { from, to: from };
  const own = originalName(from);
  return { from, to: isRestoredRef(own) ? besideName(own) : 'refs/heads/recovered' };
}

/** `refs/heads/recovered/main` of `refs/heads/main`: nobody's, as a rule. */
export function besideName(name: string): string {
  const kind = refKindOf(name) === 'tag' ? 'refs/tags/' : 'refs/heads/';
  return `${kind}recovered/${shortRef(name)}`;
}

export function refNameFault(name: string): string | null {
  if (!name.startsWith('refs/heads/') && !name.startsWith('refs/tags/'))
    return 'A name begins with refs/heads/ or refs/tags/.';
  return isRefName(name) && isRestoredRef(name) ? null : 'Git takes no such name.';
}

const placeholders = /\{(?:owner|name)\}/g;

export function ownerFault(owner: string): string | null {
  return owner.trim() === '' || githubOwnerPattern.test(owner.trim())
    ? null
    : 'A login is of letters, digits and hyphens.';
}

export function nameFault(name: string, several: boolean): string | null {
  const filled = name.trim().replaceAll(placeholders, 'x');
  if (filled === '') return null;
  if (!/^[A-Za-z0-9._-]{1,100}$/.test(filled)) return 'A name is of letters, digits and . _ -';
  return several && !name.includes('{name}') ? 'Several repositories need {name} in it.' : null;
}

export function apiFault(api: string): string | null {
  return api.trim() === '' || isApiUrl(api.trim()) ? null : 'The address of an API begins with https://.';
}

export function urlFault(url: string, several: boolean): string | null {
  const text = url.trim();
  if (text === '') return null;
  if (/^https?:\/\/[^/]*@/.test(text)) return 'A name or token does not stand in the address: there is a field for it.';
  if (!/^(?:https?|ssh):\/\//.test(text) || !isGitUrl(text.replaceAll(placeholders, 'x'))) {
    return 'An address is https://host/path, or ssh://user@host/path.';
  }
  return several && !text.includes('{name}') ? 'Several repositories need {name} in it.' : null;
}

export function pathFault(path: string): string | null {
  const text = path.trim();
  if (text === '') return null;
  if (!text.startsWith('/') && !/^[A-Za-z]:[\\/]/.test(text)) return 'It has to be given by its whole path.';
  return text.split('/').includes('..') ? 'The path must not go upwards with “..”.' : null;
}

/** Null while something is missing or wrong. */
export function targetOf(draft: TargetDraft, several: boolean): GitTarget | null {
  const { kind, owner, name, api, isPrivate, url, path } = draft;
  if (kind === 'github') {
    const isWhole = owner.trim() !== '' && name.trim() !== '';
    if (!isWhole || [ownerFault(owner), nameFault(name, several), apiFault(api)].some((fault) => fault !== null))
      return null;
    return {
      kind,
      owner: owner.trim(),
      name: name.trim(),
      api: api.trim() === '' ? null : api.trim(),
      private: isPrivate,
    };
  }
  if (kind === 'url') return url.trim() === '' || urlFault(url, several) !== null ? null : { kind, url: url.trim() };
  return path.trim() === '' || pathFault(path) !== null ? null : { kind, path: path.trim() };
}

/** Whether its server is asked with a token: always for GitHub, perhaps for a web address. */
export function tokenUse({ kind, url }: Pick<TargetDraft, 'kind' | 'url'>): 'needed' | 'possible' | 'none' {
  if (kind === 'github') return 'needed';
  return kind === 'url' && !url.trim().startsWith('ssh://') ? 'possible' : 'none';
}

/** As `git.restore` takes it, but for the token, which is added where the call is made. */
export function requestOf(
  selection: GitSelection,
  draft: TargetDraft,
  target: GitTarget,
): Omit<GitRestoreInput, 'access'> {
  const { place, snapshot, paths, ref } = selection;
  const { overwrite, deletes, verify, beside } = draft;
  return {
    repository: { id: place.connection },
    snapshot,
    paths: paths === null ? null : [...paths],
    refs: ref === null ? null : [{ from: ref.from, to: ref.to }],
    target,
    overwrite,
    // What somebody gives back as one ref has nothing to say of others.
    deletes: ref === null && deletes,
    verify,
    beside,
  };
}

export function accessOf(draft: TargetDraft, token: string): GitRestoreInput['access'] {
  if (token === '' || tokenUse(draft) === 'none') return null;
  const user = draft.user.trim();
  return user === '' ? { token } : { token, user };
}

/** The same on the command line. The token is read from the environment. */
export function commandOf(
  selection: GitSelection,
  draft: TargetDraft,
  { withToken, dryRun }: { readonly withToken: boolean; readonly dryRun: boolean },
): readonly string[] {
  const { place, snapshot, paths, ref } = selection;
  const { overwrite, deletes, verify, user } = draft;
  const flag = (isOn: boolean, ...words: readonly string[]) => (isOn ? words : []);
  return [
    'holdfast',
    'git',
    'restore',
    snapshot.slice(0, 8),
    ...(paths ?? ['--all']),
    ...(ref === null ? [] : ['--ref', ref.to === ref.from ? ref.from : `${ref.from}:${ref.to}`]),
    ...targetWords(draft),
    ...flag(withToken, '--secret', 'token=env:GIT_WRITE_TOKEN'),
    ...flag(withToken && user.trim() !== '', '--user', user.trim()),
    ...flag(overwrite, '--overwrite'),
    ...flag(deletes && ref === null, '--delete'),
    ...flag(!verify, '--no-verify'),
    ...flag(dryRun, '--dry-run'),
    '--repository',
    place.location,
  ];
}

function targetWords({ kind, owner, name, api, isPrivate, url, path, beside }: TargetDraft): readonly string[] {
  if (kind === 'url') return ['--to-url', url.trim()];
  if (kind !== 'github') return [`--to-${kind}`, path.trim()];
  const to = name.trim() === '{name}' ? owner.trim() : `${owner.trim()}/${name.trim()}`;
  const rest = [...(isPrivate ? [] : ['--public']), ...(beside ? [] : ['--only-git'])];
  return ['--to-github', to, ...(api.trim() === '' ? [] : ['--github-api', api.trim()]), ...rest];
}
