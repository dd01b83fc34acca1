/** What of the changes that screens watch is an event for programs: a pure function. */
import type { LiveState } from '../../../../shared/contract/live.ts';
import type { EventFacts } from '../../../../shared/model/engine-events.ts';

type Value<Name extends keyof LiveState> = LiveState[Name][string] | null;
type Changes = { readonly [Name in keyof LiveState]?: (before: Value<Name>, after: Value<Name>) => EventFacts | null };

const made: Changes = { jobs: ofJob, alerts: ofAlert, runs: ofRun, planRuns: ofPlanRun, sources: ofSource };

/** Null where that is no event. `before` and `after`: null where it is not there. */
export function eventOf<Name extends keyof LiveState>(
  collection: Name,
  before: Value<Name>,
  after: Value<Name>,
): EventFacts | null {
  return made[collection]?.(before, after) ?? null;
}

const nothing = { source: null, actor: null, detail: null, code: null };

function ofJob(before: Value<'jobs'>, after: Value<'jobs'>): EventFacts | null {
  if (after === null || after.state === before?.state) return null;
  const { id, kind, title, state, actor, summary, error } = after;
  return {
    ...nothing,
    kind: 'job',
    what: state,
    subject: id,
    title: `${kind}: ${title}`,
    actor,
    detail: error?.message ?? summary,
    code: error?.code ?? null,
  };
}

function ofAlert(before: Value<'alerts'>, after: Value<'alerts'>): EventFacts | null {
  const alert = after ?? before;
  if (alert === null) return null;
  const what = after === null ? 'ended' : before === null ? 'raised' : 'changed';
  if (what === 'changed' && standingOf(before) === standingOf(after)) return null;
  const { id, title, detail, subject, rule } = alert;
  const source = subject.kind === 'source' ? subject.name : null;
  return { ...nothing, kind: 'alert', what, subject: id, title, source, detail, code: rule };
}

function standingOf(alert: Value<'alerts'>): string {
  return JSON.stringify([alert?.level, alert?.acknowledged, alert?.snoozed]);
}

/** One that is closed is shown no more. */
function ofRun(before: Value<'runs'>, after: Value<'runs'>): EventFacts | null {
  const run = after ?? before;
  if (run === null || after?.state === before?.state) return null;
  const { id, title, actor, error } = run;
  const what = after === null ? 'closed' : after.state;
  const detail = error?.message ?? null;
  return { ...nothing, kind: 'restoreRun', what, subject: id, title, actor, detail, code: error?.code ?? null };
}

function ofPlanRun(before: Value<'planRuns'>, after: Value<'planRuns'>): EventFacts | null {
  if (after === null || after.state === before?.state) return null;
  const { id, plan, actor, state, error } = after;
  const detail = error?.message ?? null;
  return {
    ...nothing,
    kind: 'planRun',
    what: state,
    subject: id,
    title: plan.name,
    actor,
    detail,
    code: error?.code ?? null,
  };
}

/** A source that was not known before has taken nothing just now. */
function ofSource(before: Value<'sources'>, after: Value<'sources'>): EventFacts | null {
  const newest = after?.newest ?? null;
  if (before === null || after === null || newest === null || newest.snapshot === before.newest?.snapshot) return null;
  const { snapshot, status } = newest;
  return {
    ...nothing,
    kind: 'snapshot',
    what: 'taken',
    subject: snapshot,
    title: after.key,
    source: after.name,
    detail: status,
  };
}
