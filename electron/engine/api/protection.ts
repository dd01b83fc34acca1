import type { RunStatus } from '../../../shared/contract/common.ts';
import type { ProtectResult } from '../../../shared/contract/protection.ts';
import { HoldfastError } from '../../../shared/model/errors.ts';
import type { Voice } from '../jobs/voice.ts';
import type { RunFacts } from '../protection/run.ts';
import { handlers, type CallContext } from './context.ts';
import { expireAfterRun } from './expire.ts';
import { factsByHand, protectionJob } from './protection-run.ts';
import { streamJob } from './stream-job.ts';

export const protectionHandlers = {
  protect: handlers.protection.protect.handler(async function* ({ input, context, signal }) {
    const { registered, repository } = input;
    const { facts, specification, operation } = await protectionJob(context, input, async () =>
      // A run that somebody asks for does not fail because the book cannot be written.
      registered === undefined ? null : factsByHand(context, registered).catch(() => null),
    );
    const begun: { job: string; status: RunStatus | null } = { job: '', status: null };
    let expiry: Promise<unknown> = Promise.resolve();
    const onOver = (): void => {
      // One that waits for what it has asked for elsewhere is not over.
      if (begun.status === null) void neverBegan(context, facts);
      // As after a run that was due: what its profile no longer keeps goes.
      if (registered !== undefined && begun.status !== null && (facts?.profile ?? null) !== null)
        expiry = expireAfterRun(context, { repository, source: registered, status: begun.status });
    };
    const wanted = {
      ...specification,
      detach: input.detach,
      onQueued: (id: string) => void (begun.job = id),
      onOver,
    };
    const run = async (voice: Voice): Promise<ProtectResult> => {
      const result = await operation(voice, () => begun.job);
      begun.status = result.status;
      return result;
    };
    try {
      yield* streamJob({ context, signal }, wanted, run);
    } finally {
      // Beside an engine that stays it may wait for its turn; a command does not end before it.
      if (!context.stays) await expiry;
    }
  }),
};

/** A job that was cancelled while it waited has told nobody how it ended. Of others the end is in the book already. */
async function neverBegan({ runHistory, caller }: CallContext, facts: RunFacts | null): Promise<void> {
  if (facts === null) return;
  const end = new HoldfastError('CANCELLED', 'It was cancelled before it began.');
  await runHistory.end(caller, facts.run, end).catch(() => undefined);
}
