/** Releases, and the files that belong to them: each fetched once, and no other than GitHub says it is. */
import { createHash } from 'node:crypto';
import { createWriteStream } from 'node:fs';
import { mkdir, readdir, readFile, rename, rm, stat } from 'node:fs/promises';
import { join } from 'node:path';
import { Readable } from 'node:stream';
import { pipeline } from 'node:stream/promises';
import { z } from 'zod';
import { HoldfastError, toHoldfastError } from '../../../../shared/model/errors.ts';
import { type GitHubClient } from './client.ts';
import { keepFile } from './kept-files.ts';
import { pathTo, read } from './listing.ts';
import { heldPages } from './lists.ts';
import { type MetadataRequest } from './metadata.ts';
import { stableText, tidy } from './stable-json.ts';

const assetSchema = z.looseObject({
  id: z.number().int().positive(),
  name: z.string(),
  size: z.number().int().nonnegative(),
  state: z.string().default('uploaded'),
  digest: z.string().nullish(),
});
const releaseSchema = z.looseObject({ id: z.number().int().positive(), assets: z.array(assetSchema).default([]) });
type Release = z.output<typeof releaseSchema>;
type Asset = z.output<typeof assetSchema>;
/** An asset with the name of its file. */
type Kept = Asset & { readonly file: string };

const keptSchema = z.array(
  z.looseObject({ id: z.number(), assets: z.array(z.looseObject({ id: z.number(), file: z.string() })) }),
);

/** Whether anything of them changed. `isWhole`: also where the newest of them are as they were. */
export async function fetchReleases(request: MetadataRequest, isWhole: boolean): Promise<boolean> {
  const { client, meta, record } = request;
  const releases: Release[] = [];
  let etag: string | null = null;
  let isFirst = true;
  const known = isWhole ? null : (record.cursors['releases']?.etag ?? null);
  for await (const page of heldPages(client, pathTo(request, 'releases'), known)) {
    if (page === null) return false;
    if (isFirst) etag = page.headers['etag'] ?? null;
    isFirst = false;
    releases.push(...read(z.array(releaseSchema), page.data, 'a list of releases'));
  }
  const folder = join(meta, 'releases');
  const before = await knownFiles(meta);
  const kept = releases
    .sort((a, b) => a.id - b.id)
    .map((release) => ({ ...release, assets: withFiles(release.assets.filter(({ state }) => state === 'uploaded')) }));
  let failure: HoldfastError | null = null;
  for (const release of kept) {
    for (const asset of release.assets) {
      try {
        await keepAsset(request, join(folder, String(release.id)), asset, before.get(asset.id) ?? null);
      } catch (error) {
        if (client.signal.aborted) throw error;
        failure ??= toHoldfastError(error);
      }
    }
  }
  const changed = await keepFile(join(meta, 'releases.json'), stableText(tidy(kept)));
  await removeOthers(folder, kept);
  if (failure !== null) throw failure;
  record.cursors = { ...record.cursors, releases: { etag, since: null } };
  return changed;
}

/** A file is called as the asset is where that can be a name of a file, and by its number where not. */
function withFiles(assets: readonly Asset[]): Kept[] {
  const taken = new Set<string>();
  return assets
    .toSorted((a, b) => a.id - b.id)
    .map((asset) => {
      const { id, name } = asset;
      const isName =
        /^[\w+@-][\w.+@-]{0,199}$/.test(name) && !taken.has(name.toLowerCase()) && !/^asset-\d+$/.test(name);
      const file = isName ? name : `asset-${id}`;
      taken.add(file.toLowerCase());
      return { ...asset, file };
    });
}

async function keepAsset(request: MetadataRequest, folder: string, asset: Kept, before: string | null): Promise<void> {
  const path = join(folder, asset.file);
  const there = await stat(path).catch(() => null);
  if (before === asset.file && there?.size === asset.size) return;
  await mkdir(folder, { recursive: true });
  // No asset has such a name here, so that none is written over.
  const temporary = join(folder, `.${asset.file}.part`);
  try {
    await download(request.client, pathTo(request, 'releases', 'assets', String(asset.id)), asset, temporary);
    await rename(temporary, path);
  } catch (error) {
    await rm(temporary, { force: true });
    throw error;
  }
}

async function download(client: GitHubClient, path: string, asset: Asset, file: string): Promise<void> {
  const hash = createHash('sha256');
  let bytes = 0;
  const measured = async function* (chunks: AsyncIterable<Uint8Array>): AsyncGenerator<Uint8Array> {
    for await (const chunk of chunks) {
      bytes += chunk.length;
      if (bytes > asset.size) throw wrong(asset, `more than ${asset.size} bytes`);
      hash.update(chunk);
      yield chunk;
    }
  };
  const stream = Readable.fromWeb((await client.file(path)) as Parameters<typeof Readable.fromWeb>[0]);
  await pipeline(stream, measured, createWriteStream(file, { mode: 0o600, flush: true }), { signal: client.signal });
  if (bytes !== asset.size) throw wrong(asset, `${bytes} bytes instead of ${asset.size}`);
  const digest = /^sha256:([0-9a-f]{64})$/.exec(asset.digest ?? '')?.[1];
  if (digest !== undefined && digest !== hash.digest('hex')) throw wrong(asset, 'another content than its digest says');
}

function wrong({ id }: Asset, what: string): HoldfastError {
  return new HoldfastError('GITHUB_ANSWER_INVALID', `The release asset ${id} came with ${what}.`);
}

/** Of the run before: by the number of the asset, what its file is called. */
async function knownFiles(meta: string): Promise<ReadonlyMap<number, string>> {
  try {
    const kept = keptSchema.parse(JSON.parse(await readFile(join(meta, 'releases.json'), 'utf8')));
    return new Map(kept.flatMap(({ assets }) => assets.map(({ id, file }) => [id, file] as const)));
  } catch {
    return new Map();
  }
}

/** What is no asset any more; snapshots taken before have it. */
async function removeOthers(
  folder: string,
  releases: readonly { id: number; assets: readonly Kept[] }[],
): Promise<void> {
  const wanted = new Map(releases.map(({ id, assets }) => [String(id), new Set(assets.map(({ file }) => file))]));
  for (const id of await readdir(folder).catch(() => [])) {
    const files = wanted.get(id);
    if (files === undefined || files.size === 0) {
      await rm(join(folder, id), { recursive: true, force: true });
      continue;
    }
    for (const file of await readdir(join(folder, id))) {
      if (!files.has(file)) await rm(join(folder, id, file), { force: true });
    }
  }
}
