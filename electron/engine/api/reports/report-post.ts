/** Letters of reports: queued when their time has come, made when they are sent, tried again, and kept with what came of them. */
import { retryAfterMs } from '../../../../shared/model/alert-routing.ts';
import { toHoldfastError } from '../../../../shared/model/errors.ts';
import { reportKind } from '../../../../shared/model/reports/catalog.ts';
import {
  mergeByRecipient,
  routeName,
  subscriptionDue,
  type Recipient,
  type SubscriptionDue,
} from '../../../../shared/model/subscriptions.ts';
import type { LetterItem, LetterRow, NewLetter, SubscriptionRow } from '../../catalog/subscriptions.ts';
import { letterOf, type LetterContent } from '../../monitoring/reports/letter.ts';
import { post } from '../../monitoring/reports/post.ts';
import type { RouteRow } from '../../monitoring/route-file.ts';
import type { Outcome } from '../../monitoring/senders/http.ts';
import { processIdentity } from '../../platform/identity.ts';
import { machineZone } from '../../platform/machine-zone.ts';
import type { CallContext } from '../context.ts';
import { makeReport } from './make-report.ts';

/** Of one round. */
const atOnce = 50;
/** Where the route is gone, so that nobody says how often. */
const usualRetries = 5;

/** Puts what is due by now into the queue: one letter for each recipient. */
export async function queueDue({ catalog, caller, nowMs }: CallContext): Promise<void> {
  const now = nowMs();
  const rows = await catalog.read('subscriptions.list', caller, null);
  const due = rows.flatMap((row) => {
    const { occurrenceMs, isLate } = dueOf(row, now);
    return occurrenceMs === null ? [] : [{ to: row.definition.to, item: itemOf(row, occurrenceMs), isLate }];
  });
  if (due.length === 0) return;
  const letters = mergeByRecipient(due).map((group): NewLetter => {
    const [first] = group;
    if (first === undefined) throw new Error('a letter to nobody');
    const late = group.some(({ isLate }) => isLate);
    return { recipient: first.to, items: group.map(({ item }) => item), kind: 'scheduled', late };
  });
  await catalog.write('subscriptions.queue', caller, { letters, atMs: now });
}

export function dueOf({ definition, sinceMs, answeredMs }: SubscriptionRow, nowMs: number): SubscriptionDue {
  return subscriptionDue(definition, { sinceMs, answeredMs }, definition.zone ?? machineZone(), nowMs);
}

export function itemOf({ definition }: SubscriptionRow, atMs: number): LetterItem {
  const { name, reports, of, period, format, zone } = definition;
  return { name, reports, of, period, format, zone, atMs };
}

/** Sends what waits and is due; each letter has an outcome then, but for what the end of the engine cuts off. */
export async function deliverDue(context: CallContext, signal: AbortSignal): Promise<void> {
  const { catalog, caller, nowMs } = context;
  for (const letter of await catalog.read('subscriptions.due', caller, { nowMs: nowMs(), limit: atOnce })) {
    if (signal.aborted) return;
    await deliver(context, letter, signal);
  }
}

/** Tries once. Null: it was cut off, and is sent again. */
export async function deliver(context: CallContext, row: LetterRow, signal: AbortSignal): Promise<LetterRow | null> {
  const { catalog, caller, nowMs, alerts } = context;
  const { letter, attempts, kind } = row;
  await catalog.write('subscriptions.trying', caller, { letter });
  const { outcome, bytes, retries } = await attempt(context, row, signal);
  const { problem, mayPass, afterMs } = outcome;
  if (signal.aborted && problem !== null) return null;
  const tried = attempts + 1;
  const again = problem !== null && mayPass && tried <= retries && kind === 'scheduled';
  const atMs = nowMs();
  const nextAtMs = again ? atMs + Math.max(retryAfterMs(tried), afterMs ?? 0) : null;
  const size = bytes === null ? {} : { bytes };
  const settled = await catalog.write('subscriptions.settle', caller, { letter, atMs, problem, nextAtMs, ...size });
  alerts.watch.changed(caller.tenant);
  return settled;
}

type Attempt = { readonly outcome: Outcome; readonly bytes: number | null; readonly retries: number };

async function attempt(context: CallContext, row: LetterRow, signal: AbortSignal): Promise<Attempt> {
  let retries = usualRetries;
  try {
    const route = await routeOf(context, row.recipient);
    if (route === null) return failed(`There is no route ${routeName(row.recipient)} any more.`, retries);
    retries = route.definition.retries;
    if (!route.definition.enabled) return failed(`The route ${route.definition.name} is switched off.`, retries);
    const secrets = await context.alerts.routes.secretsOf(route);
    if (secrets === null)
      return failed('What is secret about its route, as the password, cannot be had on this machine.', retries);
    const content = await contentOf(context, row);
    const console = { hostname: processIdentity().hostname, tenant: context.caller.tenant, zone: machineZone() };
    const letter = await letterOf(content, console);
    const { letter: id, recipient: to } = row;
    const outcome = await post({ id, to, route, secrets, console, content, letter, signal });
    return { outcome, bytes: letter.bytes, retries };
  } catch (error) {
    return failed(toHoldfastError(error).message, retries);
  }
}

function failed(problem: string, retries: number): Attempt {
  return { outcome: { problem, mayPass: true, afterMs: null }, bytes: null, retries };
}

/** By its name, which is the same on a machine that the configuration has come to. */
export async function routeOf({ alerts, caller }: CallContext, to: Recipient): Promise<RouteRow | null> {
  const rows = await alerts.routes.list(caller);
  return rows.find(({ definition }) => definition.name === routeName(to)) ?? null;
}

/** What several subscriptions ask for alike is in it once. */
async function contentOf(context: CallContext, { items, kind, late, author }: LetterRow): Promise<LetterContent> {
  const documents = new Map<string, LetterContent['documents'][number]>();
  for (const { reports, of, period, format, zone, atMs } of items) {
    for (const report of reports) {
      const key = JSON.stringify([report, of, reportKind(report).hasPeriod ? period : null, zone, format]);
      if (documents.has(key)) continue;
      const maker = { ...context, caller: { ...context.caller, actor: author } };
      const document = await makeReport(maker, { report, period, zone, of, atMs });
      documents.set(key, { document, format });
    }
  }
  return {
    names: items.map(({ name }) => name),
    documents: [...documents.values()],
    kind,
    lateSinceMs: late ? Math.min(...items.map(({ atMs }) => atMs)) : null,
  };
}
