/** A drill from its beginning to its record: chosen, brought back in isolation, checked, timed, and always torn down. */
import type { RepositoryAccess } from '../../../../shared/contract/common.ts';
import type { Drill } from '../../../../shared/contract/drills.ts';
import type { RegisteredSource } from '../../../../shared/contract/sources.ts';
import { cursorAfter, defaultSampleBytes, drillVerdict, type DrillPlace } from '../../../../shared/model/drills.ts';
import { HoldfastError, toHoldfastError } from '../../../../shared/model/errors.ts';
import { formatCount } from '../../../../shared/model/units.ts';
import type { Verdict } from '../../jobs/job.ts';
import type { Voice } from '../../jobs/voice.ts';
import { rehearseFiles } from '../../recovery/drills/files.ts';
import {
  isDamage,
  withoutRescue,
  type Rehearsal,
  type RehearsalRequest,
  type SampleWish,
} from '../../recovery/drills/rehearsal.ts';
import { makeScratch } from '../../recovery/drills/scratch.ts';
import { readFact } from '../../repository/format/snapshot.ts';
import type { Repository } from '../../repository/repository.ts';
import { listSnapshots, resolveReference, type StoredSnapshot } from '../../repository/snapshots.ts';
import { processIdentity } from '../../platform/identity.ts';
import { openAccess } from '../access.ts';
import type { CallContext } from '../context.ts';
import { isConfigured } from '../is-configured.ts';
import { evidenceOf } from './drill-evidence.ts';
import { sourceDrills } from './drill-rules.ts';
import { withOwnChecks } from './own-checks.ts';
import { scratchBucket, scratchRoot, textSetting } from './places.ts';
import { tearDown } from './tear-down.ts';

export type DrillCall = {
  readonly source: string;
  readonly access: RepositoryAccess;
  readonly snapshot: string;
  /** Bytes; null: as the rule says. */
  readonly sample: number | 'whole' | null;
};

type Prepared = Pick<RehearsalRequest, 'repository' | 'snapshot' | 'wish' | 'voice' | 'step'> & {
  readonly call: DrillCall;
  readonly drill: string;
  readonly registered: RegisteredSource | null;
};

/** Never rejects for what a drill finds out: that it fails is its result. SNAPSHOT_…, DRILL_…, and what cannot be opened. */
export async function runDrill(context: CallContext, call: DrillCall, voice: Voice): Promise<Drill> {
  const { caller, drills } = context;
  const repository = withoutRescue(await openAccess(context, call.access));
  const snapshot = await newestGood(context, repository, call);
  const known = (await sourceDrills(context)).find(({ source }) => source.name === call.source) ?? null;
  const registered = known?.source ?? null;
  const drill = await drills.begin(caller, {
    source: call.source,
    kind: registered?.kind ?? 'folder',
    how: call.sample === 'whole' ? 'whole' : 'sample',
    place: await placeOf(context, registered),
    repository: { id: repository.config.id, location: repository.backend.location },
    snapshot: snapshot.id,
    takenAtMs: snapshot.takenAtMs,
    rtoMs: known?.rule?.rtoMs ?? null,
  });
  const bytes = call.sample ?? known?.rule?.sampleBytes ?? defaultSampleBytes;
  const wish: SampleWish = bytes === 'whole' ? 'whole' : { cursor: cursorAfter(known?.facts ?? []), bytes };
  const step: RehearsalRequest['step'] = (id, title, work) => drills.step(caller, drill, { id, title }, work);
  const rehearsed = await rehearse(context, { call, drill, repository, snapshot, registered, wish, voice, step });
  return endDrill(context, drill, rehearsed, voice);
}

export type Rehearsed = { readonly rehearsal: Rehearsal | null; readonly error: HoldfastError | null };

/** Tears down whatever came of it, and records how it went. */
export async function endDrill(
  context: CallContext,
  drill: string,
  { rehearsal, error }: Rehearsed,
  voice: Pick<Voice, 'onNotice'>,
): Promise<Drill> {
  const { caller, drills, evidence, live } = context;
  if (rehearsal !== null) await drills.addChecks(caller, drill, rehearsal.checks, rehearsal.issues);
  const step = { id: 'teardown', title: 'Take away what was made' };
  await drills.step(caller, drill, step, async () => {
    const { removed, left } = await tearDown(context, drill);
    for (const { place, problem } of left) voice.onNotice(`Not taken away yet: ${place}. ${problem}`);
    return { result: null, detail: `${formatCount(removed)} taken away, ${formatCount(left.length)} left` };
  });
  const state = stateOf({ rehearsal, error });
  const ended = await drills.end(caller, drill, { state, rehearsal, error });
  const draft = evidenceOf(ended, { tenant: caller.tenant, endedAt: ended.endedAt ?? ended.startedAt, state });
  const record = await evidence.record(draft);
  if (record !== null) await drills.change(caller, drill, { evidence: record });
  live.changed(caller.tenant);
  return { ...ended, evidence: record };
}

function stateOf({ rehearsal, error }: Rehearsed): 'passed' | 'partial' | 'failed' | 'interrupted' {
  if (error !== null) return error.code === 'CANCELLED' || error.code === 'ENGINE_STOPPED' ? 'interrupted' : 'failed';
  return rehearsal === null ? 'failed' : drillVerdict(rehearsal.checks, rehearsal.left);
}

async function rehearse(context: CallContext, prepared: Prepared): Promise<Rehearsed> {
  const { signal } = prepared.voice;
  try {
    const { drill, registered } = prepared;
    const rehearsal = await inIsolation(context, prepared);
    return { rehearsal: await withOwnChecks(context, { drill, registered, signal }, rehearsal), error: null };
  } catch (thrown) {
    const error = signal.aborted ? toHoldfastError(signal.reason) : toHoldfastError(thrown);
    if (error.code === 'INTERNAL') context.life.log.error('A drill has met a fault.', { error: thrown });
    return { rehearsal: null, error };
  }
}

async function inIsolation(context: CallContext, prepared: Prepared): Promise<Rehearsal> {
  const { registered, call, drill, snapshot } = prepared;
  if (registered?.kind === 'ec2') return inInstance(context, { ...prepared, registered });
  const root = await scratchRoot(context);
  await context.drills.note(context.caller, drill, { kind: 'folder', root });
  const request = { ...prepared, scratch: await makeScratch(root, drill) };
  switch (registered?.kind) {
    case 'git':
    case 'github': {
      const [{ rehearseRepositories }, { look }] = await Promise.all([
        import('../../recovery/drills/repositories.ts'),
        import('../git.ts'),
      ]);
      const { tree } = await look(context, { repository: call.access, snapshot: snapshot.id }, prepared.voice.signal);
      return rehearseRepositories({ ...request, tree });
    }
    case 's3-bucket': {
      const { rehearseObjects } = await import('../../recovery/drills/objects.ts');
      return rehearseObjects({ ...request, bucket: await scratchBucket(context, drill, registered) });
    }
    case 'folder':
    case undefined:
      return rehearseFiles({ ...request, isOfHere: isOfHere(snapshot, registered) });
  }
}

async function inInstance(
  context: CallContext,
  prepared: Prepared & { readonly registered: Extract<RegisteredSource, { readonly kind: 'ec2' }> },
): Promise<Rehearsal> {
  const { registered, drill, call } = prepared;
  const { rehearseInstance } = await import('./rehearse-instance.ts');
  const account = (await textSetting(context, 'drills.account')) ?? registered.account;
  const { region, endpoint } = registered;
  const title = `Drill of ${registered.name}`;
  const note = async (run: string): Promise<void> => {
    await context.drills.note(context.caller, drill, { kind: 'instance', run, account });
  };
  return rehearseInstance(context, { ...prepared, access: call.access, account, region, endpoint, title, note });
}

async function placeOf(context: CallContext, registered: RegisteredSource | null): Promise<DrillPlace> {
  if (registered?.kind === 'ec2') return 'instance';
  const isBucket = registered?.kind === 's3-bucket' && (await textSetting(context, 'drills.bucket')) !== null;
  return isBucket ? 'bucket' : 'folder';
}

/** Only then do its paths lead to the source. */
function isOfHere({ file }: StoredSnapshot, registered: RegisteredSource | null): boolean {
  return registered?.kind === 'folder' && file.hostname === processIdentity().hostname;
}

const goodStates: ReadonlySet<string> = new Set(['complete', 'completeWithExceptions']);

/** `latest` is the newest that is good; what restic made counts, for it says nothing. */
export async function newestGood(
  context: CallContext,
  repository: Repository,
  call: Pick<DrillCall, 'snapshot' | 'source'>,
): Promise<StoredSnapshot> {
  const { tenant } = context.caller;
  const { snapshots } = await listSnapshots(repository);
  const own = snapshots.filter(({ file }) => (readFact(file.tags, 'tenant') ?? tenant) === tenant);
  if (call.snapshot !== 'latest') return resolveReference(own, call.snapshot, call.source).snapshot;
  const good = own.filter(({ file }) => goodStates.has(readFact(file.tags, 'status') ?? 'complete'));
  return resolveReference(good, 'latest', call.source).snapshot;
}

/** Where a source's snapshots go: as its profile says, else the primary repository. DRILL_IMPOSSIBLE. */
export async function usualAccess(context: CallContext, source: string): Promise<RepositoryAccess> {
  const known = (await isConfigured(context))
    ? (await sourceDrills(context)).find((one) => one.source.name === source)
    : undefined;
  const wanted = known?.profile?.definition.repository ?? null;
  const all = await context.connections.list(context.caller);
  const found = all.find(({ id, primary }) => (wanted === null ? primary : id === wanted));
  if (found !== undefined) return { id: found.id };
  throw new HoldfastError('DRILL_IMPOSSIBLE', `It is not known in which repository the snapshots of ${source} lie.`);
}

export function judgeDrill({ state, checks, error, rto, items, issues }: Drill): Verdict {
  const bad = checks.find(({ result }) => result === 'bad');
  if (state === 'passed') return { state: 'done', summary: `${formatCount(items)} things brought back as they were.` };
  const why = error?.message ?? bad?.detail ?? issues.find((issue) => !isDamage(issue))?.message ?? '';
  if (state === 'partial') return { state: 'partial', summary: `Not all of it could be proven. ${why}` };
  return { state: 'failed', summary: rto === null ? `The drill has failed. ${why}` : why };
}
