/** Subscriptions: kept in the configuration, held against the routes of this machine, sent when somebody asks. */
import type { ReportLetter, Subscription } from '../../../../shared/contract/reports.ts';
import type { RepositoryAccess } from '../../../../shared/contract/common.ts';
import { HoldfastError } from '../../../../shared/model/errors.ts';
import { parsePeriod } from '../../../../shared/model/reports/period.ts';
import {
  recipientWords,
  routeName,
  subscriptionProblem,
  type SubscriptionDefinition,
} from '../../../../shared/model/subscriptions.ts';
import type { LetterRow, SubscriptionRow } from '../../catalog/subscriptions.ts';
import { changeConfiguration } from '../../configuration/save.ts';
import { machineZone } from '../../platform/machine-zone.ts';
import { openAccess } from '../access.ts';
import { handlers, type CallContext } from '../context.ts';
import { isConfigured } from '../is-configured.ts';
import { reportsFor } from './make-report.ts';
import { deliver, dueOf, itemOf, routeOf } from './report-post.ts';

export const subscriptionsHandlers = {
  list: handlers.subscriptions.list.handler(async ({ context }) => {
    if (!(await isConfigured(context))) return { subscriptions: [] };
    const rows = await context.catalog.read('subscriptions.list', context.caller, null);
    return { subscriptions: await present(context, rows) };
  }),

  add: handlers.subscriptions.add.handler(async ({ input: { repository, subscription }, context }) => {
    await refuseUnsound(context, subscription);
    return change(context, repository, (atMs) =>
      context.catalog.write('subscriptions.add', context.caller, { definition: subscription, atMs }),
    );
  }),

  update: handlers.subscriptions.update.handler(async ({ input: { repository, subscription }, context }) => {
    await refuseUnsound(context, subscription);
    return change(context, repository, (atMs) =>
      context.catalog.write('subscriptions.update', context.caller, { definition: subscription, atMs }),
    );
  }),

  remove: handlers.subscriptions.remove.handler(async ({ input: { repository, name }, context }) => {
    const { catalog, caller, nowMs, alerts } = context;
    const { saved, notices } = await changeConfiguration(
      context,
      () => openAccess(context, repository),
      () => catalog.write('subscriptions.remove', caller, { name, atMs: nowMs() }),
    );
    alerts.watch.changed(caller.tenant);
    return { saved, notices };
  }),

  suspend: handlers.subscriptions.suspend.handler(({ input: { repository, name, until }, context }) =>
    setSuspended(context, repository, name, { until }),
  ),

  resume: handlers.subscriptions.resume.handler(({ input: { repository, name }, context }) =>
    setSuspended(context, repository, name, null),
  ),

  send: handlers.subscriptions.send.handler(async ({ input: { name, test }, context, signal }) => {
    const { catalog, caller, nowMs } = context;
    const row = await mustFind(context, name);
    const kind = test ? ('test' as const) : ('asked' as const);
    const atMs = nowMs();
    const letter = { recipient: row.definition.to, items: [itemOf(row, atMs)], kind, late: false };
    const [id = ''] = await catalog.write('subscriptions.queue', caller, { letters: [letter], atMs });
    const queued = await catalog.read('subscriptions.find', caller, { letter: id });
    const sent = await deliver(context, queued, signal ?? new AbortController().signal);
    if (sent !== null) return presentLetter(sent);
    const problem = 'It was stopped before it had an outcome.';
    const ended = { letter: id, atMs: nowMs(), problem, nextAtMs: null };
    return presentLetter(await catalog.write('subscriptions.settle', caller, ended));
  }),

  log: handlers.subscriptions.log.handler(async ({ input: { name = null, before = null, limit }, context }) => {
    const { catalog, caller } = context;
    const rows = await catalog.read('subscriptions.log', caller, { name, before, limit: limit + 1 });
    return { letters: rows.slice(0, limit).map(presentLetter), more: rows.length > limit };
  }),

  flush: handlers.subscriptions.flush.handler(async ({ input: { drop }, context }) => {
    const { catalog, caller, nowMs } = context;
    const letters = await catalog.write('subscriptions.flush', caller, { drop, atMs: nowMs() });
    context.rePlan();
    return { letters };
  }),
};

/** SUBSCRIPTION_INVALID, ROUTE_UNKNOWN. */
async function refuseUnsound(context: CallContext, definition: SubscriptionDefinition): Promise<void> {
  const { period, zone, reports, to } = definition;
  const invalid = (problem: string) => new HoldfastError('SUBSCRIPTION_INVALID', problem);
  const known = new Set(reportsFor(context).map(({ name }) => name));
  const refused = reports.find((name) => !known.has(name));
  if (refused !== undefined) throw invalid(`The report ${refused} is for whoever runs this home.`);
  if (parsePeriod('last-24-hours', context.nowMs(), zone ?? machineZone()) === null)
    throw invalid(`There is no time zone called ${zone ?? ''}.`);
  if (parsePeriod(period, context.nowMs(), zone ?? machineZone()) === null)
    throw invalid(`${period} is no period; one is last-7-days, 30d, yesterday or last-month.`);
  const problem = subscriptionProblem(definition);
  if (problem !== null) throw invalid(problem);
  const route = await routeOf(context, to);
  if (route === null) throw new HoldfastError('ROUTE_UNKNOWN', `There is no route called ${routeName(to)}.`);
  const { kind } = route.definition.target;
  if (to.kind === 'mail' && kind !== 'mail')
    throw invalid(`The route ${to.via} sends no mail: an address needs the server of one that does.`);
  if (kind !== 'mail' && kind !== 'webhook') throw invalid(`The route ${routeName(to)} takes no reports.`);
}

type Change = (atMs: number) => Promise<SubscriptionRow>;

async function change(context: CallContext, repository: RepositoryAccess, make: Change) {
  const { result, ...saved } = await changeConfiguration(
    context,
    () => openAccess(context, repository),
    () => make(context.nowMs()),
  );
  context.alerts.watch.changed(context.caller.tenant);
  context.rePlan();
  const [subscription] = await present(context, [result]);
  if (subscription === undefined) throw new Error('a subscription is shown as nothing');
  return { subscription, ...saved };
}

function setSuspended(
  context: CallContext,
  repository: RepositoryAccess,
  name: string,
  suspended: SubscriptionDefinition['suspended'],
) {
  return change(context, repository, async (atMs) => {
    const { definition } = await mustFind(context, name);
    const changed = { ...definition, suspended };
    return context.catalog.write('subscriptions.update', context.caller, { definition: changed, atMs });
  });
}

async function mustFind({ catalog, caller }: CallContext, name: string): Promise<SubscriptionRow> {
  const rows = await catalog.read('subscriptions.list', caller, null);
  const found = rows.find(({ definition }) => definition.name === name);
  if (found !== undefined) return found;
  throw new HoldfastError('SUBSCRIPTION_UNKNOWN', `There is no subscription called ${name}.`);
}

async function present(context: CallContext, rows: readonly SubscriptionRow[]): Promise<Subscription[]> {
  const { catalog, caller, nowMs } = context;
  const last = await catalog.read('subscriptions.lastEnded', caller, null);
  return Promise.all(
    rows.map(async (row) => {
      const { definition, addedAtMs, author } = row;
      const ended = last[definition.name];
      const { occurrenceMs, nextMs } = dueOf(row, nowMs());
      return {
        ...definition,
        addedAt: isoTime(addedAtMs),
        addedBy: author,
        nextAt: occurrenceMs !== null ? isoTime(nowMs()) : nextMs === null ? null : isoTime(nextMs),
        problem: await problemOf(context, definition),
        last:
          ended === undefined ? null : { state: ended.state, endedAt: timeOf(ended.endedAtMs), problem: ended.problem },
      };
    }),
  );
}

async function problemOf(context: CallContext, { to }: SubscriptionDefinition): Promise<string | null> {
  const route = await routeOf(context, to).catch(() => null);
  if (route === null) return `There is no route called ${routeName(to)} on this machine.`;
  return route.definition.enabled ? null : `The route ${routeName(to)} is switched off.`;
}

function presentLetter(row: LetterRow): ReportLetter {
  const { letter, author, recipient, items, kind, late, state, attempts, bytes, problem } = row;
  return {
    id: letter,
    to: recipientWords(recipient),
    subscriptions: items.map(({ name }) => name),
    reports: [...new Set(items.flatMap(({ reports }) => reports))],
    kind,
    late,
    state,
    attempts,
    at: isoTime(row.queuedAtMs),
    nextAt: timeOf(row.nextAtMs),
    endedAt: timeOf(row.endedAtMs),
    bytes,
    problem,
    by: author,
  };
}

function isoTime(ms: number): string {
  return new Date(ms).toISOString();
}

function timeOf(ms: number | null): string | null {
  return ms === null ? null : isoTime(ms);
}
