/** Takes several sources together: in one job, at one moment, each with its own run in the book, and one record. */
import { randomBytes } from 'node:crypto';
import type { RepositoryAccess } from '../../../shared/contract/common.ts';
import type { SystemMember, SystemSnapshot } from '../../../shared/contract/systems.ts';
import { HoldfastError, throwIfCancelled } from '../../../shared/model/errors.ts';
import { holdLimits, isApart, togetherWords } from '../../../shared/model/together.ts';
import { formatCount } from '../../../shared/model/units.ts';
import type { Verdict } from '../jobs/job.ts';
import type { Voice } from '../jobs/voice.ts';
import { repositoryUse } from './access.ts';
import type { CallContext } from './context.ts';
import { expireAfterRun } from './expire.ts';
import { presentSystem } from './present-system.ts';
import { numberSetting } from './number-setting.ts';
import { heldAlone } from './quiesce-of.ts';
import { mirrorsOf } from './remote-source.ts';
import { isConfigured } from './is-configured.ts';
import { streamJob } from './stream-job.ts';
import { takeTogether } from './take-together.ts';

export type SystemRequest = {
  readonly repository: RepositoryAccess;
  /** Empty: all that are registered. */
  readonly sources: readonly string[];
  readonly description: string;
  /** For how long all may be held; undefined: as it is set. */
  readonly holdMs?: number | undefined;
  readonly detach: boolean;
};

type MemberEvent = { readonly type: 'member'; readonly member: SystemMember };

export async function* takeSystem(context: CallContext, request: SystemRequest, signal: AbortSignal | undefined) {
  const sources = await chosenSources(context, request.sources);
  const holdLimitMs = request.holdMs ?? (await holdLimitOf(context));
  const system = `${randomBytes(8).toString('hex')}-${sources.length}`;
  let job = '';
  const specification = {
    kind: 'system',
    title: request.description === '' ? `${formatCount(sources.length)} sources together` : request.description,
    priority: 'normal' as const,
    repository: await repositoryUse(context, request.repository, 'write'),
    // All of them before it begins: who has one of these may wait for the repository that this has.
    mirrors: await neededAlone(context, sources),
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
      taken = await takeAll(context, { ...request, sources, system, holdLimitMs, job: () => job }, voice);
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

/** Folders that are fetched into, and sources that are held still: by one job at a time. */
async function neededAlone(context: CallContext, names: readonly string[]): Promise<readonly string[]> {
  const { catalog, caller } = context;
  const registered = await catalog.read('registeredSources.list', caller, null);
  const chosen = registered.filter(({ name }) => names.includes(name));
  const folders = await Promise.all(chosen.map((source) => mirrorsOf(context, source)));
  const held = chosen.flatMap((source) => heldAlone(context, source));
  return [...folders.filter((folder) => folder !== null), ...held];
}

async function holdLimitOf(context: CallContext): Promise<number> {
  const { leastMs, mostMs, usualMs } = holdLimits;
  const seconds = await numberSetting(context, 'systems.hold-seconds', usualMs / 1000);
  return Math.min(mostMs, Math.max(leastMs, Math.round(seconds * 1000)));
}

type Work = SystemRequest & { readonly system: string; readonly holdLimitMs: number; readonly job: () => string };

async function takeAll(context: CallContext, work: Work, voice: Voice<MemberEvent>): Promise<SystemSnapshot> {
  const { catalog, caller, nowMs } = context;
  const { system, description, sources, holdLimitMs } = work;
  await catalog.write('systemSnapshots.begin', caller, {
    system,
    description,
    sources,
    job: work.job(),
    holdLimitMs,
    atMs: nowMs(),
  });
  try {
    await takeTogether(context, work, {
      ...voice,
      say: async ({ source }) => {
        const member = (await record(context, system)).members.find((one) => one.source === source);
        if (member !== undefined) await voice.say({ type: 'member', member });
      },
    });
  } finally {
    await catalog.write('systemSnapshots.end', caller, { system, atMs: nowMs() });
  }
  throwIfCancelled(voice.signal);
  return record(context, system);
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

function verdictOf(system: SystemSnapshot): Verdict {
  const { members, state } = system;
  const taken = members.filter(({ snapshot }) => snapshot !== null).length;
  const lost = members.length - taken;
  const words = taken === 0 ? 'Nothing was taken' : `Taken: ${togetherWords(taken, system)}`;
  const summary = lost === 0 ? `${words}.` : `${words}; ${formatCount(lost)} missing.`;
  // What was only asked for is there once AWS has completed it, which nobody waits for.
  const isWhole = state === 'full' || (state === 'running' && lost === 0);
  return { state: isWhole && !isApart(system) ? 'done' : state === 'failed' ? 'failed' : 'partial', summary };
}
