/** Takes several sources together: one after the other in one job, each with its own run in the book, and one record. */
import { randomBytes } from 'node:crypto';
import type { RepositoryAccess } from '../../../shared/contract/common.ts';
import type { SystemMember, SystemSnapshot } from '../../../shared/contract/systems.ts';
import { HoldfastError, throwIfCancelled, toHoldfastError } from '../../../shared/model/errors.ts';
import { skewWords } from '../../../shared/model/system-snapshots.ts';
import { formatCount } from '../../../shared/model/units.ts';
import type { Verdict } from '../jobs/job.ts';
import type { Voice } from '../jobs/voice.ts';
import type { RunFacts } from '../protection/run.ts';
import { repositoryUse } from './access.ts';
import type { CallContext } from './context.ts';
import { expireAfterRun } from './expire.ts';
import { presentSystem } from './present-system.ts';
import { factsByHand, protectionJob } from './protection-run.ts';
import { mirrorsOf } from './remote-source.ts';
import { isConfigured } from './is-configured.ts';
import { streamJob } from './stream-job.ts';

export type SystemRequest = {
  readonly repository: RepositoryAccess;
  /** Empty: all that are registered. */
  readonly sources: readonly string[];
  readonly description: string;
  readonly detach: boolean;
};

type MemberEvent = { readonly type: 'member'; readonly member: SystemMember };

export async function* takeSystem(context: CallContext, request: SystemRequest, signal: AbortSignal | undefined) {
  const sources = await chosenSources(context, request.sources);
  const system = `${randomBytes(8).toString('hex')}-${sources.length}`;
  let job = '';
  const specification = {
    kind: 'system',
    title: request.description === '' ? `${formatCount(sources.length)} sources together` : request.description,
    priority: 'normal' as const,
    repository: await repositoryUse(context, request.repository, 'write'),
    // Before it begins: who fetches into one may wait for the repository that this has.
    mirrors: await mirrorsOfAll(context, sources),
    judge: verdictOf,
    detach: request.detach,
    onQueued: (id: string) => void (job = id),
  };
  let taken: SystemSnapshot | null = null;
  let expiry: Promise<unknown> = Promise.resolve();
  // It needs the repository alone, so it waits until the job is over.
  const onOver = (): void => void (expiry = taken === null ? expiry : expire(context, request, taken));
  try {
    yield* streamJob<SystemSnapshot, MemberEvent>({ context, signal }, { ...specification, onOver }, async (voice) => {
      taken = await takeAll(context, { ...request, sources, system, job: () => job }, voice);
      return taken;
    });
  } finally {
    // Beside an engine that stays it may wait for its turn; a command does not end before it.
    if (!context.stays) await expiry;
  }
}

/** SOURCE_UNKNOWN, BAD_USAGE. */
async function chosenSources(context: CallContext, names: readonly string[]): Promise<readonly string[]> {
  const { catalog, caller } = context;
  const registered = (await isConfigured(context)) ? await catalog.read('registeredSources.list', caller, null) : [];
  const known = new Set(registered.map(({ name }) => name));
  const unknown = names.find((name) => !known.has(name));
  if (unknown !== undefined) throw new HoldfastError('SOURCE_UNKNOWN', `No source is registered as ${unknown}.`);
  const chosen = names.length === 0 ? [...known] : [...new Set(names)];
  if (chosen.length === 0) throw new HoldfastError('BAD_USAGE', 'No source is registered that could be taken.');
  return chosen;
}

async function mirrorsOfAll(context: CallContext, names: readonly string[]): Promise<readonly string[]> {
  const { catalog, caller } = context;
  const registered = await catalog.read('registeredSources.list', caller, null);
  const chosen = registered.filter(({ name }) => names.includes(name));
  const folders = await Promise.all(chosen.map((source) => mirrorsOf(context, source)));
  return folders.filter((folder) => folder !== null);
}

type Work = SystemRequest & { readonly system: string; readonly job: () => string };

async function takeAll(context: CallContext, work: Work, voice: Voice<MemberEvent>): Promise<SystemSnapshot> {
  const { catalog, caller, nowMs } = context;
  const { system, description, sources } = work;
  await catalog.write('systemSnapshots.begin', caller, {
    system,
    description,
    sources,
    job: work.job(),
    atMs: nowMs(),
  });
  try {
    for (const [at, source] of sources.entries()) {
      throwIfCancelled(voice.signal);
      const place = sources.length === 1 ? source : `${source}, ${at + 1} of ${sources.length}`;
      await takeOne(context, work, source, ofPart(voice, place));
      const member = (await record(context, system)).members.find((one) => one.source === source);
      if (member !== undefined) await voice.say({ type: 'member', member });
    }
  } finally {
    await catalog.write('systemSnapshots.end', caller, { system, atMs: nowMs() });
  }
  return record(context, system);
}

/** How far it is, is said of the part that is being taken: nobody knows how much there is in those to come. */
function ofPart(voice: Voice<MemberEvent>, place: string): Voice<MemberEvent> {
  return {
    ...voice,
    onProgress: (progress) => voice.onProgress({ ...progress, phase: `${place}: ${progress.phase}` }),
  };
}

/** What goes wrong with one of them stands in its run, and stops none of the others; but a call to stop does. */
async function takeOne(context: CallContext, work: Work, source: string, voice: Voice<MemberEvent>): Promise<void> {
  const { runHistory, caller } = context;
  let facts: RunFacts | null = null;
  try {
    const { operation } = await protectionJob(
      context,
      { repository: work.repository, registered: source },
      async () => {
        // What cannot be written down is not taken: it would not be part of the record.
        facts = await factsByHand(context, source, work.system);
        return facts;
      },
    );
    await operation({ ...voice, say: () => Promise.resolve() }, work.job);
  } catch (error) {
    const failure = toHoldfastError(error);
    const { run } = (facts as RunFacts | null) ?? { run: null };
    if (run !== null) await runHistory.end(caller, run, failure).catch(() => undefined);
    throwIfCancelled(voice.signal);
    voice.onIssue({ path: source, code: failure.code, message: failure.message });
  }
}

/** After all of it: nothing goes while parts are still being taken. */
async function expire(context: CallContext, { repository }: SystemRequest, taken: SystemSnapshot): Promise<void> {
  for (const { source, state } of taken.members) {
    if (state === 'complete' || state === 'completeWithExceptions')
      await expireAfterRun(context, { repository, source, status: state });
  }
}

async function record({ catalog, caller }: CallContext, system: string): Promise<SystemSnapshot> {
  const [row] = await catalog.read('systemSnapshots.matching', caller, { beginning: system });
  if (row === undefined) throw new HoldfastError('SYSTEM_UNKNOWN', `There is no system snapshot ${system}.`);
  return presentSystem(row, true);
}

function verdictOf({ members, skewMs, state }: SystemSnapshot): Verdict {
  const taken = members.filter(({ snapshot }) => snapshot !== null).length;
  const lost = members.length - taken;
  const words = taken === 0 ? 'Nothing was taken' : `Taken: ${skewWords(taken, skewMs)}`;
  const summary = lost === 0 ? `${words}.` : `${words}; ${formatCount(lost)} missing.`;
  return { state: state === 'full' ? 'done' : state === 'failed' ? 'failed' : 'partial', summary };
}
