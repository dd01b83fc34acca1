/** Repositories of a GitHub that are given back to: found, made, and told their default branch. */
import { z } from 'zod';
import { HoldfastError } from '../../../../shared/model/errors.ts';
import { GitHubClient } from '../../sources/github/client.ts';
import { findOwner } from '../../sources/github/listing.ts';
import type { GitHubName, GitHubTargets } from './targets.ts';

export type GitHubOptions = {
  /** Null: that of github.com. */
  readonly api: string | null;
  /** One that may write there. It is in memory only. */
  readonly token: string;
  readonly signal: AbortSignal;
  readonly onNotice: (text: string) => void;
};

const githubApi = 'https://api.github.com';
const wikiEnd = '.wiki';
const foundSchema = z.object({ name: z.string(), owner: z.object({ login: z.string() }) });

/** GITHUB_…, as its calls are refused. */
export async function openGitHubTargets({ api, token, ...rest }: GitHubOptions): Promise<GitHubTargets> {
  const client = await GitHubClient.open({ ...rest, api: api ?? githubApi, credential: { kind: 'token', token } });
  const { web } = client.addresses;
  const addressOf = ({ owner, name }: GitHubName): string => `${web}/${owner}/${name}.git`;
  return {
    find: async (wanted) => {
      // The wiki of a repository is there as soon as somebody has written its first page; no call says so.
      if (wanted.name.endsWith(wikiEnd)) return addressOf(wanted);
      const found = await findRepository(client, wanted);
      return found === null ? null : addressOf(found);
    },
    create: async (name, isPrivate) => {
      const owner = await findOwner(client, name.owner);
      const path = owner.kind === 'organization' ? `/orgs/${owner.login}/repos` : '/user/repos';
      const { data } = await client.write('POST', path, { name: name.name, private: isPrivate });
      const made = foundSchema.parse(data);
      // A token of somebody else makes it somewhere else, and GitHub may call it otherwise.
      if (isSame(made, name)) return addressOf(name);
      const text = `GitHub made ${made.owner.login}/${made.name} in place of ${name.owner}/${name.name}.`;
      throw new HoldfastError('GIT_TARGET_REFUSED', text);
    },
    setDefaultBranch: async ({ owner, name }, branch) => {
      if (name.endsWith(wikiEnd)) return;
      await client.write('PATCH', `/repos/${owner}/${name}`, { default_branch: branch });
    },
  };
}

/** A name that leads on to another repository is taken for one that is free: what it leads to is not what was meant. */
async function findRepository(client: GitHubClient, { owner, name }: GitHubName): Promise<GitHubName | null> {
  try {
    const { data } = await client.fetch(`/repos/${owner}/${name}`);
    const found = foundSchema.parse(data);
    return isSame(found, { owner, name }) ? { owner: found.owner.login, name: found.name } : null;
  } catch (error) {
    if (error instanceof HoldfastError && error.code === 'GITHUB_NOT_FOUND') return null;
    throw error;
  }
}

function isSame(found: z.infer<typeof foundSchema>, { owner, name }: GitHubName): boolean {
  return found.owner.login.toLowerCase() === owner.toLowerCase() && found.name.toLowerCase() === name.toLowerCase();
}
