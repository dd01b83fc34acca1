/** A source of GitHub while somebody puts it together: whose repositories, reached how, which of them, and what of each. Pure. */
import { noHooks } from '../../../../shared/model/hooks.ts';
import { githubOwnerPattern, isApiUrl, usualGithubApi } from '../../../../shared/model/source-kinds.ts';
import type { GithubDefinition } from '../../../../shared/contract/sources.ts';
import { nameFault, suggestedName } from '../../../components/source-draft.ts';
import { appOf, emptyCredential, isCredentialWhole, type CredentialDraft } from './credential-draft.ts';
import { wordsOf } from './lines.ts';
import { emptyMirror, mirrorsFault, mirrorsOf, type MirrorDraft } from './mirror-draft.ts';

export type GithubDraft = MirrorDraft & {
  readonly owner: string;
  /** Address of the API of an Enterprise server; empty: github.com. */
  readonly api: string;
  readonly credential: CredentialDraft;
  /** Names, with `*` and `?`, in lines or with commas. */
  readonly include: string;
  readonly exclude: string;
  readonly topics: string;
  readonly visibility: GithubDefinition['filters']['visibility'];
  readonly forks: boolean;
  readonly archived: boolean;
  /** Days, as typed; empty: whenever. */
  readonly pushedWithin: string;
  readonly wiki: boolean;
  readonly issues: boolean;
  readonly releases: boolean;
};

export const emptyGithubDraft: GithubDraft = {
  ...emptyMirror,
  owner: '',
  api: '',
  credential: emptyCredential,
  include: '',
  exclude: '',
  topics: '',
  visibility: 'all',
  forks: true,
  archived: true,
  pushedWithin: '',
  wiki: true,
  issues: true,
  releases: true,
};

/** `github.com/acme` and `@acme` are `acme`. */
export function plainOwner(text: string): string {
  return text
    .trim()
    .replace(/^https?:\/\//, '')
    .replace(/^(?:www\.)?github\.com\//, '')
    .replace(/^@/, '')
    .replace(/\/$/, '');
}

export function ownerFault(text: string): string | null {
  const owner = plainOwner(text);
  return owner === '' || githubOwnerPattern.test(owner) ? null : 'A login is of letters, digits and hyphens.';
}

export function plainApi(text: string): string {
  return text.trim().replace(/\/+$/, '') || usualGithubApi;
}

export function apiFault(text: string): string | null {
  if (isApiUrl(plainApi(text))) return null;
  return text.trim().startsWith('http://')
    ? 'A token goes with every call, so the address begins with https:// (http:// on this machine alone).'
    : 'The address of an API begins with https://.';
}

export function pushedWithinFault(text: string): string | null {
  if (text.trim() === '') return null;
  return /^[1-9]\d{0,4}$/.test(text.trim()) ? null : 'A number of days.';
}

export function filtersOf(draft: GithubDraft): GithubDefinition['filters'] {
  const { visibility, forks, archived, pushedWithin } = draft;
  const isDays = pushedWithin.trim() !== '' && pushedWithinFault(pushedWithin) === null;
  return {
    include: [...wordsOf(draft.include)],
    exclude: [...wordsOf(draft.exclude)],
    topics: [...wordsOf(draft.topics)],
    visibility,
    forks,
    archived,
    pushedWithinDays: isDays ? Number(pushedWithin.trim()) : null,
  };
}

export function githubNameOf(draft: GithubDraft, taken: ReadonlySet<string>): string {
  if (draft.name.trim() !== '') return draft.name.trim();
  const owner = plainOwner(draft.owner);
  return suggestedName([owner === '' ? 'github' : owner], taken);
}

/** What can be asked about: whose, and reached how. Filters do not matter, and no name does. */
export function isAskable(draft: GithubDraft): boolean {
  const { owner, api, credential } = draft;
  if (plainOwner(owner) === '' || ownerFault(owner) !== null || apiFault(api) !== null) return false;
  return isCredentialWhole(credential);
}

/** Null while something is missing or wrong. `kept`: the App of the source that is changed. */
export function githubDefinitionOf(
  draft: GithubDraft,
  taken: ReadonlySet<string>,
  kept: GithubDefinition['app'] = null,
): GithubDefinition | null {
  const name = githubNameOf(draft, taken);
  const faults = [nameFault(name, taken), mirrorsFault(draft.mirrors), pushedWithinFault(draft.pushedWithin)];
  if (!isAskable(draft) || faults.some((fault) => fault !== null)) return null;
  return {
    kind: 'github',
    name,
    commands: noHooks,
    tags: [...draft.tags],
    rpoMs: draft.rpoMs,
    mirrors: mirrorsOf(draft),
    lfs: draft.lfs,
    pullRefs: draft.pullRefs,
    verifyEveryDays: draft.verifyEveryDays,
    exceptions: [...draft.exceptions],
    owner: plainOwner(draft.owner),
    api: plainApi(draft.api),
    app: appOf(draft.credential, kept),
    filters: filtersOf(draft),
    parts: { wiki: draft.wiki, issues: draft.issues, releases: draft.releases },
  };
}

/** A source that is there, to be changed; its credential stays unless another is given. */
export function githubDraftOf(source: GithubDefinition): GithubDraft {
  const { name, tags, rpoMs, mirrors, lfs, pullRefs, verifyEveryDays, exceptions, owner, api, filters, parts } = source;
  const { include, exclude, topics, visibility, forks, archived, pushedWithinDays } = filters;
  return {
    ...parts,
    name,
    tags,
    rpoMs,
    mirrors: mirrors ?? '',
    lfs,
    pullRefs,
    verifyEveryDays,
    exceptions,
    owner,
    api: api === usualGithubApi ? '' : api,
    credential: { ...emptyCredential, kind: 'kept' },
    include: include.join('\n'),
    exclude: exclude.join('\n'),
    topics: topics.join('\n'),
    visibility,
    forks,
    archived,
    pushedWithin: pushedWithinDays === null ? '' : String(pushedWithinDays),
  };
}

/** What a preview was asked for: another owner, server or credential is another question. */
export function questionOf({ owner, api, credential }: GithubDraft): string {
  return JSON.stringify([plainOwner(owner).toLowerCase(), plainApi(api), credential]);
}
