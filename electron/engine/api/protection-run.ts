/** One run of protection as a job: what it is of, what it does beside the snapshot, and the book that is kept of it. */
import type { RepositoryAccess } from '../../../shared/contract/common.ts';
import type { ProtectInput, ProtectResult } from '../../../shared/contract/protection.ts';
import type { RegisteredSource } from '../../../shared/contract/sources.ts';
import { HoldfastError, toHoldfastError } from '../../../shared/model/errors.ts';
import { manualPeriod } from '../../../shared/model/profile.ts';
import { lockedUntil } from '../../../shared/model/period-retention.ts';
import { formatBytes, formatCount } from '../../../shared/model/units.ts';
import { bringBackWhatWasLost, saveHere, saveWhatIsUnsaved } from '../configuration/save.ts';
import type { FoundByRun } from '../catalog/source-findings.ts';
import { bringUpToDate, noteSnapshots, type UpdateRequest } from '../indexing/bring-up-to-date.ts';
import type { Verdict } from '../jobs/job.ts';
import type { Voice } from '../jobs/voice.ts';
import { processIdentity } from '../platform/identity.ts';
import { machineZone } from '../platform/machine-zone.ts';
import type { SharedThrottle } from '../platform/throttle.ts';
import { protectFetched } from '../protection/protect-fetched.ts';
import { protectSource } from '../protection/protect-source.ts';
import { protectFolders, type ProtectRequest } from '../protection/protect.ts';
import type { Quiesce } from '../protection/hooks.ts';
import type { RunFacts } from '../protection/run.ts';
import type { TogetherMember } from '../protection/together-member.ts';
import type { Repository } from '../repository/repository.ts';
import { openAccess, repositoryUse } from './access.ts';
import { capturedOf } from './captured-source.ts';
import type { CallContext } from './context.ts';
import { fenceOf } from './fence.ts';
import { partsInSnapshots } from './parts-in-snapshots.ts';
import { mirrorsOf, remoteOf } from './remote-source.ts';
import { heldAlone, quiesceOf } from './quiesce-of.ts';
import { isConfigured } from './is-configured.ts';
import type { JobSpecification } from './stream-job.ts';
import { indexInBackground } from './take-in.ts';
import { thawWhatIsLeft } from './thaw-left.ts';

export type ProtectionJob = {
  readonly facts: RunFacts | null;
  readonly specification: Omit<JobSpecification<ProtectResult>, 'detach' | 'onQueued' | 'onOver'>;
  /** What runs around it, where it is not taken by itself; null: nothing does. */
  readonly quiesce: Omit<Quiesce, 'log'> | null;
  /** Whether it is fetched from elsewhere before it is captured. */
  readonly isFetched: boolean;
  /** `job` is the id of the job it runs in. `company`: of one that is taken together with others. */
  readonly operation: (voice: Voice, job: () => string, company?: Company) => Promise<ProtectResult>;
};

export type Company = {
  readonly member: TogetherMember;
  /** What is no part of taking it is done by one at a time. */
  readonly inTurn: (work: () => Promise<void>) => Promise<void>;
};

type Input = ProtectInput & { readonly repository: RepositoryAccess };

/**
 * SOURCE_UNKNOWN, CONFIGURATION_LOST, BAD_USAGE. `bookOf` puts the run into the book once it is known what it is of, and
 * gives its facts; null where no book is kept of it.
 */
export async function protectionJob(
  context: CallContext,
  input: Input,
  bookOf: () => Promise<RunFacts | null>,
): Promise<ProtectionJob> {
  const { caller, home } = context;
  const registered = input.registered === undefined ? null : await registeredSource(context, input);
  const what = registered?.request ?? input;
  await context.bounds.folders(what.paths ?? []);
  const use = await repositoryUse(context, input.repository, 'write');
  const mirrors = registered === null ? null : await mirrorsOf(context, registered.source);
  const held = registered === null || input.hooks === false ? [] : heldAlone(context, registered.source);
  const specification = {
    kind: 'protect',
    // As the source is called, so that its runs are found.
    title: what.source ?? (what.paths ?? []).join(' + '),
    priority: 'normal' as const,
    // What lies elsewhere is fetched first, and that needs no repository.
    repository: mirrors === null ? use : null,
    mirrors: mirrors === null ? held : [mirrors, ...held],
    judge: verdictOf,
  };
  const facts = await withLock(context, await bookOf());
  const source = input.hooks === false ? null : (registered?.source ?? null);
  const quiesce = source === null ? null : await quiesceOf(context, source, facts);
  const operation: ProtectionJob['operation'] = async (voice, job, company) => {
    // Once more: it may have waited long.
    await context.bounds.folders(what.paths ?? []);
    registered?.notices.forEach((text) => voice.onNotice(text));
    if (registered !== null) await thawFirst(context, registered.source.name, voice);
    const opened: { repository: Repository | null } = { repository: null };
    const open = async (): Promise<Repository> => {
      const repository = await openAccess(context, input.repository);
      if (facts !== null) await context.runHistory.begin(caller, facts.run, job(), repository.config.id);
      return (opened.repository = repository);
    };
    const of = registered?.source ?? null;
    const remote =
      of?.kind === 'ec2'
        ? await (await import('./ec2-source-of.ts')).ec2Job(context, of, { facts, open })
        : of && (await remoteOf(context, of, input.allowEmpty ?? false));
    const captured = of && (await capturedOf(context, of, input.allowEmpty ?? false));
    const protect = (throttle: SharedThrottle) => {
      const common = {
        ...voice,
        throttle,
        open,
        caller,
        fence: fenceOf(context),
        home,
        nowMs: context.takenAtMs,
        source: what.source,
        excludeCaches: what.excludeCaches ?? false,
        excludeLargerThanBytes: what.excludeLargerThanBytes,
        oneFileSystem: what.oneFileSystem ?? false,
        tags: input.tags ?? [],
        facts,
        quiesce: quiesce === null ? null : { ...quiesce, log: voice.log },
        allowEmpty: input.allowEmpty ?? false,
        allowUnmounted: input.allowUnmounted ?? false,
        force: input.force ?? false,
      };
      const hooks = company?.member ?? null;
      if (captured !== null) return protectSource({ ...common, ...captured, hooks, name: what.source ?? '' });
      return remote === null
        ? protectFolders({ ...common, hooks, paths: what.paths ?? [], excludes: what.excludes ?? [] })
        : protectFetched({
            ...common,
            ...remote,
            together: hooks,
            beforeCapture: () => voice.claim(use),
            inSnapshots: partsInSnapshots(context, input.repository, what.source ?? '', voice.signal),
            onFindings: (found, isWhole) =>
              noteFindings(context, { source: what.source ?? '', run: facts?.run ?? '', found, isWhole }),
          });
    };
    const result = await context.impact.within(caller.tenant, protect);
    if (opened.repository === null) return result;
    const { repository } = opened;
    await (company?.inTurn ?? atOnce)(async () => {
      await saveTheConfiguration(context, repository, voice, registered !== null);
      await takeIntoCatalog(context, repository, voice, result, registered !== null);
      await markSuspicion(context, result);
    });
    // What was asked for elsewhere is followed from now on.
    if (result.status === 'pending') context.rePlan();
    return result;
  };
  return {
    facts,
    specification,
    quiesce,
    isFetched: mirrors !== null,
    operation: (voice, job, company) => booked(context, facts, voice, () => operation(voice, job, company)),
  };
}

function atOnce(work: () => Promise<void>): Promise<void> {
  return work();
}

/** Into the book, as what is asked for by hand: the profile of its source says how long it is kept. */
export async function factsByHand(
  { runHistory, caller, catalog }: CallContext,
  source: string,
  system?: string,
): Promise<RunFacts> {
  const part = system === undefined ? {} : { system };
  const periods = [manualPeriod];
  const run = await runHistory.ask(caller, {
    source,
    profile: null,
    periods,
    occurrenceMs: null,
    late: false,
    ...part,
  });
  const registered = await catalog.read('registeredSources.find', caller, { name: source });
  const effective = await catalog.read('profiles.effective', caller, { name: source, tags: registered?.tags ?? [] });
  return { run, profile: effective?.profile.profile ?? null, periods, ...part };
}

/** A lock is stated by the snapshot itself, so that a later change of the profile does not take it away. */
async function withLock({ catalog, caller }: CallContext, facts: RunFacts | null): Promise<RunFacts | null> {
  if (facts === null || facts.profile === null) return facts;
  const row = await catalog.read('profiles.find', caller, { profile: facts.profile });
  const periods = row?.definition.periods.filter(({ id }) => facts.periods.includes(id)) ?? [];
  const zone = row?.definition.zone ?? machineZone();
  return { ...facts, lockedUntil: (takenAtMs) => lockedUntil(periods, takenAtMs, zone) };
}

/** The end of the run goes into the book before anybody hears of it. What cannot be written there is found out later. */
async function booked(
  { runHistory, caller }: CallContext,
  facts: RunFacts | null,
  voice: Voice,
  work: () => Promise<ProtectResult>,
): Promise<ProtectResult> {
  if (facts === null) return work();
  const end = (outcome: ProtectResult | HoldfastError): Promise<void> =>
    runHistory
      .end(caller, facts.run, outcome)
      .catch((error: unknown) =>
        voice.onNotice(`The run is not in the history yet. ${toHoldfastError(error).message}`),
      );
  try {
    const result = await work();
    await end(result);
    return result;
  } catch (error) {
    await end(toHoldfastError(error));
    throw error;
  }
}

/** They are for alerts: what cannot be written down is found again by the next run. */
async function noteFindings(
  { catalog, caller, nowMs }: CallContext,
  findings: Omit<FoundByRun, 'atMs'>,
): Promise<void> {
  await catalog.write('sourceFindings.note', caller, { ...findings, atMs: nowMs() }).catch(() => undefined);
}

type Registered = {
  /** Of a source that lies elsewhere, its name alone. */
  readonly request: Partial<
    Pick<ProtectRequest, 'paths' | 'excludes' | 'excludeCaches' | 'excludeLargerThanBytes' | 'oneFileSystem'>
  > &
    Pick<ProtectRequest, 'source'>;
  readonly source: RegisteredSource;
  readonly notices: readonly string[];
};

/** What is protected under a name. SOURCE_UNKNOWN, CONFIGURATION_LOST. */
async function registeredSource(
  context: CallContext,
  { registered: name = '', repository, paths }: ProtectInput & { readonly repository: RepositoryAccess },
): Promise<Registered> {
  if (paths !== undefined && paths.length > 0)
    throw new HoldfastError('BAD_USAGE', 'Either paths or a registered source can be protected, not both.');
  const notices: string[] = [];
  await bringBackWhatWasLost(
    context,
    () => openAccess(context, repository),
    (text) => notices.push(text),
  );
  const source = (await isConfigured(context))
    ? await context.catalog.read('registeredSources.find', context.caller, { name })
    : null;
  if (source === null) throw new HoldfastError('SOURCE_UNKNOWN', `No source is registered as ${name}.`);
  return { request: requestOf(source), source, notices };
}

function requestOf(source: RegisteredSource): Registered['request'] {
  const { name } = source;
  if (source.kind !== 'folder') return { source: name };
  const { paths, excludes, excludeCaches, excludeLargerThanBytes, oneFileSystem } = source;
  return {
    source: name,
    paths,
    excludes,
    excludeCaches,
    excludeLargerThanBytes: excludeLargerThanBytes ?? undefined,
    oneFileSystem,
  };
}

/** Also without hooks of its own: nothing else might come to thaw it. */
async function thawFirst(context: CallContext, source: string, voice: Voice): Promise<void> {
  await thawWhatIsLeft(context, source).catch((error: unknown) => {
    voice.onNotice(`What an engine may have left frozen is not thawed. ${toHoldfastError(error).message}`);
  });
}

/** The snapshot is durable: what goes wrong from here on is no failure of the run. */
export async function saveTheConfiguration(
  context: CallContext,
  repository: Repository,
  voice: Voice,
  registered: boolean,
): Promise<void> {
  const save = registered ? saveHere : saveWhatIsUnsaved;
  try {
    await save(context, repository, (text) => voice.onNotice(text));
  } catch (error) {
    voice.onNotice(`The configuration could not be looked up: ${toHoldfastError(error).message}`);
  }
}

function verdictOf({
  status,
  snapshot,
  items,
  files,
  addedBytes,
  consistency,
  consistencyProblem,
}: ProtectResult): Verdict {
  const read = `${formatCount(files.new)} new and ${formatCount(files.changed)} changed files`;
  if (status === 'pending') return { state: 'done', summary: requestedWords(items) };
  const summary = `Snapshot ${snapshot.slice(0, 8)}: ${read}, ${formatBytes(addedBytes)} added.`;
  const held = consistency === 'crash' ? ' Crash-consistent only.' : '';
  const problem = consistencyProblem === null ? '' : ` ${consistencyProblem}`;
  return { state: status === 'partial' ? 'partial' : 'done', summary: `${summary}${held}${problem}` };
}

function requestedWords(items: ProtectResult['items']): string {
  const count = items.filter(({ complete }) => complete).length;
  return `${formatCount(count)} native ${count === 1 ? 'snapshot is' : 'snapshots are'} asked for; it counts once AWS has completed them.`;
}

/** A command waits no longer than for this many changed files; what is more is taken in by whoever searches next. */
const filesWaitedFor = 20_000;

/**
 * The snapshot is durable: whatever goes wrong from here on is no failure of the run, and the next one catches up. An
 * engine that stays does it on the side.
 */
export async function takeIntoCatalog(
  context: CallContext,
  repository: Repository,
  voice: Voice,
  { source, parent, files }: ProtectResult,
  isRegistered: boolean,
): Promise<void> {
  const { catalog, caller } = context;
  const of = { name: source, hostname: processIdentity().hostname };
  if (context.stays) {
    try {
      await noteSnapshots({ catalog, caller, repository, ...earsOf(voice), onProgress: () => undefined });
    } catch (error) {
      voice.onNotice(`The snapshot is stored, but not in the catalog yet. ${toHoldfastError(error).message}`);
    }
    indexInBackground(context, repository, source, of);
    return;
  }
  const changes = files.new + files.changed;
  try {
    if (parent === null || changes === 0 || changes > filesWaitedFor) {
      // What is registered has a freshness, which is judged by what the catalog knows.
      if (isRegistered)
        await noteSnapshots({ catalog, caller, repository, ...earsOf(voice), onProgress: () => undefined });
      return;
    }
    await bringUpToDate({ catalog, caller, repository, source: of, atMost: 1, ...earsOf(voice) });
  } catch (error) {
    const { message } = toHoldfastError(error);
    voice.onNotice(`The snapshot is stored, but not in the catalog yet; the next run takes it in. ${message}`);
  }
}

/** Also where the catalog is not brought up to date now. What goes wrong here is found in the snapshot itself later. */
async function markSuspicion(
  { catalog, caller }: CallContext,
  { snapshot, source, suspicion, takenAt }: ProtectResult,
): Promise<void> {
  if (suspicion === null) return;
  const mark = { snapshot, source, reason: suspicion, atMs: Date.parse(takenAt) };
  await catalog.write('incidents.suspect', caller, mark).catch(() => undefined);
}

function earsOf(voice: Voice): Pick<UpdateRequest, 'signal' | 'onProgress' | 'onIssue' | 'onNotice'> {
  return {
    signal: voice.signal,
    onProgress: (progress) => voice.onProgress(progress),
    // They are about what can be searched, not about what was protected.
    onIssue: ({ path, message }) => voice.onNotice(`Not in the catalog: ${path}: ${message}`),
    onNotice: (text) => voice.onNotice(text),
  };
}
