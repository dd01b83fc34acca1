/** REST calls about releases and their assets. */
import { createHash } from 'node:crypto';
import { createWriteStream, rmSync } from 'node:fs';
import { Transform } from 'node:stream';
import { pipeline } from 'node:stream/promises';
import { z } from 'zod';
import { levelOf } from '../access.ts';
import { bounded } from '../../body.ts';
import { type Asset, type Release } from '../releases.ts';
import { type Repository } from '../repository.ts';
import { created, invalid, noContent, notFound, ok, Refusal, type Answer } from './answer.ts';
import { bodyOf, numberOf, type RepositoryCall, type Route } from './call.ts';
import { page } from './paging.ts';
import { nodeId, presentAccount } from './present.ts';

const assetBytes = 2 * 1024 ** 3;
const downloadMs = 5 * 60_000;
const needsRead = 'contents=read';
const needsWrite = 'contents=write';

export const releaseRoutes: readonly Route<RepositoryCall>[] = [
  { method: 'GET', pattern: 'releases', needs: needsRead, answer: releases },
  { method: 'POST', pattern: 'releases', needs: needsWrite, answer: createRelease },
  { method: 'GET', pattern: 'releases/:id', needs: needsRead, answer: (call) => shown(call, byId(call)) },
  { method: 'PATCH', pattern: 'releases/:id', needs: needsWrite, answer: changeRelease },
  { method: 'GET', pattern: 'releases/tags/:tag', needs: needsRead, answer: (call) => shown(call, byTag(call)) },
  { method: 'GET', pattern: 'releases/:id/assets', needs: needsRead, answer: assets },
  { method: 'GET', pattern: 'releases/assets/:id', needs: needsRead, answer: asset },
  { method: 'DELETE', pattern: 'releases/assets/:id', needs: needsWrite, answer: removeAsset },
  { method: 'POST', pattern: 'releases/:id/assets', needs: needsWrite, isUpload: true, answer: uploadAsset },
];

const newRelease = z.object({
  tag_name: z.string().min(1),
  target_commitish: z.string().optional(),
  name: z.string().nullish(),
  body: z.string().nullish(),
  draft: z.boolean().optional(),
  prerelease: z.boolean().optional(),
  make_latest: z.enum(['true', 'false', 'legacy']).optional(),
});

const releaseChange = z.object({
  draft: z.boolean().optional(),
  make_latest: z.enum(['true', 'false', 'legacy']).optional(),
});

function releases(call: RepositoryCall): Answer {
  const { repository } = call;
  const newestFirst = visible(call).toReversed();
  return page(call, `/repositories/${repository.id}/releases`, newestFirst, (release) =>
    presentRelease(repository, release),
  );
}

function createRelease(call: RepositoryCall): Answer {
  const { repository, viewer } = call;
  refuseArchived(repository);
  const { tag_name: tag, target_commitish: target, ...rest } = bodyOf(call, newRelease, 'Release');
  if (rest.draft !== true) publishTag(repository, tag, target);
  const release = repository.releases.add(tag, [], {
    name: rest.name ?? null,
    body: rest.body ?? null,
    draft: rest.draft ?? false,
    prerelease: rest.prerelease ?? false,
    ...(target !== undefined && { target }),
    ...(viewer !== null && { author: viewer.login }),
  });
  return created(presentRelease(repository, release));
}

function changeRelease(call: RepositoryCall): Answer {
  const { repository } = call;
  refuseArchived(repository);
  const release = byId(call);
  const { draft } = bodyOf(call, releaseChange, 'Release');
  if (draft === false && release.isDraft) publishTag(repository, release.tag, release.target ?? undefined);
  release.isDraft = draft ?? release.isDraft;
  return shown(call, release);
}

/** A tag has one release that everybody sees, and any number of drafts. Where there is no such tag, GitHub makes it. */
function publishTag(repository: Repository, tag: string, target: string | undefined): void {
  if (repository.releases.all.some((release) => release.tag === tag && !release.isDraft)) {
    throw invalid('Release', 'tag_name', 'already_exists');
  }
  const { bare } = repository;
  if (bare.refs('refs/heads/').length === 0) throw new Refusal(422, 'Repository is empty.');
  if (bare.refs(`refs/tags/${tag}`).some(({ name }) => name === `refs/tags/${tag}`)) return;
  const at = target ?? repository.defaultBranch;
  const commit = bare.hasBranch(at) ? `refs/heads/${at}` : /^[0-9a-f]{40}$/.test(at) ? at : null;
  if (commit === null) throw invalid('Release', 'target_commitish', 'invalid');
  bare.git(['update-ref', `refs/tags/${tag}`, commit]);
}

function refuseArchived(repository: Repository): void {
  if (repository.isArchived) throw new Refusal(403, 'Repository was archived so is read-only.');
}

function removeAsset(call: RepositoryCall): Answer {
  refuseArchived(call.repository);
  if (!call.repository.releases.removeAsset(numberOf(call, 'id'))) throw notFound();
  return noContent;
}

function assets(call: RepositoryCall): Answer {
  const release = byId(call);
  const path = `/repositories/${call.repository.id}/releases/${release.id}/assets`;
  return page(call, path, release.assets, (one) => presentAsset(call.repository, release, one));
}

/** Its facts; who accepts bytes only is sent to where they are. */
function asset(call: RepositoryCall): Answer {
  const id = numberOf(call, 'id');
  const release = visible(call).find((one) => one.assets.some((candidate) => candidate.id === id));
  const found = release?.assets.find((candidate) => candidate.id === id);
  if (release === undefined || found === undefined) throw notFound();
  if (!call.accept.includes('application/octet-stream')) return ok(presentAsset(call.repository, release, found));
  const path = `/storage/assets/${call.repository.id}/${id}`;
  const signature = call.world.signer.sign(`GET ${path}`, downloadMs);
  return { status: 302, headers: { location: `${call.world.web}${path}?signature=${signature}` } };
}

async function uploadAsset(call: RepositoryCall): Promise<Answer> {
  const { repository, query, request } = call;
  refuseArchived(repository);
  const release = byId(call);
  const name = query.get('name') ?? '';
  if (name === '') throw invalid('ReleaseAsset', 'name', 'missing_field');
  if (release.assets.some((one) => one.name === name)) throw invalid('ReleaseAsset', 'name', 'already_exists');
  const contentType = request.headers['content-type'] ?? 'application/octet-stream';
  const facts = { name, label: query.get('label'), contentType };
  const place = repository.releases.placeForUpload();
  const hash = createHash('sha256');
  let size = 0;
  const measure = new Transform({
    transform(chunk: Buffer, _encoding, done) {
      size += chunk.length;
      hash.update(chunk);
      done(null, chunk);
    },
  });
  try {
    await pipeline(bounded(request, assetBytes), measure, createWriteStream(place));
  } catch (error) {
    rmSync(place, { force: true });
    repository.releases.addStarter(release, facts);
    throw error;
  }
  const added = repository.releases.adopt(release, place, {
    ...facts,
    size,
    digest: `sha256:${hash.digest('hex')}`,
  });
  return created(presentAsset(repository, release, added));
}

/** Drafts are there for those who may publish them. */
function visible({ repository, viewer }: RepositoryCall): Release[] {
  const seesDrafts = levelOf(viewer, repository, 'contents') === 'write';
  return repository.releases.all.filter(({ isDraft }) => seesDrafts || !isDraft);
}

function byId(call: RepositoryCall): Release {
  const release = visible(call).find(({ id }) => id === numberOf(call, 'id'));
  if (release === undefined) throw notFound();
  return release;
}

function byTag(call: RepositoryCall): Release {
  const release = visible(call).find(({ tag, isDraft }) => tag === call.parameters['tag'] && !isDraft);
  if (release === undefined) throw notFound();
  return release;
}

function shown({ repository }: RepositoryCall, release: Release): Answer {
  return ok(presentRelease(repository, release));
}

/** With its assets. */
export function presentRelease(repository: Repository, release: Release) {
  const { world, fullName } = repository;
  const url = `${world.api}/repos/${fullName}/releases/${release.id}`;
  const archive = (kind: string): string => `${world.api}/repos/${fullName}/${kind}/refs/tags/${release.tag}`;
  return {
    url,
    assets_url: `${url}/assets`,
    upload_url: `${world.web}/api/uploads/repos/${fullName}/releases/${release.id}/assets{?name,label}`,
    html_url: `${world.web}/${fullName}/releases/tag/${release.tag}`,
    id: release.id,
    author: presentAccount(world, release.author),
    node_id: nodeId('Release', release.id),
    tag_name: release.tag,
    target_commitish: release.target ?? repository.defaultBranch,
    name: release.name,
    draft: release.isDraft,
    immutable: false,
    prerelease: release.isPrerelease,
    created_at: release.createdAt,
    published_at: release.isDraft ? null : release.createdAt,
    assets: release.assets.map((one) => presentAsset(repository, release, one)),
    tarball_url: release.isDraft ? null : archive('tarball'),
    zipball_url: release.isDraft ? null : archive('zipball'),
    body: release.body,
  };
}

function presentAsset({ world, fullName }: Repository, release: Release, one: Asset) {
  return {
    url: `${world.api}/repos/${fullName}/releases/assets/${one.id}`,
    id: one.id,
    node_id: nodeId('ReleaseAsset', one.id),
    name: one.name,
    label: one.label,
    uploader: presentAccount(world, release.author),
    content_type: one.contentType,
    // octokit's own description knows no `starter`, which GitHub's documentation does.
    state: one.state as 'uploaded',
    size: one.size,
    digest: one.digest,
    download_count: 0,
    created_at: one.createdAt,
    updated_at: one.createdAt,
    browser_download_url: `${world.web}/${fullName}/releases/download/${release.tag}/${encodeURIComponent(one.name)}`,
  };
}
