/** A step of a scrub: chooses what comes next, reads it, and notes what was good and what was not. */
import type { Issue } from '../../../../shared/contract/common.ts';
import type { ScrubResult } from '../../../../shared/contract/integrity.ts';
import { parseLocation } from '../../../../shared/model/location.ts';
import {
  coverageOf,
  defaultPaidBytes,
  defaultScrubDays,
  asleepAndDue,
  nextStep,
  type ScrubFile,
} from '../../../../shared/model/scrub.ts';
import { isAsleep } from '../../../../shared/model/s3-archive.ts';
import { monthOf } from '../../catalog/integrity.ts';
import { describeAsleep, wake, type Asleep } from '../../integrity/asleep.ts';
import { scrubFiles } from '../../integrity/scrub.ts';
import { missingPacks, storedFiles } from '../../integrity/stored-files.ts';
import type { Voice } from '../../jobs/voice.ts';
import { Throttle } from '../../platform/throttle.ts';
import { keptFolder, Safekeeping } from '../../repository/repair/safekeeping.ts';
import { RepairThreads } from '../../repository/repair/threads.ts';
import type { WakeOrder } from '../../repository/backend/backend.ts';
import type { Repository } from '../../repository/repository.ts';
import type { CallContext } from '../context.ts';
import { numberSetting } from '../number-setting.ts';
import { noteSpeed } from '../points/note-speed.ts';

export type ScrubCall = {
  readonly repository: Repository;
  /** Everything, whenever it was last read and whatever it costs. */
  readonly all: boolean;
  /** Asks for what is asleep. */
  readonly thaw?: WakeOrder | undefined;
  readonly nowMs: number;
  readonly mustMakeRoom?: () => boolean;
};

export async function scrubRepository(context: CallContext, call: ScrubCall, voice: Voice): Promise<ScrubResult> {
  // One thread for all of a step, where anything is to be read at all.
  const threads = new RepairThreads([call.repository], 1);
  try {
    return await scrubWith(threads, context, call, voice);
  } finally {
    await threads.close();
  }
}

async function scrubWith(
  threads: RepairThreads,
  context: CallContext,
  call: ScrubCall,
  voice: Voice,
): Promise<ScrubResult> {
  const { catalog, caller } = context;
  const { repository, nowMs } = call;
  const { id } = repository.config;
  const files = await storedFiles({ catalog, caller, repository, nowMs });
  const missing = await missingPacks(repository, threads, voice.signal, (text) => voice.onNotice(text));
  missing.forEach((issue) => voice.onIssue(issue));
  const { chosen, everyDays, heldBack, isPaid } = await choose(context, call, files);
  const asleep = await lookAfterAsleep(call, asleepAndDue(files, nowMs, everyDays), voice);
  const readAtMs = new Map<ScrubFile, number>();
  const startedAt = performance.now();
  const scrubbed = await context.impact.within(caller.tenant, (shared) =>
    scrubFiles({
      ...voice,
      repository,
      threads,
      files: chosen,
      throttle: Throttle.attach(shared),
      mustMakeRoom: call.mustMakeRoom,
      onGood: async (good) => {
        const atMs = context.nowMs();
        for (const file of good) readAtMs.set(file, atMs);
        await catalog.write('integrity.read', caller, { repository: id, files: good, atMs });
      },
    }),
  );
  await noteSpeed(context, id, { work: 'scrub', bytes: scrubbed.bytes, durationMs: performance.now() - startedAt });
  const damaged = unique([...missing, ...scrubbed.damaged]);
  const coverage = coverageOf(
    files.map((file) => ({ ...file, readAtMs: readAtMs.get(file) ?? file.readAtMs })),
    // What was read just now was read after it began.
    context.nowMs(),
    everyDays,
  );
  const paidBytes = isPaid ? scrubbed.bytes : 0;
  await catalog.write('integrity.found', caller, { repository: id, damage: damaged.map(asDamage(nowMs)) });
  await catalog.write('integrity.stepped', caller, { repository: id, atMs: nowMs, coverage, paidBytes });
  if (damaged.length === 0) await keep(context, repository, voice);
  const { files: filesRead, bytes: bytesRead } = scrubbed;
  return { filesRead, bytesRead, damaged: [...damaged], coverage, everyDays, heldBack, asleep };
}

async function choose(
  context: CallContext,
  { repository, all, nowMs }: ScrubCall,
  files: readonly ScrubFile[],
): Promise<{
  readonly chosen: readonly ScrubFile[];
  readonly everyDays: number;
  readonly heldBack: string | null;
  readonly isPaid: boolean;
}> {
  const { catalog, caller } = context;
  const everyDays = await numberSetting(context, 'scrub.days', defaultScrubDays);
  const isPaid = repository.backend.localFolder === null && parseLocation(repository.backend.location).kind === 's3';
  if (all) return { chosen: files.filter((file) => !isAsleep(file)), everyDays, heldBack: null, isPaid };
  const state = await catalog.read('integrity.scrub', caller, { repository: repository.config.id });
  const spent = state?.month === monthOf(nowMs) ? state.monthBytes : 0;
  const paid = await numberSetting(context, 'scrub.paid-bytes', defaultPaidBytes);
  const budgetBytes = isPaid ? Math.max(0, paid - spent) : null;
  const terms = { everyDays, budgetBytes };
  const chosen = nextStep(files, { steppedAtMs: state?.steppedAtMs ?? null }, nowMs, terms);
  const heldBack =
    budgetBytes === 0 ? 'What reading may cost this month is used up; `scrub --all` reads all the same.' : null;
  return { chosen, everyDays, heldBack, isPaid };
}

/** What it costs and how long it takes is said before anything is asked for. */
async function lookAfterAsleep(
  { repository, thaw }: ScrubCall,
  files: readonly ScrubFile[],
  voice: Voice,
): Promise<Asleep | null> {
  const asleep = describeAsleep(files, thaw);
  if (asleep === null || thaw === undefined) return asleep;
  asleep.words.forEach((text) => voice.onNotice(text));
  await wake(repository, files, thaw, voice.signal);
  return { ...asleep, waking: asleep.files };
}

/** Copies of the small files, from which damage to them is repaired. They do not fail a scrub. */
async function keep({ home }: CallContext, repository: Repository, voice: Voice): Promise<void> {
  try {
    await new Safekeeping(keptFolder(home, repository.config.id)).keep(repository);
  } catch (error) {
    voice.onNotice(`Config, keys and snapshots could not be copied into the home. ${String(error)}`);
  }
}

export function asDamage(foundAtMs: number) {
  return ({ path, message }: Pick<Issue, 'path' | 'message'>) => ({ path, fault: message, foundAtMs });
}

function unique(issues: readonly Issue[]): readonly Issue[] {
  return [...new Map(issues.map((issue) => [issue.path, issue])).values()];
}
