/** The repositories of an owner as GitHub lists them: page by page, and no more of each than is used. */
import { z } from 'zod';
import type { RepositoryFacts } from '../../../../shared/model/github-filters.ts';
import { HoldfastError } from '../../../../shared/model/errors.ts';
import { type Answer, type GitHubClient } from './client.ts';
import { GitHubFailure } from './failures.ts';
import { isLogin, isRepositoryName } from './names.ts';
import { stableText, tidy } from './stable-json.ts';

export type Owner = { readonly id: number; readonly login: string; readonly kind: 'organization' | 'user' };

export type ListedRepository = RepositoryFacts & {
  readonly id: number;
  readonly updatedAt: string | null;
  readonly defaultBranch: string | null;
  readonly hasWiki: boolean;
  readonly hasIssues: boolean;
  /** As GitHub estimates it, without LFS. */
  readonly sizeBytes: number;
  /** What the list itself says of its settings, as it is kept; null unless that was asked for. */
  readonly settings: string | null;
};

export type Listing = {
  readonly repositories: readonly ListedRepository[];
  /** Names that are none; they are not touched. */
  readonly unusable: readonly string[];
  /** When GitHub sent the list, by its own clock. */
  readonly sentMs: number;
};

const ownerSchema = z.object({ id: z.number().int(), login: z.string().refine(isLogin), type: z.string() });

const wholeSchema = z.looseObject({});
const repositorySchema = z.object({
  id: z.number().int().positive(),
  name: z.string(),
  owner: z.object({ id: z.number().int(), login: z.string() }),
  private: z.boolean(),
  fork: z.boolean(),
  archived: z.boolean().default(false),
  topics: z.array(z.string().max(100)).max(1000).default([]),
  pushed_at: z.string().max(40).nullish(),
  updated_at: z.string().max(40).nullish(),
  default_branch: z.string().max(1000).nullish(),
  has_wiki: z.boolean().default(false),
  has_issues: z.boolean().default(false),
  size: z.number().nonnegative().default(0),
});

/** Of a row without its topics. */
const rowCharacters = 300;
/** About 200,000 repositories. */
const mostHeldCharacters = 64 * 1024 * 1024;

/** GITHUB_NOT_FOUND where there is none, or the credential may not know of it. */
export async function findOwner(client: GitHubClient, login: string): Promise<Owner> {
  if (!isLogin(login)) throw new GitHubFailure('GITHUB_NOT_FOUND', 'An owner cannot be called so.');
  const { data } = await client.fetch(`/users/${encodeURIComponent(login)}`);
  const owner = read(ownerSchema, data, 'an owner');
  return { id: owner.id, login: owner.login, kind: owner.type === 'Organization' ? 'organization' : 'user' };
}

export type ListOptions = {
  readonly isApp: boolean;
  readonly keepsSettings: boolean;
};

/** All that the credential sees. A repository that is made meanwhile comes at the end, so that none is passed over. */
export async function listRepositories(
  client: GitHubClient,
  owner: Owner,
  { isApp, keepsSettings }: ListOptions,
): Promise<Listing> {
  const repositories = new Map<number, ListedRepository>();
  const unusable: string[] = [];
  let sentMs = Number.NaN;
  let held = 0;
  for await (const page of client.pages(await listPath(client, owner, isApp))) {
    if (page === null) break;
    if (Number.isNaN(sentMs)) sentMs = Date.parse(page.headers['date'] ?? '');
    for (const item of itemsIn(page)) {
      const repository = read(repositorySchema, item, 'a repository');
      if (repository.owner.id !== owner.id) continue;
      const settings = keepsSettings ? settingsIn(item) : null;
      if (isRepositoryName(repository.name)) repositories.set(repository.id, slim(repository, settings));
      else unusable.push(repository.name.slice(0, 100));
      held += rowCharacters + (settings?.length ?? 0);
      held += repository.topics.reduce((length, topic) => length + topic.length, 0);
    }
    if (held > mostHeldCharacters) throw tooLarge('The list of repositories');
  }
  return { repositories: [...repositories.values()], unusable, sentMs: Number.isNaN(sentMs) ? Date.now() : sentMs };
}

export type Found =
  | { readonly found: 'here'; readonly repository: ListedRepository }
  | { readonly found: 'elsewhere'; readonly fullName: string }
  | { readonly found: 'unknown' | 'blocked'; readonly reason: string };

/** Where a repository is now that is not listed any more. It has kept its number, whatever it is called. */
export async function findById(
  client: GitHubClient,
  owner: Owner,
  id: number,
  { keepsSettings }: Pick<ListOptions, 'keepsSettings'>,
): Promise<Found> {
  try {
    const { data } = await client.fetch(`/repositories/${id}`);
    const repository = read(repositorySchema, data, 'a repository');
    if (repository.owner.id === owner.id && isRepositoryName(repository.name)) {
      return { found: 'here', repository: slim(repository, keepsSettings ? settingsIn(data) : null) };
    }
    return { found: 'elsewhere', fullName: `${repository.owner.login}/${repository.name}`.slice(0, 200) };
  } catch (error) {
    if (!(error instanceof GitHubFailure)) throw error;
    if (error.code === 'GITHUB_NOT_FOUND') return { found: 'unknown', reason: error.message };
    if (error.code === 'GITHUB_FORBIDDEN' || error.code === 'GITHUB_BLOCKED') {
      return { found: 'blocked', reason: error.message };
    }
    throw error;
  }
}

/** Of what belongs to a repository. */
export function pathTo(
  { owner, repository }: { readonly owner: Owner; readonly repository: { readonly name: string } },
  ...rest: readonly string[]
): string {
  return ['/repos', owner.login, repository.name, ...rest].join('/');
}

/** What is private of a user is listed for that user alone, and for an app that was installed there. */
async function listPath(client: GitHubClient, owner: Owner, isApp: boolean): Promise<string> {
  const order = 'sort=created&direction=asc';
  if (owner.kind === 'organization') return `/orgs/${encodeURIComponent(owner.login)}/repos?type=all&${order}`;
  if (isApp) return '/installation/repositories';
  const viewer = await viewerOf(client);
  if (viewer === owner.id) return `/user/repos?affiliation=owner&visibility=all&${order}`;
  return `/users/${encodeURIComponent(owner.login)}/repos?type=owner&${order}`;
}

async function viewerOf(client: GitHubClient): Promise<number | null> {
  try {
    return read(ownerSchema, (await client.fetch('/user')).data, 'the user of the token').id;
  } catch (error) {
    if (error instanceof GitHubFailure && error.code === 'GITHUB_FORBIDDEN') return null;
    throw error;
  }
}

function itemsIn({ data }: Answer): readonly unknown[] {
  if (Array.isArray(data)) return data;
  return read(z.object({ repositories: z.array(z.unknown()) }), data, 'a list of repositories').repositories;
}

/** Without what changes by itself. */
export function settingsIn(answer: unknown): string {
  const { updated_at: _touched, size: _size, ...kept } = read(wholeSchema, answer, 'a repository');
  return stableText(tidy(kept));
}

function slim(repository: z.output<typeof repositorySchema>, settings: string | null): ListedRepository {
  return {
    id: repository.id,
    name: repository.name,
    topics: repository.topics,
    isPrivate: repository.private,
    isFork: repository.fork,
    isArchived: repository.archived,
    pushedAt: repository.pushed_at ?? null,
    updatedAt: repository.updated_at ?? null,
    defaultBranch: repository.default_branch ?? null,
    hasWiki: repository.has_wiki,
    hasIssues: repository.has_issues,
    sizeBytes: repository.size * 1024,
    settings,
  };
}

export function read<Schema extends z.ZodType>(schema: Schema, data: unknown, what: string): z.output<Schema> {
  const parsed = schema.safeParse(data);
  if (parsed.success) return parsed.data;
  throw new HoldfastError('GITHUB_ANSWER_INVALID', `What was answered is not ${what}, as GitHub describes it.`);
}

export function tooLarge(what: string): HoldfastError {
  return new HoldfastError('GITHUB_ANSWER_INVALID', `${what} is larger than any that GitHub has.`);
}
