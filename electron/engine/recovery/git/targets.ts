/** Where a repository of a snapshot goes, by what was asked for. Names from a snapshot become parts of paths only if they are plain. */
import { isAbsolute, join, resolve } from 'node:path';
import type { GitTarget } from '../../../../shared/contract/git.ts';
import { HoldfastError } from '../../../../shared/model/errors.ts';
import type {
  GitHubSettings,
  KeptAsset,
  KeptRelease,
  RepositoryFacts,
  SeenAsset,
  SeenRelease,
} from '../../../../shared/model/github-restore-plan.ts';
import { displayRaw } from '../../platform/raw-path.ts';
import { targetUrl } from './push.ts';
import { nameOf, type FoundRepository } from './snapshot-tree.ts';

/** Repositories of a GitHub that are given back to; what asks its API is passed in, with a token that may write. */
export interface GitHubTargets {
  /** Address to push to; null where there is no such repository. */
  find(name: GitHubName): Promise<string | null>;
  /** Its settings; null where there is no such repository. */
  look(name: GitHubName): Promise<RepositoryFacts | null>;
  /** With drafts, if the token may see them. */
  releases(name: GitHubName): Promise<readonly SeenRelease[]>;
  /** Where its wiki would be; no call says whether it is there. */
  wikiUrl(name: GitHubName): string;
  /** Address of the repository it has made, empty. */
  create(name: GitHubName, isPrivate: boolean): Promise<string>;
  /** `branch` without `refs/heads/`; it is there. */
  setDefaultBranch(name: GitHubName, branch: string): Promise<void>;
  change(name: GitHubName, settings: GitHubSettings): Promise<void>;
  setTopics(name: GitHubName, topics: readonly string[]): Promise<void>;
  archive(name: GitHubName): Promise<void>;
  /** Its number. The tag has to be there unless it is a draft. */
  makeRelease(name: GitHubName, release: KeptRelease, isDraft: boolean): Promise<number>;
  publish(name: GitHubName, release: number): Promise<void>;
  /** Sends a file from the disk. What GitHub has of it then. */
  sendAsset(name: GitHubName, release: number, asset: KeptAsset, file: string): Promise<SeenAsset>;
  removeAsset(name: GitHubName, asset: number): Promise<void>;
}

export type GitHubName = { readonly owner: string; readonly name: string };

export type Place =
  | { readonly kind: 'url'; readonly url: string }
  | { readonly kind: 'github'; readonly repository: GitHubName; readonly isPrivate: boolean }
  | { readonly kind: 'bare' | 'checkout' | 'bundle'; readonly path: string };

const plainName = /^(?!\.{1,2}$)[A-Za-z0-9._-]{1,100}$/;
const folderEnds = { bare: '.git', checkout: '', bundle: '.bundle' } as const;

/** Before anything is done: BAD_USAGE for a target that cannot be meant. */
export function refuseTarget(target: GitTarget, isSingle: boolean): void {
  if (target.kind === 'url') {
    if (!isSingle && !target.url.includes('{name}')) {
      throw new HoldfastError('BAD_USAGE', 'Several repositories need an address with {name} in it.');
    }
    targetUrl(fill(target.url, { owner: 'owner', name: 'name' }));
  } else if (target.kind === 'github') {
    if (!isSingle && !target.name.includes('{name}'))
      throw new HoldfastError('BAD_USAGE', 'Several repositories need a name with {name} in it.');
  } else if (!isAbsolute(target.path)) throw new HoldfastError('BAD_USAGE', 'The target is no absolute path.');
}

/** `isSingle`: one repository was asked for by its name. BAD_USAGE. */
export function placeOf(target: GitTarget, { path }: FoundRepository, isSingle: boolean): Place {
  if ('path' in target) {
    const { kind } = target;
    if (isSingle) return { kind, path: resolve(target.path) };
    const { owner, name } = plainNames(path);
    return { kind, path: join(resolve(target.path), owner, `${name}${folderEnds[kind]}`) };
  }
  if (target.kind === 'url') {
    const isPattern = /\{(?:owner|name)\}/.test(target.url);
    return { kind: 'url', url: targetUrl(isPattern ? fill(target.url, plainNames(path)) : target.url) };
  }
  const isPattern = /\{(?:owner|name)\}/.test(target.name);
  const name = isPattern ? fill(target.name, plainNames(path)) : target.name;
  if (!plainName.test(name)) throw new HoldfastError('BAD_USAGE', `${name} is no name for a repository.`);
  return { kind: 'github', repository: { owner: target.owner, name }, isPrivate: target.private };
}

/** For people. */
export function describePlace(place: Place): string {
  if (place.kind === 'url') return place.url;
  return place.kind === 'github' ? `${place.repository.owner}/${place.repository.name}` : place.path;
}

function plainNames(path: string): GitHubName {
  const { owner, name } = nameOf(path);
  if (plainName.test(owner) && plainName.test(name)) return { owner, name };
  throw new HoldfastError('BAD_USAGE', `No target can be named after ${displayRaw(path)}; restore it by itself.`);
}

function fill(pattern: string, { owner, name }: GitHubName): string {
  return pattern.replaceAll('{owner}', owner).replaceAll('{name}', name);
}
