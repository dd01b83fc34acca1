import { HoldfastError } from '../../../shared/model/errors.ts';
import { inSyncOrder } from '../../../shared/model/sync-queue.ts';
import type { SyncItemRow } from '../catalog/sync-items.ts';
import { changeConfiguration } from '../configuration/save.ts';
import { openAccess } from './access.ts';
import { handlers, type CallContext } from './context.ts';
import { isConfigured } from './is-configured.ts';
import { presentItem, presentRule } from './present-sync.ts';
import { knownSites } from './site-access.ts';
import { fetchBack } from './sync-fetch.ts';
import { askFor, runSync } from './sync-run.ts';
import { streamAnswer } from './stream-job.ts';

export const syncHandlers = {
  rules: handlers.sync.rules.handler(async ({ context }) => {
    if (!(await isConfigured(context))) return { rules: [] };
    return { rules: (await context.catalog.read('sites.rules', context.caller, null)).map(presentRule) };
  }),
  addRule: handlers.sync.addRule.handler(async ({ input, context }) => {
    const primary = await openAccess(context, input.repository);
    const { result, ...saved } = await changeConfiguration(
      context,
      () => Promise.resolve(primary),
      () =>
        context.catalog.write('sites.addRule', context.caller, {
          definition: input.rule,
          primary: primary.config.id,
          atMs: context.nowMs(),
        }),
    );
    tellOf(context);
    return { rule: presentRule(result), ...saved };
  }),
  updateRule: handlers.sync.updateRule.handler(async ({ input, context }) => {
    const primary = await openAccess(context, input.repository);
    const change = { rule: input.id, definition: input.rule, primary: primary.config.id };
    const { result, ...saved } = await changeConfiguration(
      context,
      () => Promise.resolve(primary),
      () => context.catalog.write('sites.updateRule', context.caller, change),
    );
    tellOf(context);
    return { rule: presentRule(result), ...saved };
  }),
  removeRule: handlers.sync.removeRule.handler(async ({ input, context }) => {
    const { result: _result, ...saved } = await changeConfiguration(
      context,
      () => openAccess(context, input.repository),
      () => context.catalog.write('sites.removeRule', context.caller, { rule: input.id }),
    );
    tellOf(context);
    return saved;
  }),
  run: handlers.sync.run.handler(async function* ({ input, context, signal }) {
    if (input.detach && !context.stays)
      throw new HoldfastError('NO_ENGINE_STAYS', 'No engine is served here that could go on with it.');
    yield* streamAnswer(signal, async (voice) => {
      if (!input.detach) return runSync(context, input, voice);
      await askFor(context, input, voice);
      tellOf(context);
      return { sites: [] };
    });
  }),
  queue: handlers.sync.queue.handler(async ({ input: { site = null, limit }, context }) => {
    const rows = (await isConfigured(context)) ? await readOpen(context, site) : [];
    const failed = rows.filter(({ state }) => state === 'failed');
    const running = rows.filter(({ state }) => state === 'running');
    const others = rows.filter(({ state }) => state !== 'failed' && state !== 'running');
    const all = [...inSyncOrder(running), ...inSyncOrder(others), ...inSyncOrder(failed)];
    return { items: all.slice(0, limit).map(presentItem), total: all.length, active: context.stays };
  }),
  history: handlers.sync.history.handler(async ({ input, context }) => {
    const { site = null, source = null, before = null, limit } = input;
    if (!(await isConfigured(context))) return { items: [], more: false };
    const query = { site, source, before, limit: limit + 1 };
    const rows = await context.catalog.read('syncItems.history', context.caller, query);
    return { items: rows.slice(0, limit).map(presentItem), more: rows.length > limit };
  }),
  pause: handlers.sync.pause.handler(async ({ input, context }) => {
    const { catalog, caller, nowMs } = context;
    mustNameSomething(input);
    const { site, reason, until } = input;
    const untilMs = until === null ? null : Date.parse(until);
    if (site !== null) await catalog.write('sites.pause', caller, { site, reason, untilMs, sinceMs: nowMs() });
    return answer(context, await catalog.write('syncItems.pause', caller, { items: input.items }));
  }),
  resume: handlers.sync.resume.handler(async ({ input, context }) => {
    const { catalog, caller } = context;
    mustNameSomething(input);
    if (input.site !== null) await catalog.write('sites.resume', caller, { site: input.site });
    return answer(context, await catalog.write('syncItems.resume', caller, { items: input.items }));
  }),
  setPriority: handlers.sync.setPriority.handler(async ({ input, context }) =>
    answer(context, await context.catalog.write('syncItems.setPriority', context.caller, input)),
  ),
  retry: handlers.sync.retry.handler(async ({ input, context }) =>
    answer(context, await context.catalog.write('syncItems.retry', context.caller, input)),
  ),
  drop: handlers.sync.drop.handler(async ({ input, context }) => {
    const { catalog, caller, nowMs } = context;
    const sites = await knownSites(context);
    const repositoryOf = Object.fromEntries(sites.map(({ definition: { name, repository } }) => [name, repository]));
    return answer(
      context,
      await catalog.write('syncItems.drop', caller, { items: input.items, repositoryOf, atMs: nowMs() }),
    );
  }),
  fetch: handlers.sync.fetch.handler(({ input, context, signal }) => fetchBack(context, input, signal)),
};

async function readOpen({ catalog, caller }: CallContext, site: string | null): Promise<readonly SyncItemRow[]> {
  return catalog.read('syncItems.open', caller, { site });
}

function mustNameSomething({ site, items }: { readonly site: string | null; readonly items: readonly string[] }): void {
  if (site === null && items.length === 0)
    throw new HoldfastError('BAD_USAGE', 'Neither a site nor an item was named.');
}

function answer(context: CallContext, rows: readonly SyncItemRow[]) {
  tellOf(context);
  return { items: rows.map(presentItem) };
}

/** What is being sent obeys at once, and screens look again. */
function tellOf(context: CallContext): void {
  context.sync.changed(context.caller.tenant);
  context.live.changed(context.caller.tenant);
}
