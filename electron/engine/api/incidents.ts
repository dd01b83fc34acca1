import { changeConfiguration } from '../configuration/save.ts';
import { openAccess } from './access.ts';
import { handlers } from './context.ts';
import { presentIncident, presentSuspect } from './live/incident-state.ts';

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
      open: open === null ? null : presentIncident(open),
      past: past.map(presentIncident),
      suspects: suspects.map(presentSuspect),
    };
  }),
  freeze: handlers.incidents.freeze.handler(async ({ input, context }) => {
    const { result, ...saved } = await changeConfiguration(
      context,
      () => openAccess(context, input.repository),
      () => context.catalog.write('incidents.freeze', context.caller, { reason: input.reason, atMs: Date.now() }),
    );
    context.sync.changed(context.caller.tenant);
    context.live.changed(context.caller.tenant);
    return { incident: presentIncident(result), ...saved };
  }),
  end: handlers.incidents.end.handler(async ({ input, context }) => {
    const { result, ...saved } = await changeConfiguration(
      context,
      () => openAccess(context, input.repository),
      () => context.catalog.write('incidents.end', context.caller, { atMs: Date.now() }),
    );
    context.sync.changed(context.caller.tenant);
    context.live.changed(context.caller.tenant);
    return { incident: presentIncident(result), ...saved };
  }),
  restorePoints: handlers.incidents.restorePoints.handler(
    async ({ input: { before, sources }, context: { catalog, caller } }) => {
      const rows = await catalog.read('restorePoints.before', caller, { beforeMs: Date.parse(before), sources });
      const points = rows.map(({ takenAtMs, ...row }) => ({
        ...row,
        takenAt: takenAtMs === null ? null : new Date(takenAtMs).toISOString(),
      }));
      return { points };
    },
  ),
  clearSuspect: handlers.incidents.clearSuspect.handler(async ({ input: { snapshot }, context }) => {
    const row = await context.catalog.write('incidents.clear', context.caller, { snapshot, atMs: Date.now() });
    context.live.changed(context.caller.tenant);
    return presentSuspect(row);
  }),
};
