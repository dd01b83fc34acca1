import { HoldfastError } from '../../../shared/model/errors.ts';
import { manualPeriod } from '../../../shared/model/profile.ts';
import type { RunFacts } from '../protection/protect.ts';
import { handlers, type CallContext } from './context.ts';
import { protectionJob } from './protection-run.ts';
import { streamJob } from './stream-job.ts';

export const protectionHandlers = {
  protect: handlers.protection.protect.handler(async function* ({ input, context, signal }) {
    const { registered } = input;
    const { facts, specification, operation } = await protectionJob(context, input, async () =>
      registered === undefined ? null : askedByHand(context, registered),
    );
    let job = '';
    const wanted = {
      ...specification,
      detach: input.detach,
      onQueued: (id: string) => void (job = id),
      onOver: () => void neverBegan(context, facts),
    };
    yield* streamJob({ context, signal }, wanted, (voice) => operation(voice, () => job));
  }),
};

/** Null where the book cannot be written: a run that somebody asks for does not fail because of it. */
async function askedByHand({ runHistory, caller, catalog }: CallContext, source: string): Promise<RunFacts | null> {
  const request = { source, profile: null, periods: [manualPeriod], occurrenceMs: null, late: false };
  try {
    const run = await runHistory.ask(caller, request);
    // The profile of its source says how long it is kept.
    const registered = await catalog.read('registeredSources.find', caller, { name: source });
    const of = { name: source, tags: registered?.tags ?? [] };
    const effective = await catalog.read('profiles.effective', caller, of);
    return { run, profile: effective?.profile.profile ?? null, periods: [manualPeriod] };
  } catch {
    return null;
  }
}

/** A job that was cancelled while it waited has told nobody how it ended. Of others the end is in the book already. */
async function neverBegan({ runHistory, caller }: CallContext, facts: RunFacts | null): Promise<void> {
  if (facts === null) return;
  const end = new HoldfastError('CANCELLED', 'It was cancelled before it began.');
  await runHistory.end(caller, facts.run, end).catch(() => undefined);
}
