import { HoldfastError } from '../../../shared/model/errors.ts';
import { covers } from '../../../shared/model/roles.ts';
import { isOperator, ownerTenant } from '../../../shared/model/tenants.ts';
import { tenantRuleOf } from '../../../shared/contract/tenant-rules.ts';
import { handlers } from './context.ts';

const withheld = Object.entries(tenantRuleOf).flatMap(([call, rule]) => (rule === 'operator' ? [call] : []));

export const consoleHandlers = {
  me: handlers.console.me.handler(async ({ context: { caller, role, actingOperator, tenants } }) => ({
    ...caller,
    role,
    tenantTitle: caller.tenant === ownerTenant ? null : (await tenants.find(caller.tenant)).title,
    operator: actingOperator === true || isOperator({ tenant: caller.tenant, role }),
    acting: actingOperator === true,
    withheld: caller.tenant === ownerTenant ? [] : withheld,
  })),
  link: handlers.console.link.handler(({ input, context: { caller, role: own, console } }) => {
    const { role = own, name } = input;
    if (!covers(own, role))
      throw new HoldfastError('FORBIDDEN', 'A link carries no more than whoever makes it may do.');
    if (console === null) throw new HoldfastError('CONSOLE_NOT_SERVED', 'The engine that answers serves no console.');
    const { url, expiresAtMs } = console.newLink({
      caller: name === undefined ? caller : { ...caller, actor: `browser:${name}` },
      role,
    });
    return { url, expiresAt: new Date(expiresAtMs).toISOString() };
  }),
};
