import { HoldfastError } from '../../../shared/model/errors.ts';
import { covers } from '../../../shared/model/roles.ts';
import { isOperator, ownerTenant } from '../../../shared/model/tenants.ts';
import { handlers } from './context.ts';

export const consoleHandlers = {
  me: handlers.console.me.handler(async ({ context: { caller, role, actingOperator, tenants } }) => ({
    ...caller,
    role,
    tenantTitle: caller.tenant === ownerTenant ? null : (await tenants.find(caller.tenant)).title,
    operator: actingOperator === true || isOperator({ tenant: caller.tenant, role }),
    acting: actingOperator === true,
  })),
  link: handlers.console.link.handler(({ input, context: { caller, role, console } }) => {
    if (console === null) throw new HoldfastError('CONSOLE_NOT_SERVED', 'The engine that answers serves no console.');
    const given = input.role ?? role;
    if (!covers(role, given)) throw new HoldfastError('FORBIDDEN', `A link for the role ${given} asks for that role.`);
    const actor = input.name === undefined ? caller.actor : `link:${input.name}`;
    const { url, expiresAtMs } = console.newLink({ caller: { tenant: caller.tenant, actor }, role: given });
    return { url, expiresAt: new Date(expiresAtMs).toISOString() };
  }),
};
