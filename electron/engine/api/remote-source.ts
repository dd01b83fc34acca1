/** Sources that lie elsewhere, made of their definition and of what this machine reaches them with. */
import { createHash } from 'node:crypto';
import { mkdir } from 'node:fs/promises';
import { join } from 'node:path';
import type {
  GitDefinition,
  GithubDefinition,
  RegisteredSource,
  SourceDefinition,
} from '../../../shared/contract/sources.ts';
import { HoldfastError } from '../../../shared/model/errors.ts';
import { accessBaseOf } from '../../../shared/model/git-url.ts';
import type { GitAccess } from '../sources/git/git.ts';
import type { GitHubCredential } from '../sources/github/credential.ts';
import { ec2Folder } from '../sources/ec2/ec2-folder.ts';
import type { RemoteSource } from '../sources/source.ts';
import type { CallContext } from './context.ts';
import { ec2Root } from './ec2-root.ts';

const dayMs = 24 * 3_600_000;

export type RemoteJob = { readonly remote: RemoteSource; readonly root: string };

/**
 * Null for a source that is not fetched into mirrors. Makes the folder that mirrors lie in. `allowShrunk`: the operator knows that there is
 * much less than before. GITHUB_REFUSED without a credential; SECRETS_DAMAGED, WRONG_PASSPHRASE.
 */
export async function remoteOf(
  context: CallContext,
  source: RegisteredSource,
  allowShrunk: boolean,
): Promise<RemoteJob | null> {
  if (!isMirrored(source)) return null;
  if (source.mirrors !== null) await context.bounds.folders([source.mirrors]);
  if (source.kind === 'git') await refuseSsh(context, source.urls);
  const root = mirrorRoot(context, source);
  await mkdir(root, { recursive: true, mode: 0o700 });
  // Each kind is loaded by the runs that are of it.
  const remote =
    source.kind === 'git'
      ? await gitSourceOf(context, source)
      : (await import('../sources/github/github-source.ts')).githubSource({
          name: await mirrorFolder(context, source),
          owner: source.owner,
          api: source.api,
          credential: await githubCredential(context, source),
          filters: source.filters,
          parts: { ...source.parts, lfs: source.lfs, pullRefs: source.pullRefs },
          verifyEveryMs: source.verifyEveryDays * dayMs,
          exceptions: source.exceptions,
          allowShrunk,
        });
  return { root, remote };
}

/** Servers that are asked over SSH know the account of the engine. TENANT_BOUND. */
export async function refuseSsh({ bounds }: CallContext, urls: readonly string[]): Promise<void> {
  if (urls.some((url) => !/^https?:\/\//i.test(url)))
    await bounds.machineCredentials('A server that is asked over SSH');
}

/** The folder that a source is fetched into: by one run at a time. Null for a source that is not fetched into any. */
export async function mirrorsOf(context: CallContext, source: RegisteredSource): Promise<string | null> {
  if (source.kind === 'ec2') return join(ec2Root(context), ec2Folder(source.name));
  if (!isMirrored(source)) return null;
  const name = source.kind === 'git' ? await gitFolder(context, source) : await mirrorFolder(context, source);
  return join(mirrorRoot(context, source), name);
}

type Mirrored<Source> = Extract<Source, { readonly kind: 'git' | 'github' }>;

function isMirrored<Source extends SourceDefinition>(source: Source): source is Mirrored<Source> {
  return source.kind === 'git' || source.kind === 'github';
}

/** The servers that the secrets of a source are for. */
export function serversOf(source: SourceDefinition): readonly string[] {
  if (!isMirrored(source)) return [];
  if (source.kind === 'github') return [source.api];
  return [...new Set(source.urls.map(accessBaseOf))].filter((base) => base !== null);
}

/** GITHUB_REFUSED where there is none. */
export async function githubCredential(
  { sourceSecrets, caller: { tenant } }: CallContext,
  { name, api, app }: GithubDefinition,
): Promise<GitHubCredential> {
  const owner = { tenant, source: name };
  if (app !== null) {
    const privateKey = await sourceSecrets.read(owner, api, 'app-key');
    if (privateKey === null) throw noCredential(name, 'the private key of its GitHub App', 'app-key');
    return { kind: 'app', appId: app.id, privateKey, installationId: app.installation };
  }
  const token = await sourceSecrets.read(owner, api, 'token');
  if (token === null) throw noCredential(name, 'a token', 'token');
  return { kind: 'token', token };
}

function noCredential(name: string, what: string, key: string): HoldfastError {
  const text = `${name} cannot be reached without ${what}: holdfast source set "${name}" --secret ${key}=env:NAME.`;
  return new HoldfastError('GITHUB_REFUSED', text);
}

/** The folder that mirrors of the sources of that place lie in. */
export function mirrorRoot(
  { home, caller: { tenant } }: CallContext,
  { mirrors }: GitDefinition | GithubDefinition,
): string {
  if (mirrors !== null) return mirrors;
  return tenant === 'default' ? join(home, 'mirrors') : join(home, 'mirrors-of-tenants', tenant);
}

/** The owner's login; of several sources of one owner, as with different filters, the later ones have folders of their own. */
export async function mirrorFolder(
  { catalog, caller }: CallContext,
  { name, owner, mirrors }: GithubDefinition,
): Promise<string> {
  const sources = await catalog.read('registeredSources.list', caller, null);
  const [first] = sources
    .filter(
      (one) => one.kind === 'github' && one.mirrors === mirrors && one.owner.toLowerCase() === owner.toLowerCase(),
    )
    .toSorted((a, b) => (a.addedAt < b.addedAt ? -1 : 1));
  return first === undefined || first.name === name ? owner : `${owner}.${shortHash(name)}`;
}

function shortHash(text: string): string {
  return createHash('sha256').update(text).digest('hex').slice(0, 8);
}

/** Its name, where that is one for a folder and no owner's mirrors lie beside by the same. */
async function gitFolder({ catalog, caller }: CallContext, { name }: GitDefinition): Promise<string> {
  const sources = await catalog.read('registeredSources.list', caller, null);
  const isTaken = sources.some((one) => one.kind === 'github' && one.owner.toLowerCase() === name.toLowerCase());
  const safe = name.replace(/[^A-Za-z0-9._-]/g, '-').replace(/^[.-]+|[.]+$/g, '');
  return isTaken || safe !== name ? `${safe}.${shortHash(name)}` : name;
}

/** What the server of each address is asked with. */
export async function gitAccessOf(
  { sourceSecrets, caller }: CallContext,
  source: GitDefinition,
): Promise<(url: string) => GitAccess | null> {
  const owner = { tenant: caller.tenant, source: source.name };
  const entries = serversOf(source).map(async (base): Promise<readonly [string, GitAccess | null]> => {
    const secret = await sourceSecrets.read(owner, base, 'token');
    return [base, secret === null ? null : { base, user: source.user ?? 'git', secret }];
  });
  const accesses = new Map(await Promise.all(entries));
  return (url) => accesses.get(accessBaseOf(url) ?? '') ?? null;
}

async function gitSourceOf(context: CallContext, source: GitDefinition): Promise<RemoteSource> {
  const { gitSource } = await import('../sources/git/git-source.ts');
  return gitSource({
    name: await gitFolder(context, source),
    urls: source.urls,
    lfs: source.lfs,
    pullRefs: source.pullRefs,
    verifyEveryMs: source.verifyEveryDays * dayMs,
    exceptions: source.exceptions,
    access: await gitAccessOf(context, source),
  });
}
