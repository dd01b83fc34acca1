/** What a restore changes on GitHub: each call by itself, a second after the one before, and none of them twice. */
import { z } from 'zod';
import { type Answer, type GitHubClient } from './client.ts';
import { GitHubFailure } from './failures.ts';
import { read, type Owner } from './listing.ts';
import { isRepositoryName } from './names.ts';

export type NewRepository = {
  readonly private: boolean;
  readonly description?: string | null;
  readonly homepage?: string | null;
  readonly hasIssues?: boolean;
  readonly hasWiki?: boolean;
};

export type MadeRepository = {
  readonly id: number;
  readonly name: string;
  readonly cloneUrl: string;
  readonly wikiUrl: string;
};

export type RepositoryChange = {
  readonly description?: string | null;
  readonly homepage?: string | null;
  /** There must be such a branch. */
  readonly defaultBranch?: string;
  readonly topics?: readonly string[];
  readonly hasIssues?: boolean;
  readonly hasWiki?: boolean;
  /** Nothing else can be changed after. */
  readonly archived?: boolean;
};

export type NewRelease = {
  /** Where there is no such tag, GitHub makes it at `target`. */
  readonly tag: string;
  readonly target?: string;
  readonly name: string | null;
  readonly body: string | null;
  readonly draft: boolean;
  readonly prerelease: boolean;
};

const madeSchema = z.object({ id: z.number().int().positive(), name: z.string().refine(isRepositoryName) });
const releaseSchema = z.object({ id: z.number().int().positive() });

/**
 * An empty repository. GITHUB_DECLINED where the name is taken, GITHUB_FORBIDDEN without the right to make one. A user's
 * is made by a token of that user only.
 */
export async function createRepository(
  client: GitHubClient,
  owner: Owner,
  name: string,
  settings: NewRepository,
): Promise<MadeRepository> {
  if (!isRepositoryName(name)) throw declined(`A repository cannot be called ${JSON.stringify(name)}.`);
  if (owner.kind === 'user') await refuseOthers(client, owner);
  const path = owner.kind === 'organization' ? `/orgs/${owner.login}/repos` : '/user/repos';
  const { description, homepage, hasIssues, hasWiki } = settings;
  const answer = await client.write('POST', path, {
    name,
    private: settings.private,
    ...(description !== undefined && { description: description ?? '' }),
    ...(homepage !== undefined && { homepage: homepage ?? '' }),
    ...(hasIssues !== undefined && { has_issues: hasIssues }),
    ...(hasWiki !== undefined && { has_wiki: hasWiki }),
  });
  const made = read(madeSchema, answer.data, 'a repository');
  const place = `${client.addresses.web}/${owner.login}/${made.name}`;
  return { ...made, cloneUrl: `${place}.git`, wikiUrl: `${place}.wiki.git` };
}

/** Only what is named changes; what is archived is archived at last. */
export async function updateRepository(
  client: GitHubClient,
  owner: Owner,
  name: string,
  change: RepositoryChange,
): Promise<void> {
  const path = pathOf(owner, name);
  const { topics, archived, defaultBranch, description, homepage, hasIssues, hasWiki } = change;
  const settings = {
    ...(description !== undefined && { description: description ?? '' }),
    ...(homepage !== undefined && { homepage: homepage ?? '' }),
    ...(defaultBranch !== undefined && { default_branch: defaultBranch }),
    ...(hasIssues !== undefined && { has_issues: hasIssues }),
    ...(hasWiki !== undefined && { has_wiki: hasWiki }),
  };
  if (Object.keys(settings).length > 0) await client.write('PATCH', path, settings);
  if (topics !== undefined) await client.write('PUT', `${path}/topics`, { names: topics });
  if (archived !== undefined) await client.write('PATCH', path, { archived });
}

/** Its number. GITHUB_DECLINED where the tag has a release. */
export async function createRelease(
  client: GitHubClient,
  owner: Owner,
  name: string,
  release: NewRelease,
): Promise<number> {
  const { tag, target, body, draft, prerelease } = release;
  const answer = await client.write('POST', `${pathOf(owner, name)}/releases`, {
    tag_name: tag,
    ...(target !== undefined && { target_commitish: target }),
    name: release.name ?? '',
    body: body ?? '',
    draft,
    prerelease,
  });
  return read(releaseSchema, answer.data, 'a release').id;
}

/** Sends a file from the disk as an asset of a release. */
export function uploadAsset(
  client: GitHubClient,
  owner: Owner,
  name: string,
  release: number,
  asset: { readonly name: string; readonly label: string | null; readonly contentType: string; readonly file: string },
): Promise<Answer> {
  const query = new URLSearchParams({ name: asset.name, ...(asset.label !== null && { label: asset.label }) });
  // Below the address that takes uploads, whatever GitHub says where that is.
  const path = `.${pathOf(owner, name)}/releases/${release}/assets?${query.toString()}`;
  return client.upload(path, asset.file, asset.contentType);
}

function pathOf(owner: Owner, name: string): string {
  if (!isRepositoryName(name)) throw declined(`A repository cannot be called ${JSON.stringify(name)}.`);
  return `/repos/${owner.login}/${name}`;
}

async function refuseOthers(client: GitHubClient, owner: Owner): Promise<void> {
  const viewer = read(z.object({ id: z.number() }), (await client.fetch('/user')).data, 'the user of the token');
  if (viewer.id !== owner.id) throw declined(`Only a token of ${owner.login} makes repositories of that user.`);
}

function declined(text: string): GitHubFailure {
  return new GitHubFailure('GITHUB_DECLINED', text);
}
