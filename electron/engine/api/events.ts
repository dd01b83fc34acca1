import { withEventMeta } from '@orpc/server';
import { handlers } from './context.ts';

export const eventsHandlers = {
  follow: handlers.events.follow.handler(async function* ({ input: { after, kind }, context, signal }) {
    const follow = { after: after ?? null, kinds: new Set(kind === undefined ? [] : [kind]) };
    for await (const event of context.live.follow(context.caller, follow, signal)) {
      yield withEventMeta(event, { id: event.id });
    }
  }),
};
