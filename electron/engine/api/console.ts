import { HoldfastError } from '../../../shared/model/errors.ts';
import { handlers } from './context.ts';

export const consoleHandlers = {
  me: handlers.console.me.handler(({ context: { caller, role } }) => ({ ...caller, role })),
  link: handlers.console.link.handler(({ context: { caller, role, console } }) => {
    if (console === null) throw new HoldfastError('CONSOLE_NOT_SERVED', 'The engine that answers serves no console.');
    const { url, expiresAtMs } = console.newLink({ caller, role });
    return { url, expiresAt: new Date(expiresAtMs).toISOString() };
  }),
};
