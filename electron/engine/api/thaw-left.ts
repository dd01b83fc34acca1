/** Thaws what an engine had frozen when it was killed. Of one that stays it is the first thing it does. */
import { setTimeout as sleep } from 'node:timers/promises';
import { toHoldfastError } from '../../../shared/model/errors.ts';
import type { OpenFreeze } from '../catalog/open-freezes.ts';
import type { Verdict } from '../jobs/job.ts';
import { nobody, type Voice } from '../jobs/voice.ts';
import type { RunHistory } from '../protection/run-history.ts';
import { runHook, type OnInstances } from '../protection/run-hook.ts';
import type { CallContext } from './context.ts';
import { onInstancesOf } from './guest-hooks.ts';
import { isConfigured } from './is-configured.ts';

const patienceMs = 10_000;

/** By run: whoever comes while one is being thawed waits for that. */
const underWay = new WeakMap<RunHistory, Map<string, Promise<void>>>();

/** Of one source, or of all; each in a job of its own. Resolves when nothing is left frozen that can be thawed. */
export async function thawWhatIsLeft(context: CallContext, source: string | null): Promise<void> {
  const { runHistory, caller } = context;
  const all = underWay.get(runHistory) ?? new Map<string, Promise<void>>();
  underWay.set(runHistory, all);
  const left = await runHistory.leftFrozen(caller, source);
  const thaws: Promise<void>[] = [];
  // What was held together is let go in the reverse order, and one that hangs keeps no other held.
  for (const freeze of left.toReversed()) {
    const mine = all.get(freeze.run) ?? thaw(context, freeze).finally(() => all.delete(freeze.run));
    all.set(freeze.run, mine);
    thaws.push(mine);
    await Promise.race([mine.catch(() => undefined), sleep(patienceMs, undefined, { ref: false })]);
  }
  await Promise.all(thaws);
}

async function thaw(context: CallContext, freeze: OpenFreeze): Promise<void> {
  const { jobs, caller } = context;
  // Nothing waits for a free place while something stands still.
  const request = { kind: 'thaw', title: freeze.source, priority: 'urgent' as const, repository: null, caller };
  const job = jobs.start(request, nobody, (voice) => runLeftHook(context, freeze, voice), verdictOf);
  await job.result;
}

/** The hook is run once: one that fails now would fail again, and the next run of the source thaws as well. */
async function runLeftHook(
  context: CallContext,
  { run, source, after }: OpenFreeze,
  { log }: Voice,
): Promise<string | null> {
  const { runHistory, caller, bounds } = context;
  log(`The engine ended before what run ${run} had frozen was thawed.`);
  if (after.kind === 'command' || after.kind === 'shell') await bounds.commands('A hook');
  const facts = { source, run, hook: 'after', status: 'engine-lost', snapshot: null } as const;
  // The job may be told to stop: what is frozen is thawed all the same.
  const problem = await runHook(after, facts, {
    log,
    signal: new AbortController().signal,
    onInstances: await instancesOf(context, source),
  });
  await runHistory.thawed(caller, run);
  // Nothing is stored before it is thawed, so there is no snapshot to look for.
  const row = (await runHistory.left(caller)).find((one) => one.run === run);
  const words = problem ?? 'The engine ended while it was frozen; the next one has thawed it.';
  if (row !== undefined)
    await runHistory.settle(caller, row, null, words).catch((error: unknown) => log(toHoldfastError(error).message));
  return problem;
}

function verdictOf(problem: string | null): Verdict {
  return problem === null
    ? { state: 'done', summary: 'Thawed what an engine had left frozen.' }
    : { state: 'failed', summary: problem };
}

async function instancesOf(context: CallContext, source: string): Promise<OnInstances | null> {
  if (!(await isConfigured(context))) return null;
  const found = await context.catalog.read('registeredSources.find', context.caller, { name: source });
  return found === null ? null : onInstancesOf(context, found);
}
