import { alwaysFull, leavesTime } from '../../../shared/model/week-grid.ts';
import { defaultRetry } from '../../../shared/model/sync-queue.ts';
import { retainAtSite } from '../../../shared/model/sync-plan.ts';
import { HoldfastError } from '../../../shared/model/errors.ts';
import type { RepositoryAccess } from '../../../shared/contract/common.ts';
import type { HeldSnapshot, Site, SiteDefinition, SiteSettings } from '../../../shared/contract/sites.ts';
import type { RepositoryReach } from '../../../shared/contract/repository-access.ts';
import type { SiteRow } from '../catalog/sites.ts';
import type { ConnectionView, NewConnection } from '../connections/connections.ts';
import { changeConfiguration } from '../configuration/save.ts';
import { wholeLocation } from '../repository/backend/open-backend.ts';
import type { Repository } from '../repository/repository.ts';
import { sourceTags } from '../sites/fill-queue.ts';
import { openAccess } from './access.ts';
import { handlers, type CallContext } from './context.ts';
import { isoTime, presentSites, timeOf } from './present-site.ts';
import { connectionOf, knownSites, mustFindSite, openSite, primaryAccess } from './site-access.ts';
import { noteQuietly, rulesTo, siteTerms } from './site-upkeep.ts';
import { siteOwner } from './source-secrets.ts';
import { lookAtSite } from './sync-service.ts';

export const sitesHandlers = {
  list: handlers.sites.list.handler(async ({ input, context }) => {
    const rows = await knownSites(context);
    if (rows.length === 0) return { sites: [], copies: [] };
    return presentSites(context, rows, await primaryId(context, input.repository));
  }),
  add: handlers.sites.add.handler(async ({ input, context }) => {
    const { name, password, settings } = input;
    const primary = await openAccess(context, input.repository);
    await rememberPrimary(context, primary.config.id);
    if ((await knownSites(context)).some(({ definition }) => definition.name === name))
      throw new HoldfastError('SITE_EXISTS', `A site called ${name} is known already.`);
    const known = withDefaults(settings);
    mustLeaveTime(known);
    const { connection, created } = await connectPlace(context, input, primary);
    const { location, repository } = connection;
    const definition: SiteDefinition = { ...known, name, location, repository };
    const { result, ...saved } = await changeConfiguration(
      context,
      () => Promise.resolve(primary),
      () => context.catalog.write('sites.add', context.caller, { definition, atMs: context.nowMs() }),
    );
    const passwordKept = await keepPassword(context, definition, password);
    return { site: await changed(context, result, primary.config.id), created, passwordKept, ...saved };
  }),
  update: handlers.sites.update.handler(async ({ input, context }) => {
    const open = () => openAccess(context, input.repository);
    const { result, ...saved } = await changeConfiguration(context, open, async () => {
      const { definition: before } = await mustFindSite(context, input.name);
      const definition: SiteDefinition = { ...before, ...given(input.settings) };
      mustLeaveTime(definition);
      return context.catalog.write('sites.update', context.caller, { definition });
    });
    const primary = await primaryId(context, input.repository);
    return { site: await changed(context, result, primary), created: false, passwordKept: null, ...saved };
  }),
  connect: handlers.sites.connect.handler(async ({ input, context }) => {
    const before = await mustFindSite(context, input.name);
    const location = wholeLocation(input.location ?? before.definition.location);
    const definition = { ...before.definition, location };
    await reach(context, definition, input.password.value);
    const open = () => openAccess(context, input.repository);
    const moved = location !== before.definition.location;
    const { result, ...saved } = moved
      ? await changeConfiguration(context, open, () =>
          context.catalog.write('sites.update', context.caller, { definition }),
        )
      : { result: before, saved: true, notices: [] };
    const passwordKept = await keepPassword(context, definition, input.password);
    await lookAtSite(context, result);
    const primary = await primaryId(context, input.repository);
    return { site: await changed(context, result, primary), created: false, passwordKept, ...saved };
  }),
  remove: handlers.sites.remove.handler(async ({ input, context }) => {
    const open = () => openAccess(context, input.repository);
    const { result, ...saved } = await changeConfiguration(context, open, () =>
      context.catalog.write('sites.remove', context.caller, { name: input.name }),
    );
    await context.sync.stop(context, input.name);
    await forgetPlace(context, result);
    context.live.changed(context.caller.tenant);
    return saved;
  }),
  holdings: handlers.sites.holdings.handler(async ({ input, context, signal }) => {
    const site = await mustFindSite(context, input.name);
    const otherwise = passwordOf(input.repository);
    const there = await openSite(context, site, otherwise);
    const quiet = { signal: signal ?? new AbortController().signal, onNotice: () => undefined };
    await noteQuietly(context, there, quiet);
    const all = await heldThere(context, site, await primaryId(context, input.repository));
    const own = input.source === undefined ? all : all.filter(({ source }) => source === input.source);
    const from = input.before === undefined ? 0 : own.findIndex(({ original }) => original === input.before) + 1;
    const snapshots = own.slice(from, from + input.limit);
    return { snapshots, total: own.length, more: from + snapshots.length < own.length };
  }),
};

type GivenSettings = { readonly [Key in keyof SiteSettings]?: SiteSettings[Key] | undefined };

/** The password that came with a call, which may be the site's too. */
export function passwordOf(access: RepositoryAccess | undefined): string | null {
  return access !== undefined && 'password' in access ? access.password : null;
}

const primaryMark = 'sites.primary';

/** The id in the config of what protection writes to; null where nobody knows. That of a command is remembered. */
export async function primaryId(context: CallContext, access: RepositoryAccess | undefined): Promise<string | null> {
  const { catalog, caller, connections } = context;
  const named = access ?? (await primaryAccess(context));
  if (named === null) return (await catalog.read('marks.get', caller, { name: primaryMark })) ?? onlyUsed(context);
  if (!('id' in named)) return rememberPrimary(context, (await openAccess(context, named)).config.id);
  const found = (await connections.list(caller)).find(({ id }) => id === named.id);
  return found?.repository ?? null;
}

/** Where nothing is connected and commands have named one repository all along, that is it. */
async function onlyUsed({ catalog, caller }: CallContext): Promise<string | null> {
  const [used, sites] = await Promise.all([
    catalog.read('repositories.list', caller, null),
    catalog.read('sites.list', caller, null),
  ]);
  const elsewhere = new Set(sites.map(({ definition }) => definition.repository));
  const [only, ...others] = used.filter(({ repository }) => !elsewhere.has(repository));
  return others.length === 0 ? (only?.repository ?? null) : null;
}

export async function rememberPrimary({ catalog, caller }: CallContext, id: string): Promise<string> {
  await catalog.write('marks.set', caller, { name: primaryMark, value: id });
  return id;
}

function withDefaults(settings: GivenSettings): SiteSettings {
  return {
    domain: { place: '', provider: '', account: '', region: '' },
    enabled: true,
    appendOnly: false,
    grid: alwaysFull,
    retry: defaultRetry,
    lagLimitMs: null,
    ...given(settings),
  };
}

function given(settings: GivenSettings): Partial<SiteSettings> {
  return Object.fromEntries(Object.entries(settings).filter(([, value]) => value !== undefined));
}

function mustLeaveTime({ grid }: Pick<SiteSettings, 'grid'>): void {
  if (leavesTime(grid)) return;
  throw new HoldfastError('BAD_USAGE', 'That week leaves no time at which anything is sent; disable the site instead.');
}

type Place = {
  readonly location: string;
  readonly name: string;
  readonly password: { readonly value: string };
  readonly reach?: RepositoryReach | undefined;
};

/** What is connected already is used as it is. */
async function connectPlace(
  context: CallContext,
  { location, name, password: { value: password }, reach: access }: Place,
  { config: { chunkerPolynomial } }: Repository,
): Promise<{ readonly connection: ConnectionView; readonly created: boolean }> {
  const { connections, caller, secrets } = context;
  // What it is reached with is kept beside the password, where there is a place for either.
  const remember = Object.keys(access?.secrets ?? {}).length > 0 && secrets !== null;
  const request: NewConnection = { location, password, name, reach: access, remember, asSite: true };
  try {
    return { connection: await connections.connect(caller, request), created: false };
  } catch (error) {
    const code = error instanceof HoldfastError ? error.code : null;
    if (code === 'CONNECTION_EXISTS') return { connection: await connectedAt(context, location), created: false };
    // Only where there is nothing: a place that does not answer may hold one.
    if (code !== 'NOT_A_REPOSITORY') throw error;
    return { connection: await connections.create(caller, { ...request, chunkerPolynomial }), created: true };
  }
}

async function connectedAt({ connections, caller }: CallContext, text: string): Promise<ConnectionView> {
  const location = wholeLocation(text);
  const found = (await connections.list(caller)).find((one) => one.location === location);
  if (found === undefined) throw new HoldfastError('CONNECTION_UNKNOWN', `No repository is connected at ${location}.`);
  return found;
}

/** SITE_REPLACED where another repository lies there. */
async function reach(context: CallContext, definition: SiteDefinition, password: string): Promise<void> {
  const { connections, caller } = context;
  const there = connectionOf(definition, await connections.list(caller));
  if (there?.location === definition.location) {
    await connections.unlock(caller, there.id, password, { remember: false, secrets: {} });
    return;
  }
  const { location, name } = definition;
  const made = await connections.connect(caller, { location, password, name, remember: false, asSite: true });
  if (made.repository === definition.repository) return;
  await connections.disconnect(caller, made.id);
  throw new HoldfastError('SITE_REPLACED', `At ${location} lies another repository than that of ${name}.`);
}

/** Null where this machine has no place for it and it came from none: then it is entered again. */
async function keepPassword(
  { sourceSecrets, caller }: CallContext,
  { name, location }: SiteDefinition,
  { value, variable }: { readonly value: string; readonly variable: string | null },
): Promise<'store' | 'environment' | null> {
  try {
    return await sourceSecrets.keep(siteOwner(caller.tenant, name), [location], [{ key: 'password', value, variable }]);
  } catch (error) {
    if (error instanceof HoldfastError && error.code === 'NO_SECRET_STORE') return null;
    throw error;
  }
}

/** Its connection goes, unless it is used beside the site. */
async function forgetPlace(context: CallContext, { definition }: SiteRow): Promise<void> {
  const { connections, caller, sourceSecrets } = context;
  await sourceSecrets.forget(siteOwner(caller.tenant, definition.name), ['password']);
  const connection = connectionOf(definition, await connections.list(caller));
  if (connection !== null && connection.site && !connection.primary)
    await connections.disconnect(caller, connection.id);
}

async function changed(context: CallContext, row: SiteRow, primary: string | null): Promise<Site> {
  const { tenant } = context.caller;
  context.live.changed(tenant);
  context.sync.changed(tenant);
  const { sites } = await presentSites(context, [row], primary);
  const [site] = sites;
  if (site === undefined) throw new HoldfastError('SITE_UNKNOWN', `No site is known as ${row.definition.name}.`);
  return site;
}

async function heldThere(
  context: CallContext,
  { definition }: SiteRow,
  primary: string | null,
): Promise<HeldSnapshot[]> {
  const { catalog, caller } = context;
  const { repository, name } = definition;
  const [at, here, rules, tagsOf, terms] = await Promise.all([
    catalog.read('heldAt.list', caller, { repository }),
    primary === null ? [] : catalog.read('heldAt.list', caller, { repository: primary }),
    rulesTo(context, name),
    sourceTags(context),
    siteTerms(context, '', repository),
  ]);
  const known = new Set(here.map(({ original }) => original));
  const decisions = new Map(retainAtSite(at, rules, tagsOf, terms).map((one) => [one.id, one]));
  return at.map(({ id, original, source, hostname, takenAtMs, status, bytes }) => {
    const decision = decisions.get(id);
    return {
      id,
      original,
      source,
      hostname,
      takenAt: isoTime(takenAtMs),
      status,
      bytes,
      here: known.has(original),
      keep: decision?.keep ?? true,
      until: timeOf(decision?.untilMs ?? null),
      reasons: [...(decision?.reasons ?? [])],
    };
  });
}
