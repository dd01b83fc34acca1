import { HoldfastError } from '../../../shared/model/errors.ts';
import type { AlertRow } from '../catalog/alerts.ts';
import { policyOf } from '../monitoring/alert-watch.ts';
import { handlers, type CallContext } from './context.ts';
import { presentAlert } from './present-alert.ts';

export const alertsHandlers = {
  list: handlers.alerts.list.handler(async ({ input: { resolved, before = null, limit }, context }) => {
    const { catalog, caller } = context;
    if (!resolved) {
      const { alerts, total } = await catalog.read('alerts.open', caller, { limit });
      return { alerts: alerts.map(presentAlert), total, more: total > alerts.length };
    }
    const rows = await catalog.read('alerts.resolved', caller, { before, limit: limit + 1 });
    return { alerts: rows.slice(0, limit).map(presentAlert), total: null, more: rows.length > limit };
  }),
  acknowledge: handlers.alerts.acknowledge.handler(({ input, context }) =>
    change(context, input.id, (alert) =>
      context.catalog.write('alerts.acknowledge', context.caller, { alert, atMs: context.nowMs() }),
    ),
  ),
  snooze: handlers.alerts.snooze.handler(({ input: { id, until }, context }) => {
    const untilMs = Date.parse(until);
    if (untilMs <= context.nowMs())
      throw new HoldfastError('BAD_USAGE', `A snooze until ${until} would be over already.`);
    return change(context, id, (alert) => context.catalog.write('alerts.snooze', context.caller, { alert, untilMs }));
  }),
  reopen: handlers.alerts.reopen.handler(({ input, context }) =>
    change(context, input.id, (alert) => context.catalog.write('alerts.reopen', context.caller, { alert })),
  ),
  resolve: handlers.alerts.resolve.handler(({ input, context }) =>
    change(context, input.id, async (alert) => {
      const { catalog, caller, alerts, nowMs } = context;
      const routes = (await alerts.routes.list(caller)).flatMap(policyOf);
      return catalog.write('alerts.resolve', caller, { alert, routes, atMs: nowMs() });
    }),
  ),
};

async function change(
  context: CallContext,
  beginning: string,
  write: (alert: string) => Promise<AlertRow>,
): Promise<ReturnType<typeof presentAlert>> {
  const { catalog, caller, alerts } = context;
  const [one, second] = await catalog.read('alerts.matching', caller, { beginning });
  if (one === undefined) throw new HoldfastError('ALERT_UNKNOWN', `There is no alert ${beginning}.`);
  if (second !== undefined) throw new HoldfastError('ALERT_AMBIGUOUS', `Several alerts begin with ${beginning}.`);
  const row = await write(one.alert);
  await alerts.show(caller);
  alerts.watch.changed(caller.tenant);
  return presentAlert(row);
}
