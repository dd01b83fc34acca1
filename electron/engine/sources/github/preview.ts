/** What a credential sees of an owner, what it may not see, and what the filters select: before a source is made of it. */
import { leftOutBy, type GitHubFilters } from '../../../../shared/model/github-filters.ts';
import { GitHubClient, type ClientOptions, type TokenFacts } from './client.ts';
import { type TokenKind } from './credential.ts';
import { GitHubFailure } from './failures.ts';
import { findOwner, listRepositories, pathTo, type ListedRepository, type Owner } from './listing.ts';

export type PreviewOptions = Pick<ClientOptions, 'api' | 'credential' | 'signal' | 'onNotice' | 'sleep' | 'retryMs'> & {
  readonly owner: string;
  readonly filters: GitHubFilters;
  readonly nowMs: () => number;
};

export type GitHubPreview = {
  readonly ownerKind: Owner['kind'];
  /** As GitHub writes it. */
  readonly login: string;
  readonly tokenKind: TokenKind;
  /** Of a classic token. */
  readonly scopes: readonly string[] | null;
  /** Of an app. */
  readonly permissions: Readonly<Record<string, string>> | null;
  /** ISO-8601. */
  readonly expiresAt: string | null;
  /** For people. */
  readonly mayNotSee: readonly string[];
  readonly repositories: readonly PreviewedRepository[];
  readonly selectedCount: number;
  /** As GitHub estimates it, without LFS. */
  readonly selectedBytes: number;
};

export type PreviewedRepository = {
  readonly id: number;
  readonly name: string;
  readonly private: boolean;
  readonly fork: boolean;
  readonly archived: boolean;
  readonly topics: readonly string[];
  readonly sizeBytes: number;
  readonly pushedAt: string | null;
  readonly selected: boolean;
};

type Probe = {
  readonly what: string;
  readonly permission: string;
  readonly path: (repository: ListedRepository) => string[];
};

/** What a run reads of a repository, each by a call that takes the same permission. */
const probes: readonly Probe[] = [
  { what: 'Code', permission: 'contents', path: () => ['branches?per_page=1'] },
  { what: 'Issues and comments', permission: 'issues', path: () => ['issues?per_page=1&state=all'] },
  { what: 'Pull requests and reviews', permission: 'pull_requests', path: () => ['pulls?per_page=1&state=all'] },
  {
    what: 'Protection of branches',
    permission: 'administration',
    path: ({ defaultBranch }) => ['branches', encodeURIComponent(defaultBranch ?? 'main'), 'protection'],
  },
];

/** Reads only. Raises GITHUB_… errors where the credential, the address or the owner are no good at all. */
export async function previewGitHub(options: PreviewOptions): Promise<GitHubPreview> {
  const { filters, nowMs, credential } = options;
  const client = await GitHubClient.open(options);
  const owner = await findOwner(client, options.owner);
  const { repositories } = await listRepositories(client, owner, {
    isApp: credential.kind === 'app',
    keepsSettings: false,
  });
  const facts = await client.tokenFacts();
  const shown = repositories.map((repository) => ({
    id: repository.id,
    name: repository.name,
    private: repository.isPrivate,
    fork: repository.isFork,
    archived: repository.isArchived,
    topics: repository.topics,
    sizeBytes: repository.sizeBytes,
    pushedAt: repository.pushedAt,
    selected: leftOutBy(filters, repository, nowMs()) === null,
  }));
  const selected = shown.filter((repository) => repository.selected);
  return {
    ownerKind: owner.kind,
    login: owner.login,
    tokenKind: facts.kind,
    scopes: facts.scopes,
    permissions: facts.installation?.permissions ?? null,
    expiresAt: facts.expiresAt,
    mayNotSee: [
      ...unseenRepositories(
        owner,
        facts,
        repositories.some(({ isPrivate }) => isPrivate),
      ),
      ...(await unseenParts(client, owner, facts, repositories)),
    ],
    repositories: shown,
    selectedCount: selected.length,
    selectedBytes: selected.reduce((bytes, { sizeBytes }) => bytes + sizeBytes, 0),
  };
}

/** What is hidden is not listed; what can be told is told by what the token is. */
export function unseenRepositories(owner: Owner, facts: TokenFacts, seesPrivate: boolean): string[] {
  const { scopes, kind, installation } = facts;
  if (installation?.isOfSome === true) return ['Repositories that the app was not installed in'];
  if (scopes !== null && !scopes.includes('repo')) return ['Private repositories (scope repo)'];
  if (kind === 'fine-grained') return ['Repositories that the token was not given'];
  return owner.kind === 'user' && !seesPrivate ? [`Private repositories, unless ${owner.login} gave the token`] : [];
}

async function unseenParts(
  client: GitHubClient,
  owner: Owner,
  { installation }: TokenFacts,
  listed: readonly ListedRepository[],
): Promise<string[]> {
  if (installation !== null) {
    return probes
      .filter(({ permission }) => installation.permissions[permission] === undefined)
      .map(({ what, permission }) => `${what} (${permission}=read)`);
  }
  // Everybody reads what is public: only a private one shows what the token may.
  const sample = listed.find(({ isPrivate, pushedAt }) => isPrivate && pushedAt !== null) ?? listed[0];
  if (sample === undefined) return [];
  const answers = await Promise.all(probes.map((probe) => isUnseen(client, owner, sample, probe)));
  return answers.filter((answer) => answer !== null);
}

async function isUnseen(
  client: GitHubClient,
  owner: Owner,
  repository: ListedRepository,
  { what, permission, path }: Probe,
): Promise<string | null> {
  try {
    await client.fetch(pathTo({ owner, repository }, ...path(repository)));
    return null;
  } catch (error) {
    if (!(error instanceof GitHubFailure)) throw error;
    const { code, message } = error;
    if (code === 'GITHUB_FORBIDDEN' && !/\bupgrade to github\b/i.test(message)) {
      return `${what} (${error.permission ?? `${permission}=read`})`;
    }
    // A branch without protection is answered so to who may know; who may not know is told that there is nothing.
    const hidesProtection = permission === 'administration' && !/branch not (?:protected|found)/i.test(message);
    if (code === 'GITHUB_NOT_FOUND') return hidesProtection ? `${what} (rights of an administrator)` : null;
    if (code === 'GITHUB_BLOCKED' || code === 'GITHUB_FORBIDDEN') return null;
    throw error;
  }
}
