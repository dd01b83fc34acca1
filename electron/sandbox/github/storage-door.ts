/** Where assets of releases are fetched from, by addresses that are good for a while and need no token. */
import { createReadStream } from 'node:fs';
import { type ServerResponse } from 'node:http';
import { pipeline } from 'node:stream/promises';
import { type World } from './world.ts';

/** `path` as in `/storage/assets/<repository>/<asset>`. */
export async function serveAsset(world: World, response: ServerResponse, path: string, query: string): Promise<void> {
  const [, repositoryId, assetId] = /^\/storage\/assets\/(\d+)\/(\d+)$/.exec(path) ?? [];
  const releases = world.repositoryById(Number(repositoryId))?.releases;
  const asset = releases?.asset(Number(assetId));
  const isAllowed = world.signer.allows(`GET ${path}`, new URLSearchParams(query).get('signature') ?? '');
  if (!isAllowed || releases === undefined || asset === undefined) {
    response.writeHead(isAllowed ? 404 : 403).end();
    return;
  }
  response.writeHead(200, {
    'content-type': asset.contentType,
    'content-length': asset.size,
    'content-disposition': `attachment; filename*=UTF-8''${encodeURIComponent(asset.name)}`,
  });
  await pipeline(createReadStream(releases.pathOf(asset)), response);
}
