import type { Session } from '../../../shared/contract/sessions.ts';
import { HoldfastError } from '../../../shared/model/errors.ts';
import { handlers, type CallContext } from './context.ts';
import type { SessionView } from './http/sessions.ts';

export const sessionsHandlers = {
  list: handlers.sessions.list.handler(async ({ context }) => {
    const sessions = (await door(context)).sessions(context.caller.tenant);
    return { sessions: sessions.map((one) => present(context, one)) };
  }),
  revoke: handlers.sessions.revoke.handler(async ({ input, context }) => {
    const revoked = await (await door(context)).revokeSession(context.caller.tenant, input.session);
    if (revoked === null) throw new HoldfastError('SESSION_NOT_FOUND', `There is no session ${input.session}.`);
    return present(context, revoked);
  }),
  revokeAll: handlers.sessions.revokeAll.handler(async ({ input, context }) => {
    const { tenant } = context.caller;
    const { sessions, revokeSession, dropLinks } = await door(context);
    dropLinks(tenant);
    const going = sessions(tenant).filter(({ id }) => input.own || id !== context.session);
    for (const { id } of going) await revokeSession(tenant, id);
    return { revoked: going.length };
  }),
};

type Door = {
  readonly sessions: (tenant: string) => SessionView[];
  readonly revokeSession: (tenant: string, id: string) => Promise<SessionView | null>;
  readonly dropLinks: (tenant: string) => void;
};

/** Sessions outlive the engine that serves them: where none does, this one looks after their file. */
async function door({ console, home }: CallContext): Promise<Door> {
  if (console !== null) {
    return {
      sessions: (tenant) => console.sessions(tenant),
      revokeSession: (tenant, id) => console.revokeSession(tenant, id),
      dropLinks: (tenant) => console.dropLinks(tenant),
    };
  }
  const [{ Sessions }, { silentLog }] = await Promise.all([import('./http/sessions.ts'), import('./http/options.ts')]);
  const kept = await Sessions.open(home, silentLog);
  return {
    sessions: (tenant) => kept.list(tenant),
    revokeSession: (tenant, id) => kept.revoke(tenant, id),
    dropLinks: () => undefined,
  };
}

function present(context: CallContext, view: SessionView): Session {
  const { beganAtMs, usedAtMs, endsAtMs, ...rest } = view;
  const time = (ms: number): string => new Date(ms).toISOString();
  return {
    ...rest,
    beganAt: time(beganAtMs),
    lastSeenAt: time(usedAtMs),
    endsAt: time(endsAtMs),
    own: view.id === context.session,
  };
}
