/** Sources that lie elsewhere, made of their definition and of what this machine reaches them with. */
import { mkdir } from 'node:fs/promises';
import { join } from 'node:path';
import type { GitDefinition, SourceDefinition } from '../../../shared/contract/sources.ts';
import { accessBaseOf } from '../../../shared/model/git-url.ts';
import type { GitAccess } from '../sources/git/git.ts';
import { gitSource } from '../sources/git/git-source.ts';
import type { RemoteSource } from '../sources/source.ts';
import type { CallContext } from './context.ts';

export type RemoteJob = { readonly remote: RemoteSource; readonly root: string };

/** Null for a source of this machine. Makes the folder that mirrors lie in. SECRETS_DAMAGED, WRONG_PASSPHRASE. */
export async function remoteOf(context: CallContext, source: SourceDefinition): Promise<RemoteJob | null> {
  if (source.kind === 'folder') return null;
  const root = source.mirrors ?? join(context.home, 'mirrors');
  await mkdir(root, { recursive: true, mode: 0o700 });
  return { root, remote: await gitSourceOf(context, source) };
}

/** The servers that the secrets of a source are for: scheme, host and port of each. */
export function serversOf(source: SourceDefinition): readonly string[] {
  if (source.kind === 'folder') return [];
  if (source.kind === 'github') return [source.api];
  return [...new Set(source.urls.map(accessBaseOf))].filter((base) => base !== null);
}

async function gitSourceOf(context: CallContext, source: GitDefinition): Promise<RemoteSource> {
  const { sourceSecrets, caller } = context;
  const owner = { tenant: caller.tenant, source: source.name };
  const entries = serversOf(source).map(async (base): Promise<readonly [string, GitAccess | null]> => {
    const secret = await sourceSecrets.read(owner, base, 'token');
    return [base, secret === null ? null : { base, user: source.user ?? 'git', secret }];
  });
  const accesses = new Map(await Promise.all(entries));
  return gitSource({
    name: source.name,
    urls: source.urls,
    lfs: source.lfs,
    pullRefs: source.pullRefs,
    access: (url) => accesses.get(accessBaseOf(url) ?? '') ?? null,
  });
}
