import type { Incident, Suspect } from '../../../shared/contract/incidents.ts';
import type { IncidentRow, SuspectRow } from '../catalog/incidents.ts';
import { changeConfiguration } from '../configuration/save.ts';
import { openAccess } from './access.ts';
import { handlers } from './context.ts';

const shownPast = 20;
const shownSuspects = 1000;

export const incidentsHandlers = {
  state: handlers.incidents.state.handler(async ({ context: { catalog, caller } }) => {
    const [open, past, suspects] = await Promise.all([
      catalog.read('incidents.open', caller, null),
      catalog.read('incidents.past', caller, { limit: shownPast }),
      catalog.read('incidents.suspects', caller, { limit: shownSuspects }),
    ]);
    return {
      open: open === null ? null : present(open),
      past: past.map(present),
      suspects: suspects.map(presentSuspect),
    };
  }),
  freeze: handlers.incidents.freeze.handler(async ({ input, context }) => {
    const { result, ...saved } = await changeConfiguration(
      context,
      () => openAccess(context, input.repository),
      () => context.catalog.write('incidents.freeze', context.caller, { reason: input.reason, atMs: Date.now() }),
    );
    context.live.changed(context.caller.tenant);
    return { incident: present(result), ...saved };
  }),
  end: handlers.incidents.end.handler(async ({ input, context }) => {
    const { result, ...saved } = await changeConfiguration(
      context,
      () => openAccess(context, input.repository),
      () => context.catalog.write('incidents.end', context.caller, { atMs: Date.now() }),
    );
    context.live.changed(context.caller.tenant);
    return { incident: present(result), ...saved };
  }),
  clearSuspect: handlers.incidents.clearSuspect.handler(async ({ input: { snapshot }, context }) => {
    const row = await context.catalog.write('incidents.clear', context.caller, { snapshot, atMs: Date.now() });
    context.live.changed(context.caller.tenant);
    return presentSuspect(row);
  }),
};

function present({ incident, reason, author, sinceMs, endedAtMs, endedBy }: IncidentRow): Incident {
  const endedAt = endedAtMs === null ? null : new Date(endedAtMs).toISOString();
  return { id: incident, reason, author, since: new Date(sinceMs).toISOString(), endedAt, endedBy };
}

function presentSuspect({ snapshot, source, reason, atMs }: SuspectRow): Suspect {
  return { snapshot, source, reason, at: new Date(atMs).toISOString() };
}
