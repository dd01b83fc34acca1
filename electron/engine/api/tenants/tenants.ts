import { realpath } from 'node:fs/promises';
import { HoldfastError } from '../../../../shared/model/errors.ts';
import { liesWithin } from '../../../../shared/model/tenants.ts';
import type { TenantRow } from '../../tenants/tenants.ts';
import { handlers, type CallContext } from '../context.ts';
import { endTenant } from './end-tenant.ts';
import { handOver } from './hand-over.ts';
import { presentTenant, tenantOverview } from './overview.ts';

export const tenantsHandlers = {
  add: handlers.tenants.add.handler(async ({ input: { tenant, title, description }, context }) =>
    changed(context.tenants.add(context.caller, { tenant, title: title ?? tenant, description })),
  ),
  list: handlers.tenants.list.handler(async ({ context }) => {
    const overviews = [];
    // One after the other: each is a look through a catalog that others wait for too.
    for (const row of await context.tenants.list()) overviews.push(await tenantOverview(context, row));
    return { tenants: overviews };
  }),
  show: handlers.tenants.show.handler(async ({ input, context }) =>
    tenantOverview(context, await context.tenants.find(input.tenant)),
  ),
  rename: handlers.tenants.rename.handler(({ input: { tenant, title, description }, context }) =>
    changed(
      context.tenants.update(tenant, {
        ...(title === undefined ? {} : { title }),
        ...(description === undefined ? {} : { description }),
      }),
    ),
  ),
  grant: handlers.tenants.grant.handler(async ({ input: { tenant, grants }, context }) => {
    await refuseTheHome(context, grants.folders);
    return changed(context.tenants.update(tenant, { grants: { ...grants, folders: [...grants.folders] } }));
  }),
  suspend: handlers.tenants.suspend.handler(async ({ input: { tenant, reason }, context }) => {
    const row = await context.tenants.setState(context.caller, tenant, 'suspended', reason);
    await endTenant(context, tenant);
    return { tenant: presentTenant(row) };
  }),
  resume: handlers.tenants.resume.handler(async ({ input: { tenant }, context }) => {
    const row = await context.tenants.setState(context.caller, tenant, 'active', '');
    context.rePlanFor(tenant);
    return { tenant: presentTenant(row) };
  }),
  retire: handlers.tenants.retire.handler(async ({ input: { tenant, reason }, context }) => {
    const { tenants, catalog, caller } = context;
    // While its repositories can still be written for it.
    const { notices, repositories, commands } = await handOver(context, await tenants.find(tenant));
    const row = await tenants.setState(caller, tenant, 'retired', reason);
    await catalog.write('apiTokens.revokeAll', { tenant, actor: caller.actor }, { atMs: Date.now() });
    await endTenant(context, tenant);
    return { tenant: presentTenant(row), repositories, commands, notices };
  }),
  handOver: handlers.tenants.handOver.handler(async ({ input, context }) =>
    handOver(context, await context.tenants.find(input.tenant)),
  ),
};

async function changed(row: Promise<TenantRow>) {
  return { tenant: presentTenant(await row) };
}

/** In it lies what all others have: their keys, what they are reached with, the catalog. BAD_USAGE. */
async function refuseTheHome({ home }: CallContext, folders: readonly string[]): Promise<void> {
  const own = await realpath(home);
  for (const folder of folders) {
    const real = await realpath(folder).catch(() => folder);
    if (!liesWithin(own, [real]) && !liesWithin(real, [own])) continue;
    throw new HoldfastError(
      'BAD_USAGE',
      `The home of this console lies in ${folder}, or it in that: no tenant gets it.`,
    );
  }
}
