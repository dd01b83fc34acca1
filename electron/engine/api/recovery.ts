import { restore } from '../recovery/restore.ts';
import { openAccess } from './access.ts';
import { handlers } from './context.ts';
import { streamOperation } from './operation.ts';
import type { PlannedEvent } from '../recovery/restore.ts';

export const recoveryHandlers = {
  restore: handlers.recovery.restore.handler(async function* ({ input, context, signal }) {
    const repository = await openAccess(input.repository);
    const { home } = context;
    const { selections, source, target, overwrite, dryRun, verify } = input;
    yield* streamOperation(signal, (voice: Parameters<Parameters<typeof streamOperation<never, PlannedEvent>>[1]>[0]) =>
      restore({ ...voice, repository, home, selections, source, target, overwrite, dryRun, verify }),
    );
  }),
};
