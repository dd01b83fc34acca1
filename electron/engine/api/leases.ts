import type { KeptLeaseView } from '../../../shared/contract/leases.ts';
import type { Witnessed } from '../sites/server/leases.ts';
import { handlers } from './context.ts';

export const leasesHandlers = {
  list: handlers.siteServer.leases.list.handler(async ({ context: { siteServer, caller } }) => ({
    leases: (await siteServer.leases.list(caller)).map(present),
  })),
  add: handlers.siteServer.leases.add.handler(async ({ input, context: { siteServer, caller } }) => {
    const { passwords, ...made } = await siteServer.leases.add(caller, input.name, input.holders);
    return { lease: present(made), passwords };
  }),
  remove: handlers.siteServer.leases.remove.handler(async ({ input, context: { siteServer, caller } }) =>
    present(await siteServer.leases.remove(caller, input.name)),
  ),
};

function present({ row, answer }: Witnessed): KeptLeaseView {
  const { name, holders, actor, createdAtMs } = row;
  const { holder: has, token, durationMs, leftMs, overdueMs, paused } = answer;
  return {
    holder: has,
    token,
    durationMs,
    leftMs,
    overdueMs,
    paused,
    name,
    holders: holders.map((holder) => holder.name),
    createdAt: new Date(createdAtMs).toISOString(),
    createdBy: actor,
  };
}
