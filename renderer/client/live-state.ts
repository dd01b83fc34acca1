/** The engine's state as the page holds it: a whole one first, then numbered changes, none of them left out. */
import type { Alert } from '../../shared/contract/alerts.ts';
import type { Connection } from '../../shared/contract/repositories.ts';
import type { EngineState, LiveChange, LiveEvent, LiveState, Notice, SourceState } from '../../shared/contract/live.ts';
import type { PlanRun } from '../../shared/contract/plan-runs.ts';
import type { RestoreRun } from '../../shared/contract/restore-runs.ts';
import type { Incident, Suspect } from '../../shared/contract/incidents.ts';
import type { Job } from '../../shared/contract/jobs.ts';

/** Maps, because keys come from outside: a source may be called `constructor`. */
export type Live = {
  /** Null before the first state. */
  readonly engine: EngineState | null;
  readonly repositories: ReadonlyMap<string, Connection>;
  readonly sources: ReadonlyMap<string, SourceState>;
  readonly jobs: ReadonlyMap<string, Job>;
  /** Restore runs that are not closed. */
  readonly runs: ReadonlyMap<string, RestoreRun>;
  /** The latest runs of recovery plans. */
  readonly planRuns: ReadonlyMap<string, PlanRun>;
  /** Open ones. */
  readonly alerts: ReadonlyMap<string, Alert>;
  /** One entry, `open`, while everything is frozen. */
  readonly incidents: ReadonlyMap<string, Incident>;
  readonly suspects: ReadonlyMap<string, Suspect>;
  readonly notices: ReadonlyMap<string, Notice>;
  /** Of the last event that was taken in. */
  readonly sequence: number;
};

export const nothingYet: Live = {
  engine: null,
  repositories: new Map(),
  sources: new Map(),
  jobs: new Map(),
  runs: new Map(),
  planRuns: new Map(),
  alerts: new Map(),
  incidents: new Map(),
  suspects: new Map(),
  notices: new Map(),
  sequence: -1,
};

/** The state after the event; null where an event is missing before it, so that all has to be asked for anew. */
export function afterEvent(live: Live, event: LiveEvent): Live | null {
  switch (event.type) {
    case 'state':
      return whole(event.state, event.sequence);
    case 'delta':
      if (live.engine === null || event.sequence !== live.sequence + 1) return null;
      return changed(live, event.changes, event.sequence);
    case 'beat':
      // A beat repeats the last number: it brings nothing that could be missed.
      return event.sequence === live.sequence ? live : null;
  }
}

function whole(state: LiveState, sequence: number): Live {
  return {
    engine: Object.values(state.engine)[0] ?? null,
    repositories: new Map(Object.entries(state.repositories)),
    sources: new Map(Object.entries(state.sources)),
    jobs: new Map(Object.entries(state.jobs)),
    runs: new Map(Object.entries(state.runs)),
    planRuns: new Map(Object.entries(state.planRuns)),
    alerts: new Map(Object.entries(state.alerts)),
    incidents: new Map(Object.entries(state.incidents)),
    suspects: new Map(Object.entries(state.suspects)),
    notices: new Map(Object.entries(state.notices)),
    sequence,
  };
}

/** Collections without a change stay the same objects, so that what shows them is not drawn again. */
function changed(live: Live, changes: readonly LiveChange[], sequence: number): Live {
  const copies = new Map<string, Map<string, unknown>>();
  let engine = live.engine;
  for (const change of changes) {
    if (change.collection === 'engine') {
      engine = (change.value as EngineState | null) ?? engine;
      continue;
    }
    let copy = copies.get(change.collection);
    if (copy === undefined) {
      copy = new Map<string, unknown>(live[change.collection]);
      copies.set(change.collection, copy);
    }
    if (change.value === null) copy.delete(change.key);
    else copy.set(change.key, change.value);
  }
  return { ...live, ...Object.fromEntries(copies), engine, sequence };
}
