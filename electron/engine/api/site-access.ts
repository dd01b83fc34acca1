/** From a site to its open repository: by the connection that leads there, with the password that was kept for it. */
import { HoldfastError } from '../../../shared/model/errors.ts';
import type { RepositoryAccess } from '../../../shared/contract/common.ts';
import type { SiteDefinition } from '../../../shared/contract/sites.ts';
import type { SiteRow } from '../catalog/sites.ts';
import type { ConnectionView } from '../connections/connections.ts';
import { probe } from '../connections/probe.ts';
import type { Repository } from '../repository/repository.ts';
import type { CallContext } from './context.ts';
import { isConfigured } from './is-configured.ts';
import { siteOwner } from './source-secrets.ts';

type Context = Pick<CallContext, 'connections' | 'caller' | 'sourceSecrets'>;

/** Of two that lead to one repository, the one to the place that was named. */
export function connectionOf(
  { repository, location }: Pick<SiteDefinition, 'repository' | 'location'>,
  connections: readonly ConnectionView[],
): ConnectionView | null {
  const own = connections.filter((one) => one.repository === repository);
  return own.find((one) => one.location === location) ?? own[0] ?? null;
}

/** All sites of the caller's tenant. */
export async function knownSites(context: CallContext): Promise<readonly SiteRow[]> {
  if (!(await isConfigured(context))) return [];
  return context.catalog.read('sites.list', context.caller, null);
}

/** SITE_UNKNOWN. */
export async function mustFindSite(context: CallContext, name: string): Promise<SiteRow> {
  const found = (await isConfigured(context))
    ? await context.catalog.read('sites.find', context.caller, { name })
    : null;
  if (found === null) throw new HoldfastError('SITE_UNKNOWN', `No site is known as ${name}.`);
  return found;
}

/**
 * PASSWORD_NEEDED where nobody has said its password here, REPOSITORY_UNREACHABLE where it does not answer now (a folder that
 * is away looks like an empty one), and what opening throws. `otherwise` is tried where none was
 * kept: that of the repository that a command names.
 */
export async function openSite(context: Context, site: SiteRow, otherwise: string | null = null): Promise<Repository> {
  const repository = await openedSite(context, site, otherwise);
  const problem = await probe(repository);
  if (problem !== null) throw problem;
  return repository;
}

async function openedSite(context: Context, { definition }: SiteRow, otherwise: string | null): Promise<Repository> {
  const { connections, caller } = context;
  const connection = connectionOf(definition, await connections.list(caller));
  if (connection === null)
    throw new HoldfastError('PASSWORD_NEEDED', `Nobody has said the password of ${definition.name} here yet.`);
  try {
    return await connections.open(caller, { id: connection.id });
  } catch (error) {
    if (!(error instanceof HoldfastError) || error.code !== 'PASSWORD_NEEDED') throw error;
    const password = (await keptPassword(context, definition)) ?? otherwise;
    if (password === null) throw error;
    await connections.unlock(caller, connection.id, password, { remember: false, secrets: {} });
    return connections.open(caller, { id: connection.id });
  }
}

/** Before it is protected into: whoever starts the engine again is then not asked for its password. Whether that is so. */
export async function rememberSite(context: CallContext, { definition }: SiteRow): Promise<boolean> {
  const { connections, caller, secrets } = context;
  const connection = connectionOf(definition, await connections.list(caller));
  if (connection === null || connection.remembered) return connection !== null;
  const password = await keptPassword(context, definition);
  if (password === null || secrets === null) return false;
  await connections.unlock(caller, connection.id, password, { remember: true, secrets: {} });
  return true;
}

/** The one that protection writes to, as this home knows it; null where it has none. */
export async function primaryAccess({ connections, caller }: Context): Promise<RepositoryAccess | null> {
  const primary = (await connections.list(caller)).find((one) => one.primary);
  return primary === undefined ? null : { id: primary.id };
}

async function keptPassword(
  { sourceSecrets, caller }: Context,
  { name, location }: SiteDefinition,
): Promise<string | null> {
  return sourceSecrets.read(siteOwner(caller.tenant, name), location, 'password');
}
