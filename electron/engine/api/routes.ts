import type { Route } from '../../../shared/contract/routes.ts';
import type { RouteRow } from '../monitoring/route-file.ts';
import { handlers, type CallContext } from './context.ts';
import { presentDelivery, presentRoute } from './present-alert.ts';

export const routesHandlers = {
  list: handlers.routes.list.handler(async ({ context }) => {
    const rows = await context.alerts.routes.list(context.caller);
    return { routes: await present(context, rows) };
  }),
  add: handlers.routes.add.handler(async ({ input: { route, secrets }, context }) =>
    changed(context, await context.alerts.routes.add(context.caller, route, secrets)),
  ),
  update: handlers.routes.update.handler(async ({ input: { id, route, secrets }, context }) =>
    changed(context, await context.alerts.routes.update(context.caller, id, route, secrets)),
  ),
  remove: handlers.routes.remove.handler(async ({ input, context }) => {
    const { catalog, caller, alerts, nowMs } = context;
    const { id } = await alerts.routes.remove(caller, input.id);
    await catalog.write('deliveries.dropRoute', caller, { route: id, atMs: nowMs() });
    alerts.watch.changed(caller.tenant);
    return {};
  }),
  test: handlers.routes.test.handler(async ({ input, context: { alerts, caller } }) => {
    const row = await alerts.courier.test(caller, await alerts.routes.find(caller, input.id));
    alerts.watch.changed(caller.tenant);
    return presentDelivery(row);
  }),
  deliveries: handlers.routes.deliveries.handler(async ({ input: { route, before = null, limit }, context }) => {
    const { catalog, caller, alerts } = context;
    const id = route === undefined ? null : (await alerts.routes.find(caller, route)).id;
    const rows = await catalog.read('deliveries.list', caller, { route: id, before, limit: limit + 1 });
    return { deliveries: rows.slice(0, limit).map(presentDelivery), more: rows.length > limit };
  }),
};

async function changed(context: CallContext, row: RouteRow): Promise<Route> {
  context.alerts.watch.changed(context.caller.tenant);
  const [route] = await present(context, [row]);
  if (route === undefined) throw new Error('a route is shown as nothing');
  return route;
}

async function present({ catalog, caller }: CallContext, rows: readonly RouteRow[]): Promise<Route[]> {
  const last = await catalog.read('deliveries.lastEnded', caller, { routes: rows.map(({ id }) => id) });
  return rows.map((row) => presentRoute(row, last[row.id] ?? null));
}
