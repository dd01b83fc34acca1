import { makeRecoveryKit } from '../recovery/kit/kit.ts';
import { openAccess } from './access.ts';
import { handlers } from './context.ts';

export const recoveryKitHandlers = {
  make: handlers.recoveryKit.make.handler(async ({ input, context }) =>
    makeRecoveryKit({
      repository: await openAccess(context, input.repository),
      caller: context.caller,
      nowMs: context.runs.nowMs(),
    }),
  ),
};
