import type { RepositoryAccess } from '../../../shared/contract/common.ts';
import type { ProtectInput, ProtectResult } from '../../../shared/contract/protection.ts';
import { HoldfastError, toHoldfastError } from '../../../shared/model/errors.ts';
import { formatBytes, formatCount } from '../../../shared/model/units.ts';
import { bringBackWhatWasLost, saveHere, saveWhatIsUnsaved } from '../configuration/save.ts';
import { bringUpToDate, noteSnapshots, type UpdateRequest } from '../indexing/bring-up-to-date.ts';
import type { Verdict } from '../jobs/job.ts';
import type { Voice } from '../jobs/voice.ts';
import { processIdentity } from '../platform/identity.ts';
import type { SharedThrottle } from '../platform/throttle.ts';
import { protectFolders, type ProtectRequest } from '../protection/protect.ts';
import type { Repository } from '../repository/repository.ts';
import { openAccess, repositoryUse } from './access.ts';
import { handlers, type CallContext } from './context.ts';
import { isConfigured } from './sources.ts';
import { streamJob } from './stream-job.ts';
import { indexInBackground } from './take-in.ts';

export const protectionHandlers = {
  protect: handlers.protection.protect.handler(async function* ({ input, context, signal }) {
    const { caller, home } = context;
    const registered = input.registered === undefined ? null : await registeredSource(context, input);
    const what = registered?.request ?? input;
    const job = {
      kind: 'protect',
      // As the source is called, so that its runs are found.
      title: what.source ?? what.paths.join(' + '),
      priority: 'normal' as const,
      repository: await repositoryUse(context, input.repository, 'write'),
      detach: input.detach,
      judge: verdictOf,
    };
    yield* streamJob({ context, signal }, job, async (voice) => {
      registered?.notices.forEach((text) => voice.onNotice(text));
      const opened: { repository: Repository | null } = { repository: null };
      const protect = (throttle: SharedThrottle) =>
        protectFolders({
          ...voice,
          throttle,
          open: async () => (opened.repository = await openAccess(context, input.repository)),
          caller,
          home,
          nowMs: context.takenAtMs,
          paths: what.paths,
          source: what.source,
          excludes: what.excludes,
          excludeCaches: what.excludeCaches,
          excludeLargerThanBytes: what.excludeLargerThanBytes,
          oneFileSystem: what.oneFileSystem,
          tags: input.tags,
          allowEmpty: input.allowEmpty,
          allowUnmounted: input.allowUnmounted,
          force: input.force,
        });
      const result = await context.impact.within(caller.tenant, protect);
      if (opened.repository === null) return result;
      await saveTheConfiguration(context, opened.repository, voice, registered !== null);
      await takeIntoCatalog(context, opened.repository, voice, result);
      await markSuspicion(context, result);
      return result;
    });
  }),
};

type Registered = {
  readonly request: Pick<
    ProtectRequest,
    'paths' | 'source' | 'excludes' | 'excludeCaches' | 'excludeLargerThanBytes' | 'oneFileSystem'
  >;
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
  if (source.approved !== null)
    notices.push('The commands of this source are kept, but this version does not run them.');
  const { excludes, excludeCaches, excludeLargerThanBytes, oneFileSystem } = source;
  const request = {
    paths: source.paths,
    source: name,
    excludes,
    excludeCaches,
    excludeLargerThanBytes: excludeLargerThanBytes ?? undefined,
    oneFileSystem,
  };
  return { request, notices };
}

/** The snapshot is durable: what goes wrong from here on is no failure of the run. */
async function saveTheConfiguration(
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

function verdictOf({ status, snapshot, files, addedBytes }: ProtectResult): Verdict {
  const read = `${formatCount(files.new)} new and ${formatCount(files.changed)} changed files`;
  const summary = `Snapshot ${snapshot.slice(0, 8)}: ${read}, ${formatBytes(addedBytes)} added.`;
  return { state: status === 'partial' ? 'partial' : 'done', summary };
}

/** A command waits no longer than for this many changed files; what is more is taken in by whoever searches next. */
const filesWaitedFor = 20_000;

/**
 * The snapshot is durable: whatever goes wrong from here on is no failure of the run, and the next one catches up. An
 * engine that stays does it on the side.
 */
async function takeIntoCatalog(
  context: CallContext,
  repository: Repository,
  voice: Voice,
  { source, parent, files }: ProtectResult,
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
  if (parent === null || changes === 0 || changes > filesWaitedFor) return;
  try {
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
