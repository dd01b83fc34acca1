/** Repositories of a GitHub that are given back to: found, made, set, and given their releases. */
import { z } from 'zod';
import { HoldfastError } from '../../../../shared/model/errors.ts';
import type { SeenAsset, SeenRelease } from '../../../../shared/model/github-restore-plan.ts';
import { GitHubClient } from '../../sources/github/client.ts';
import { findOwner, read } from '../../sources/github/listing.ts';
import {
  changeRepository,
  createRelease,
  createRepository,
  publishRelease,
  removeAsset,
  setTopics,
  uploadAsset,
} from '../../sources/github/writes.ts';
import { repositoryFactsSchema } from './kept-of-github.ts';
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

const assetSchema = z
  .object({
    id: z.number().int().positive(),
    name: z.string(),
    size: z.number().int().nonnegative(),
    digest: z.string().nullish(),
    state: z.string().default('uploaded'),
  })
  .transform(({ id, name, size, digest = null, state }): SeenAsset => ({
    id,
    name,
    size,
    digest,
    isWhole: state === 'uploaded',
  }));

const releaseSchema = z
  .object({
    id: z.number().int().positive(),
    tag_name: z.string(),
    name: z.string().nullish(),
    body: z.string().nullish(),
    draft: z.boolean(),
    prerelease: z.boolean(),
    assets: z.array(assetSchema).default([]),
  })
  .transform(({ id, tag_name: tag, name, body, draft: isDraft, prerelease: isPrerelease, assets }): SeenRelease => ({
    id,
    tag,
    name: name ?? '',
    body: body ?? '',
    isDraft,
    isPrerelease,
    assets,
  }));

/** GITHUB_…, as its calls are refused. */
export async function openGitHubTargets({ api, token, ...rest }: GitHubOptions): Promise<GitHubTargets> {
  const client = await GitHubClient.open({ ...rest, api: api ?? githubApi, credential: { kind: 'token', token } });
  const { web } = client.addresses;
  const addressOf = ({ owner, name }: GitHubName): string => `${web}/${owner}/${name}.git`;
  const loginOf = ({ owner }: GitHubName) => ({ login: owner });
  return {
    find: async (wanted) => {
      // The wiki of a repository is there as soon as somebody has written its first page; no call says so.
      if (wanted.name.endsWith(wikiEnd)) return addressOf(wanted);
      const found = await findRepository(client, wanted);
      return found === null ? null : addressOf(found.name);
    },
    look: async (wanted) => {
      const found = await findRepository(client, wanted);
      return found === null ? null : read(repositoryFactsSchema, found.data, 'a repository');
    },
    releases: (name) => listReleases(client, name),
    wikiUrl: ({ owner, name }) => addressOf({ owner, name: `${name}${wikiEnd}` }),
    create: async (name, isPrivate) => {
      const owner = await findOwner(client, name.owner);
      const made = await createRepository(client, owner, name.name, { private: isPrivate });
      // A token of somebody else makes it somewhere else, and GitHub may call it otherwise.
      if (isSame(made, name)) return addressOf(name);
      const text = `GitHub made ${made.owner}/${made.name} in place of ${name.owner}/${name.name}.`;
      throw new HoldfastError('GIT_TARGET_REFUSED', text);
    },
    setDefaultBranch: async (name, branch) => {
      if (name.name.endsWith(wikiEnd)) return;
      await changeRepository(client, loginOf(name), name.name, { default_branch: branch });
    },
    change: (name, settings) => changeRepository(client, loginOf(name), name.name, settings),
    setTopics: (name, topics) => setTopics(client, loginOf(name), name.name, topics),
    archive: (name) => changeRepository(client, loginOf(name), name.name, { archived: true }),
    makeRelease: (name, { tag, name: title, body, isPrerelease, target, isDraft: staysDraft }, isDraft) =>
      createRelease(client, loginOf(name), name.name, {
        tag,
        // Where the tag is, it is of no use; a branch that is there no longer would be refused.
        ...(staysDraft && target !== null && { target }),
        name: title,
        body,
        draft: isDraft,
        prerelease: isPrerelease,
      }),
    publish: (name, release) => publishRelease(client, loginOf(name), name.name, release),
    sendAsset: async (name, release, { name: called, label, contentType }, file) => {
      const asset = { name: called, label, contentType, file };
      const { data } = await uploadAsset(client, loginOf(name), name.name, release, asset);
      return read(assetSchema, data, 'an asset of a release');
    },
    removeAsset: (name, asset) => removeAsset(client, loginOf(name), name.name, asset),
  };
}

async function listReleases(client: GitHubClient, { owner, name }: GitHubName): Promise<readonly SeenRelease[]> {
  const releases: SeenRelease[] = [];
  for await (const page of client.pages(`/repos/${owner}/${name}/releases`)) {
    releases.push(...read(z.array(releaseSchema), page?.data ?? [], 'a list of releases'));
  }
  return releases;
}

type Found = { readonly name: GitHubName; readonly data: unknown };

/** A name that leads on to another repository is taken for one that is free: what it leads to is not what was meant. */
async function findRepository(client: GitHubClient, wanted: GitHubName): Promise<Found | null> {
  try {
    const { data } = await client.fetch(`/repos/${wanted.owner}/${wanted.name}`);
    const found = foundSchema.parse(data);
    const name = { owner: found.owner.login, name: found.name };
    return isSame(name, wanted) ? { name, data } : null;
  } catch (error) {
    if (error instanceof HoldfastError && error.code === 'GITHUB_NOT_FOUND') return null;
    throw error;
  }
}

function isSame(found: GitHubName, { owner, name }: GitHubName): boolean {
  return found.owner.toLowerCase() === owner.toLowerCase() && found.name.toLowerCase() === name.toLowerCase();
}
