import type { HoldCase as ShownCase } from '../../../shared/contract/cases.ts';
import { isHolding, type HoldCase } from '../../../shared/model/hold-cases.ts';
import { changeConfiguration } from '../configuration/save.ts';
import { openAccess } from './access.ts';
import { handlers, type CallContext } from './context.ts';
import { presentHold } from './holds.ts';
import { isConfigured } from './is-configured.ts';
import { isoTime, timeOf } from './present-site.ts';

export const casesHandlers = {
  list: handlers.cases.list.handler(async ({ input, context }) => {
    if (!(await isConfigured(context))) return { cases: [] };
    const all = await context.catalog.read('holdCases.list', context.caller, null);
    const wanted = all.filter((one) => input.all || isHolding(one, context.nowMs()));
    return { cases: await Promise.all(wanted.map((one) => present(context, one))) };
  }),
  open: handlers.cases.open.handler(async ({ input: { repository, reviewAt, ...input }, context }) => {
    const row = { ...input, reviewAtMs: parseTime(reviewAt), openedAtMs: context.nowMs() };
    return change(context, repository, () => context.catalog.write('holdCases.open', context.caller, row));
  }),
  update: handlers.cases.update.handler(async ({ input: { repository, reviewAt, ...input }, context }) => {
    const row = { ...input, reviewAtMs: reviewAt === undefined ? undefined : parseTime(reviewAt) };
    return change(context, repository, () => context.catalog.write('holdCases.update', context.caller, row));
  }),
  close: handlers.cases.close.handler(async ({ input: { repository, ...input }, context }) => {
    const row = { ...input, atMs: context.nowMs() };
    return change(context, repository, () => context.catalog.write('holdCases.close', context.caller, row));
  }),
  reopen: handlers.cases.reopen.handler(async ({ input: { repository, reference }, context }) => {
    const row = { reference, atMs: context.nowMs() };
    return change(context, repository, () => context.catalog.write('holdCases.reopen', context.caller, row));
  }),
};

async function change(
  context: CallContext,
  access: Parameters<typeof openAccess>[1],
  write: () => Promise<HoldCase>,
): Promise<{ readonly case: ShownCase; readonly saved: boolean; readonly notices: string[] }> {
  const { result, ...saved } = await changeConfiguration(context, () => openAccess(context, access), write);
  context.live.changed(context.caller.tenant);
  return { case: await present(context, result), ...saved };
}

async function present({ catalog, caller, nowMs }: CallContext, one: HoldCase): Promise<ShownCase> {
  const { reviewAtMs, openedAtMs, author, closed, sources, ...said } = one;
  const [holds, snapshotsOfSources] = await Promise.all([
    catalog.read('holds.list', caller, null),
    catalog.read('holdCases.count', caller, { sources }),
  ]);
  return {
    ...said,
    sources: [...sources],
    reviewAt: timeOf(reviewAtMs),
    openedAt: isoTime(openedAtMs),
    openedBy: author,
    closed:
      closed === null
        ? null
        : { at: isoTime(closed.atMs), by: closed.by, reason: closed.reason, endsAt: isoTime(closed.endsAtMs) },
    state: closed === null ? 'open' : isHolding(one, nowMs()) ? 'closing' : 'closed',
    holds: holds.filter((hold) => hold.case === one.reference).map(presentHold),
    snapshotsOfSources,
  };
}

function parseTime(text: string | null): number | null {
  return text === null ? null : Date.parse(text);
}
