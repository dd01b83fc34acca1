import type { ConnectionView } from '../connections/connections.ts';
import { namesOf } from '../connections/reach.ts';
import { inspectPlace } from '../connections/inspect-place.ts';
import { handlers, type CallContext } from './context.ts';

export const repositoriesHandlers = {
  list: handlers.repositories.list.handler(async ({ context }) => {
    const connections = await context.connections.list(context.caller);
    return { repositories: connections.map((connection) => context.live.present(connection)) };
  }),
  inspect: handlers.repositories.inspect.handler(async ({ input, context }) => {
    const { bounds, connections, caller } = context;
    await bounds.place(input.location, input.reach?.settings ?? {}, namesOf(input.reach?.secrets ?? {}));
    return inspectPlace(input.location, () => connections.place(caller, input));
  }),
  create: handlers.repositories.create.handler(async ({ input, context }) =>
    present(context, context.connections.create(context.caller, input)),
  ),
  connect: handlers.repositories.connect.handler(async ({ input, context }) =>
    present(context, context.connections.connect(context.caller, input)),
  ),
  unlock: handlers.repositories.unlock.handler(async ({ input: { id, password, ...more }, context }) =>
    present(context, context.connections.unlock(context.caller, id, password, more)),
  ),
  lock: handlers.repositories.lock.handler(async ({ input, context }) =>
    present(context, context.connections.lock(context.caller, input.id)),
  ),
  setReach: handlers.repositories.setReach.handler(async ({ input, context }) =>
    present(context, context.connections.setReach(context.caller, input.id, input.reach)),
  ),
  prove: handlers.repositories.prove.handler(async ({ input: { id, password }, context }) =>
    present(context, context.connections.prove(context.caller, id, password)),
  ),
  rename: handlers.repositories.rename.handler(async ({ input: { id, name }, context }) =>
    present(context, context.connections.rename(context.caller, id, name)),
  ),
  makePrimary: handlers.repositories.makePrimary.handler(async ({ input, context }) =>
    present(context, context.connections.makePrimary(context.caller, input.id)),
  ),
  disconnect: handlers.repositories.disconnect.handler(async ({ input, context }) => {
    await context.connections.disconnect(context.caller, input.id);
    return {};
  }),
};

async function present(context: CallContext, connection: Promise<ConnectionView>) {
  return { repository: context.live.present(await connection) };
}
