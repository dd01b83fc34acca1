/**
 * Sync by itself and when asked: looks at sites, puts into the queue what rules want, sends, one job for each site. In an
 * engine that does not stay it only does what is asked.
 */
import { HoldfastError, toHoldfastError } from '../../../shared/model/errors.ts';
import type { RepositoryAccess } from '../../../shared/contract/common.ts';
import type { SiteRow } from '../catalog/sites.ts';
import { nobody, type Listener } from '../jobs/voice.ts';
import type { Verdict } from '../jobs/job.ts';
import { machineZone } from '../platform/machine-zone.ts';
import { askByRules, asRule, type Origin } from '../sites/fill-queue.ts';
import { SitePass, type PassResult } from '../sites/site-pass.ts';
import { readStanding, sendable } from '../sites/standing.ts';
import { formatBytes, formatCount } from '../../../shared/model/units.ts';
import type { CallContext } from './context.ts';
import { isConfigured } from './is-configured.ts';
import { knownSites, mustFindSite, openSite, primaryAccess } from './site-access.ts';
import { passPorts } from './site-pass-ports.ts';
import { copyConfigurations, expireAtSite, noteQuietly, saveConfigurationAt } from './site-upkeep.ts';
import type { ContextOf } from './scheduled-runs.ts';

export type SyncOptions = {
  readonly contextOf: ContextOf;
  readonly nowMs: () => number;
  readonly tenants: () => Promise<readonly string[]>;
  readonly onFailure: (error: unknown) => void;
};

/** What a site pass came to, with what its retention took away there. */
export type SiteResult = PassResult & { readonly expired: number };

export type PassRequest = {
  /** What protection writes to. */
  readonly primary: RepositoryAccess | null;
  /** Tried where no password of the site was kept. */
  readonly otherwise?: string | null;
  readonly listener?: Listener;
  /** Whoever asked has gone: it is stopped. */
  readonly signal?: AbortSignal;
};

type Running = {
  readonly pass: SitePass;
  readonly result: Promise<SiteResult>;
  readonly cancel: (reason: HoldfastError) => void;
};

const actor = 'sync';
const lookEveryMs = 10 * 60_000;
/** What nobody has told of, as another program that has added snapshots, is found in time. */
const fillEveryMs = 5 * 60_000;

export class SyncService {
  readonly #options: SyncOptions;
  readonly #running = new Map<string, Running>();
  readonly #lookAtMs = new Map<string, number>();
  readonly #fillAtMs = new Map<string, number>();
  /** Tenants of whose queue nothing is left running by an engine that is gone. */
  readonly #settled = new Map<string, Promise<unknown>>();
  #beating: Promise<void> | null = null;
  #again = false;
  #closed = false;
  #isStanding = false;

  constructor(options: SyncOptions) {
    this.#options = options;
  }

  /** From now on it works by itself. */
  stand(): void {
    this.#isStanding = true;
  }

  /** Looks at everything once; a call while it is at it looks once more. Never rejects. */
  beat(): Promise<void> {
    if (!this.#isStanding || this.#closed) return Promise.resolve();
    if (this.#beating !== null) {
      this.#again = true;
      return this.#beating;
    }
    this.#beating = this.#round().finally(() => {
      this.#beating = null;
      if (!this.#again) return;
      this.#again = false;
      void this.beat();
    });
    return this.#beating;
  }

  /** Snapshots, sites, rules or the queue of the tenant may be others now. */
  changed(tenant: string): void {
    this.#fillAtMs.delete(tenant);
    for (const [key, { pass }] of this.#running) if (key.startsWith(`${tenant} `)) pass.changed();
    void this.beat();
  }

  close(): void {
    this.#closed = true;
  }

  isRunning({ caller: { tenant } }: CallContext, site: string): boolean {
    return this.#running.has(keyOf(tenant, site));
  }

  /** What an engine that was killed has left as running is to be sent. Once for each tenant. */
  async settle({ catalog, caller }: CallContext): Promise<void> {
    const before = this.#settled.get(caller.tenant);
    const settling = before ?? catalog.write('syncItems.putBack', caller, { site: null });
    this.#settled.set(caller.tenant, settling);
    await settling.catch((error: unknown) => {
      this.#settled.delete(caller.tenant);
      throw error;
    });
  }

  /** Where a pass is under way that one is waited for, and then another one begins. Rejects only when it was cancelled. */
  async send(context: CallContext, site: SiteRow, request: PassRequest): Promise<SiteResult> {
    const key = keyOf(context.caller.tenant, site.definition.name);
    for (let other = this.#running.get(key); other !== undefined; other = this.#running.get(key))
      await other.result.catch(() => undefined);
    return this.#start(context, site, request).result;
  }

  /** Stops what is being sent to the site, as when it is removed. */
  async stop({ caller: { tenant } }: CallContext, site: string): Promise<void> {
    const running = this.#running.get(keyOf(tenant, site));
    running?.cancel(new HoldfastError('CANCELLED', 'The site was taken away.'));
    await running?.result.catch(() => undefined);
  }

  async #round(): Promise<void> {
    try {
      for (const tenant of await this.#options.tenants()) await this.#lookAt(tenant);
    } catch (error) {
      if (!this.#closed) this.#options.onFailure(error);
    }
  }

  async #lookAt(tenant: string): Promise<void> {
    const context = this.#options.contextOf({ tenant, actor });
    const sites = await knownSites(context);
    if (sites.length === 0) return;
    await this.settle(context);
    for (const site of sites) await this.#lookAtSite(context, site);
    await this.#fill(context, sites);
    const primary = await primaryAccess(context);
    for (const { definition } of sites) await this.#sendIfDue(context, definition.name, primary);
  }

  /** Whether it answers, and what it holds: in time also where nothing is to be sent. */
  async #lookAtSite(context: CallContext, site: SiteRow): Promise<void> {
    const { name, enabled } = site.definition;
    const key = keyOf(context.caller.tenant, name);
    const nowMs = this.#options.nowMs();
    const nextMs = this.#lookAtMs.get(key) ?? 0;
    // A clock that was set back must not put it off.
    if (!enabled || this.#running.has(key) || (nowMs < nextMs && nextMs - nowMs <= lookEveryMs)) return;
    this.#lookAtMs.set(key, nowMs + lookEveryMs);
    await lookAtSite(context, site);
  }

  async #fill(context: CallContext, sites: readonly SiteRow[]): Promise<void> {
    const nowMs = this.#options.nowMs();
    const { tenant } = context.caller;
    const nextMs = this.#fillAtMs.get(tenant) ?? 0;
    if (nowMs < nextMs && nextMs - nowMs <= fillEveryMs) return;
    this.#fillAtMs.set(tenant, nowMs + fillEveryMs);
    const primary = (await context.connections.list(context.caller)).find((one) => one.primary);
    for (const site of sites) await fillQueue(context, site, sites, primary?.repository ?? null);
  }

  async #sendIfDue(context: CallContext, name: string, primary: RepositoryAccess | null): Promise<void> {
    if (this.#closed || this.#running.has(keyOf(context.caller.tenant, name))) return;
    const nowMs = this.#options.nowMs();
    const [standing, items] = await Promise.all([
      readStanding(context, name, nowMs),
      context.catalog.read('syncItems.open', context.caller, { site: name }),
    ]);
    if (standing === null || sendable(items, standing, nowMs, machineZone()).length === 0) return;
    this.#start(context, standing.site, { primary }).result.catch(() => undefined);
  }

  #start(context: CallContext, site: SiteRow, request: PassRequest): Running {
    const { name } = site.definition;
    const key = keyOf(context.caller.tenant, name);
    const job = { id: '', cancel: (_reason: HoldfastError): void => undefined };
    const pass = new SitePass(
      passPorts(context, request, () => job.id),
      name,
    );
    const result = this.#runJob(context, site, pass, request, job).finally(() => {
      this.#running.delete(key);
      context.live.changed(context.caller.tenant);
      void this.beat();
    });
    const running = { pass, result, cancel: (reason: HoldfastError) => job.cancel(reason) };
    this.#running.set(key, running);
    const leave = (): void => job.cancel(toHoldfastError(request.signal?.reason));
    request.signal?.addEventListener('abort', leave, { once: true });
    void result.catch(() => undefined).finally(() => request.signal?.removeEventListener('abort', leave));
    return running;
  }

  async #runJob(
    context: CallContext,
    site: SiteRow,
    pass: SitePass,
    request: PassRequest,
    job: { id: string; cancel: (reason: HoldfastError) => void },
  ): Promise<SiteResult> {
    const { catalog, caller, connections, jobs } = context;
    const { name, location } = site.definition;
    const from = request.primary === null ? [] : [await connections.locate(caller, request.primary)];
    const started = jobs.start(
      {
        caller,
        kind: 'sync',
        title: name,
        priority: 'normal',
        repository: { location, use: 'write' },
        alsoReads: from,
        takesNoPlace: true,
      },
      request.listener ?? nobody,
      async (voice) => {
        const result = await pass.run(job.id, voice);
        const problem = result.problem === null ? null : { code: result.problem.code, message: result.problem.message };
        await catalog.write('sites.look', caller, { site: name, atMs: context.nowMs(), problem });
        const expired = problem === null ? await this.#afterwards(context, site, request, voice) : 0;
        return { ...result, expired };
      },
      verdictOf,
    );
    job.id = started.id;
    job.cancel = (reason) => started.cancel(reason);
    return started.result;
  }

  async #afterwards(
    context: CallContext,
    site: SiteRow,
    { primary, otherwise = null }: PassRequest,
    voice: Parameters<typeof noteQuietly>[2],
  ): Promise<number> {
    const to = await openSite(context, site, otherwise);
    await noteQuietly(context, to, voice);
    await copyConfigurations(context, primary, to, voice);
    await saveConfigurationAt(context, to, voice);
    return (await expireAtSite(context, site, to, voice)).length;
  }
}

/** What rules ask for, into the queue: from the primary repository and from other sites. */
export async function fillQueue(
  context: CallContext,
  site: SiteRow,
  sites: readonly SiteRow[],
  primary: string | null,
): Promise<readonly string[]> {
  const { catalog, caller, nowMs } = context;
  const rules = (await catalog.read('sites.rules', caller, null)).map(asRule);
  const own = rules.filter(({ to }) => to === site.definition.name);
  const ids: string[] = [];
  for (const from of new Set(own.map((rule) => rule.from))) {
    const origin = originOf(from, sites, primary);
    if (origin !== null) ids.push(...(await askByRules(context, { site, origin, rules, atMs: nowMs() })));
  }
  return ids;
}

/** Null where it is not known here. */
export function originOf(name: string | null, sites: readonly SiteRow[], primary: string | null): Origin | null {
  const repository =
    name === null ? primary : (sites.find(({ definition }) => definition.name === name)?.definition.repository ?? null);
  return repository === null ? null : { name, repository };
}

/** Opens it and asks what it holds; what came of that is in the catalog. */
export async function lookAtSite(context: CallContext, site: SiteRow): Promise<void> {
  const { catalog, caller, nowMs } = context;
  const quiet = { signal: new AbortController().signal, onNotice: () => undefined };
  const problem = await openSite(context, site)
    .then((repository) => noteQuietly(context, repository, quiet))
    .then(
      () => null,
      (error: unknown) => {
        const { code, message } = toHoldfastError(error);
        return { code, message };
      },
    );
  await catalog.write('sites.look', caller, { site: site.definition.name, atMs: nowMs(), problem });
}

/** The sites that a call is about. SITE_UNKNOWN. */
export async function sitesFor(context: CallContext, to: string | null): Promise<readonly SiteRow[]> {
  if (to !== null) return [await mustFindSite(context, to)];
  return (await isConfigured(context)) ? knownSites(context) : [];
}

function verdictOf({ sent, skipped, failed, waiting, problem, figures, expired }: SiteResult): Verdict {
  const words = [
    `${formatCount(sent)} ${sent === 1 ? 'snapshot' : 'snapshots'} sent, ${formatBytes(figures.sentNetBytes)}`,
    ...(skipped === 0 ? [] : [`${formatCount(skipped)} not worth it`]),
    ...(failed === 0 ? [] : [`${formatCount(failed)} failed`]),
    ...(waiting === 0 ? [] : [`${formatCount(waiting)} waiting`]),
    ...(expired === 0 ? [] : [`${formatCount(expired)} expired there`]),
  ];
  const summary = `${words.join(', ')}.${problem === null ? '' : ` ${problem.message}`}`;
  if (problem !== null && sent === 0) return { state: 'failed', summary };
  return { state: problem !== null || failed > 0 ? 'partial' : 'done', summary };
}

function keyOf(tenant: string, site: string): string {
  return `${tenant} ${site}`;
}
