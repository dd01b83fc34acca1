/** A source of Git addresses while somebody puts it together. Pure. */
import { noHooks } from '../../../../shared/model/hooks.ts';
import { accessBaseOf, isGitUrl, pathInSnapshot } from '../../../../shared/model/git-url.ts';
import type { GitDefinition } from '../../../../shared/contract/sources.ts';
import { nameFault, suggestedName } from '../../../components/source-draft.ts';
import { linesOf } from './lines.ts';
import { emptyMirror, mirrorsFault, mirrorsOf, type MirrorDraft } from './mirror-draft.ts';

export type GitDraft = MirrorDraft & {
  /** One address a line. */
  readonly urls: string;
  readonly user: string;
};

export const emptyGitDraft: GitDraft = { ...emptyMirror, urls: '', user: '' };

export type AddressFact = {
  readonly url: string;
  /** What is wrong with it; null: nothing. */
  readonly fault: string | null;
  /** Where it lies in a snapshot. */
  readonly path: string | null;
};

/** Each address that was typed. Two that would lie in one place are two names of one repository, or a mistake. */
export function addressesOf(urls: string): readonly AddressFact[] {
  const paths = new Set<string>();
  return linesOf(urls).map((url) => {
    const path = pathInSnapshot(url);
    const isTaken = path !== null && paths.has(path);
    if (path !== null) paths.add(path);
    return { url, path, fault: isTaken ? 'This would lie where one above lies.' : addressFault(url) };
  });
}

function addressFault(url: string): string | null {
  if (isGitUrl(url)) return null;
  if (url.startsWith('/') || url.startsWith('file:') || url.startsWith('.')) {
    return 'Folders of this machine are protected as a source of folders.';
  }
  if (/^https?:\/\/[^/]*@/.test(url)) return 'A name or token does not stand in the address: there is a field for it.';
  return 'An address begins with https://, http:// or ssh://, or is user@host:path.';
}

/** Hosts that a token would be sent to, each with its scheme. */
export function tokenHosts(urls: string): readonly string[] {
  return [...new Set(linesOf(urls).map(accessBaseOf))].filter((base) => base !== null);
}

export function gitNameOf(draft: GitDraft, taken: ReadonlySet<string>): string {
  if (draft.name.trim() !== '') return draft.name.trim();
  const [first] = addressesOf(draft.urls);
  return suggestedName([first?.path?.replace(/\.git$/, '') ?? 'repositories'], taken);
}

/** Null while something is missing or wrong. */
export function gitDefinitionOf(draft: GitDraft, taken: ReadonlySet<string>): GitDefinition | null {
  const addresses = addressesOf(draft.urls);
  const name = gitNameOf(draft, taken);
  const isWrong = addresses.length === 0 || addresses.some(({ fault }) => fault !== null);
  if (isWrong || nameFault(name, taken) !== null || mirrorsFault(draft.mirrors) !== null) return null;
  return {
    kind: 'git',
    name,
    commands: noHooks,
    tags: [...draft.tags],
    rpoMs: draft.rpoMs,
    mirrors: mirrorsOf(draft),
    lfs: draft.lfs,
    pullRefs: draft.pullRefs,
    verifyEveryDays: draft.verifyEveryDays,
    exceptions: [...draft.exceptions],
    urls: addresses.map(({ url }) => url),
    user: draft.user.trim() === '' ? null : draft.user.trim(),
  };
}

export function gitDraftOf(source: GitDefinition): GitDraft {
  const { name, tags, rpoMs, mirrors, lfs, pullRefs, verifyEveryDays, exceptions, urls, user } = source;
  const mirror = { mirrors: mirrors ?? '', lfs, pullRefs, verifyEveryDays, exceptions };
  return { name, tags, rpoMs, ...mirror, urls: urls.join('\n'), user: user ?? '' };
}
