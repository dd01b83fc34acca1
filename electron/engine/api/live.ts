import { handlers } from './context.ts';

export const liveHandlers = {
  watch: handlers.live.watch.handler(async function* ({ context, signal }) {
    yield* context.live.watch(context.caller, signal);
  }),
};
