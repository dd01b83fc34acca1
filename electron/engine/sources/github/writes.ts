/** What a restore changes on GitHub: each call by itself, a second after the one before, and none of them twice. */
import { z } from 'zod';
import { type Answer, type GitHubClient } from './client.ts';
import { GitHubFailure } from './failures.ts';
import { read, type Owner } from './listing.ts';
import { isRepositoryName } from './names.ts';

export type NewRelease = {
  /** Where there is no such tag, GitHub makes it at `target`. */
  readonly tag: string;
  readonly target?: string;
  readonly name: string | null;
  readonly body: string | null;
  readonly draft: boolean;
  readonly prerelease: boolean;
};

const madeSchema = z.object({
  name: z.string().refine(isRepositoryName),
  owner: z.object({ login: z.string() }),
});
const releaseSchema = z.object({ id: z.number().int().positive() });

type Login = Pick<Owner, 'login'>;

/**
 * An empty repository, by the names GitHub has given it. GITHUB_DECLINED where the name is taken, GITHUB_FORBIDDEN without
 * the right to make one. A user's is made by a token of that user only.
 */
export async function createRepository(
  client: GitHubClient,
  owner: Owner,
  name: string,
  settings: { readonly private: boolean },
): Promise<{ readonly owner: string; readonly name: string }> {
  if (!isRepositoryName(name)) throw declined(`A repository cannot be called ${JSON.stringify(name)}.`);
  if (owner.kind === 'user') await refuseOthers(client, owner);
  const path = owner.kind === 'organization' ? `/orgs/${owner.login}/repos` : '/user/repos';
  const answer = await client.write('POST', path, { name, private: settings.private });
  const made = read(madeSchema, answer.data, 'a repository');
  return { owner: made.owner.login, name: made.name };
}

/** Only what is named changes. Of what is archived, nothing but that can be. */
export async function changeRepository(
  client: GitHubClient,
  owner: Login,
  name: string,
  change: Readonly<Record<string, string | boolean>>,
): Promise<void> {
  await client.write('PATCH', pathOf(owner, name), change);
}

export async function setTopics(
  client: GitHubClient,
  owner: Login,
  name: string,
  topics: readonly string[],
): Promise<void> {
  await client.write('PUT', `${pathOf(owner, name)}/topics`, { names: topics });
}

/** Its number. GITHUB_DECLINED where the tag has a release. Which one is the latest follows from their tags. */
export async function createRelease(
  client: GitHubClient,
  owner: Login,
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
    make_latest: 'legacy',
  });
  return read(releaseSchema, answer.data, 'a release').id;
}

/** Makes a draft one for everybody to see. */
export async function publishRelease(client: GitHubClient, owner: Login, name: string, release: number): Promise<void> {
  const change = { draft: false, make_latest: 'legacy' };
  await client.write('PATCH', `${pathOf(owner, name)}/releases/${release}`, change);
}

export async function removeAsset(client: GitHubClient, owner: Login, name: string, asset: number): Promise<void> {
  await client.write('DELETE', `${pathOf(owner, name)}/releases/assets/${asset}`);
}

/** Sends a file from the disk as an asset of a release. */
export function uploadAsset(
  client: GitHubClient,
  owner: Login,
  name: string,
  release: number,
  asset: { readonly name: string; readonly label: string | null; readonly contentType: string; readonly file: string },
): Promise<Answer> {
  const query = new URLSearchParams({ name: asset.name, ...(asset.label !== null && { label: asset.label }) });
  // Below the address that takes uploads, whatever GitHub says where that is.
  const path = `.${pathOf(owner, name)}/releases/${release}/assets?${query.toString()}`;
  return client.upload(path, asset.file, asset.contentType);
}

function pathOf(owner: Login, name: string): string {
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
