/** The sources of a system snapshot, side by side: each a run of its own, all of them at one moment. */
import type { Progress } from '../../../shared/contract/common.ts';
import { throwIfCancelled, toHoldfastError } from '../../../shared/model/errors.ts';
import { encodeMoment } from '../../../shared/model/together.ts';
import { formatCount } from '../../../shared/model/units.ts';
import type { Voice } from '../jobs/voice.ts';
import type { RunFacts } from '../protection/run.ts';
import { Together } from '../protection/together.ts';
import type { TogetherMember } from '../protection/together-member.ts';
import { Slots } from '../sources/parallel.ts';
import type { CallContext } from './context.ts';
import { factsByHand, protectionJob, type ProtectionJob } from './protection-run.ts';
import type { SystemRequest } from './system-run.ts';
import { thawWhatIsLeft } from './thaw-left.ts';

/** `say` is told of each part once it has ended. */
export type TogetherVoice = Voice<{ readonly source: string }>;

type Work = SystemRequest & {
  readonly system: string;
  readonly holdLimitMs: number;
  readonly job: () => string;
};

/** Each has its threads: more begin once one of these has its point. */
const readAtOnce = 4;

type Member = {
  readonly source: string;
  readonly facts: RunFacts | null;
  readonly job: ProtectionJob;
  readonly member: TogetherMember;
  readonly voice: Voice;
};

/** What goes wrong with one of them stands in its run, and stops none of the others; but a call to stop does. */
export async function takeTogether(context: CallContext, work: Work, voice: TogetherVoice): Promise<void> {
  const { catalog, caller, takenAtMs } = context;
  const overview = new Overview(work.sources.length, voice);
  const together = new Together({
    limitMs: work.holdLimitMs,
    nowMs: takenAtMs,
    onNotice: voice.onNotice,
    onStage: (stage) => overview.stage(stage),
  });
  const members: Member[] = [];
  // In the reverse order too, as far as another engine has left some of them held.
  for (const source of work.sources.toReversed()) {
    await thawWhatIsLeft(context, source).catch((error: unknown) => {
      voice.onNotice(`What an engine may have left frozen is not thawed. ${toHoldfastError(error).message}`);
    });
  }
  try {
    for (const source of work.sources) {
      const made = await makeReady(
        context,
        work,
        { source, voice: overview.of(source) },
        { together, before: members },
      );
      if (made !== null) members.push(made);
      else await voice.say({ source });
    }
  } catch (error) {
    for (const one of members) await failed(context, one, error);
    throw error;
  }
  const turn = new Slots(1);
  const inTurn = (tail: () => Promise<void>): Promise<void> => turn.hold(tail);
  try {
    const taking = startAll(members, (one) => takeOne(context, one, { work, voice, inTurn }));
    const ended = await Promise.allSettled([together.run(voice.signal), ...taking]);
    const failure = ended.find(({ status }) => status === 'rejected');
    if (failure?.status === 'rejected') throw failure.reason;
  } finally {
    const moments = members.map(({ member }) => {
      const { moment, ...held } = member.record;
      return { source: member.source, ...held, moment: moment === null ? null : encodeMoment(moment) };
    });
    await catalog.write('systemSnapshots.noteMoments', caller, { system: work.system, moments });
  }
  throwIfCancelled(voice.signal);
}

/** Null: it is not to be had, which its run says. What keeps it from being taken at all is known before any is held. */
async function makeReady(
  context: CallContext,
  { repository, system }: Work,
  { source, voice }: { readonly source: string; readonly voice: Voice },
  { together, before }: { readonly together: Together; readonly before: readonly Member[] },
): Promise<Member | null> {
  throwIfCancelled(voice.signal);
  let facts: RunFacts | null = null;
  try {
    const job = await protectionJob(context, { repository, registered: source }, async () => {
      // What cannot be written down is not taken: it would not be part of the record.
      facts = await factsByHand(context, source, system);
      return facts;
    });
    const quiesce = job.quiesce === null ? null : { ...job.quiesce, log: voice.log };
    const isLate = !job.isFetched && before.filter((one) => !one.job.isFetched).length >= readAtOnce;
    return { source, facts, job, voice, member: together.add(source, quiesce, { ears: voice, isLate }) };
  } catch (error) {
    await failed(context, { source, facts, voice }, error);
    return null;
  }
}

/** What is fetched begins at once, and of the others so many; the next one whenever one of these has its point. */
function startAll(members: readonly Member[], take: (member: Member) => Promise<void>): readonly Promise<void>[] {
  const fetched = members.filter(({ job }) => job.isFetched);
  const queue = members.filter(({ job }) => !job.isFetched).values();
  const lane = async (): Promise<void> => {
    const ends: Promise<void>[] = [];
    for (const one of queue) {
      ends.push(take(one));
      await one.member.over;
    }
    await Promise.all(ends);
  };
  return [...fetched.map(take), ...Array.from({ length: readAtOnce }, lane)];
}

async function takeOne(
  context: CallContext,
  one: Member,
  {
    work,
    voice,
    inTurn,
  }: {
    readonly work: Work;
    readonly voice: TogetherVoice;
    readonly inTurn: (tail: () => Promise<void>) => Promise<void>;
  },
): Promise<void> {
  const { source, job, member } = one;
  try {
    await job.operation(one.voice, work.job, { member, inTurn });
  } catch (error) {
    await failed(context, one, error);
  } finally {
    // Also where it never came to its hooks: nobody waits for it any longer.
    await member.ended('failed', null);
  }
  await voice.say({ source });
}

async function failed(
  { runHistory, caller }: CallContext,
  { source, facts, voice }: Pick<Member, 'source' | 'facts' | 'voice'>,
  error: unknown,
): Promise<void> {
  const failure = toHoldfastError(error);
  if (facts !== null) await runHistory.end(caller, facts.run, failure).catch(() => undefined);
  if (!voice.signal.aborted) voice.onIssue({ path: source, code: failure.code, message: failure.message });
}

/** How far all of them are: what is known of each, put together. */
class Overview {
  readonly #count: number;
  readonly #voice: TogetherVoice;
  readonly #parts = new Map<string, Progress>();
  #stage = '';

  constructor(count: number, voice: TogetherVoice) {
    this.#count = count;
    this.#voice = voice;
  }

  stage(stage: string): void {
    this.#stage = stage;
    this.#tell(null);
  }

  /** For one of them. */
  of(source: string): Voice {
    return {
      ...this.#voice,
      say: () => Promise.resolve(),
      onProgress: (progress) => {
        this.#parts.set(source, progress);
        this.#tell(`${source}${progress.currentItem === null ? '' : `: ${progress.currentItem}`}`);
      },
      onNotice: (text) => this.#voice.onNotice(this.#count === 1 ? text : `${source}: ${text}`),
      log: (text) => this.#voice.log(this.#count === 1 ? text : `${source}: ${text}`),
    };
  }

  #tell(currentItem: string | null): void {
    const parts = [...this.#parts.values()];
    const sum = (of: (progress: Progress) => number): number => parts.reduce((total, part) => total + of(part), 0);
    // No end is told before it is known of all.
    const all = (of: (progress: Progress) => number | null): number | null =>
      parts.length < this.#count || parts.some((part) => of(part) === null) ? null : sum((part) => of(part) ?? 0);
    this.#voice.onProgress({
      phase: this.#count === 1 ? this.#stage : `${formatCount(this.#count)} sources: ${this.#stage}`,
      doneItems: sum(({ doneItems }) => doneItems),
      totalItems: all(({ totalItems }) => totalItems),
      doneBytes: sum(({ doneBytes }) => doneBytes),
      totalBytes: all(({ totalBytes }) => totalBytes),
      currentItem,
      issues: sum(({ issues }) => issues),
    });
  }
}
