import type { ProtectResult } from '../../../shared/contract/protection.ts';
import { toHoldfastError } from '../../../shared/model/errors.ts';
import { formatBytes, formatCount } from '../../../shared/model/units.ts';
import { bringUpToDate } from '../indexing/bring-up-to-date.ts';
import type { Verdict } from '../jobs/job.ts';
import { nobody, type Voice } from '../jobs/voice.ts';
import { processIdentity } from '../platform/identity.ts';
import { protectFolders } from '../protection/protect.ts';
import type { Repository } from '../repository/repository.ts';
import { openAccess, repositoryUse } from './access.ts';
import { handlers, type CallContext } from './context.ts';
import { streamJob } from './stream-job.ts';

export const protectionHandlers = {
  protect: handlers.protection.protect.handler(async function* ({ input, context, signal }) {
    const { caller, home } = context;
    const job = {
      kind: 'protect',
      title: input.source ?? input.paths.join(', '),
      priority: 'normal' as const,
      repository: repositoryUse(input.repository, 'write'),
      detach: input.detach,
      judge: verdictOf,
    };
    yield* streamJob({ context, signal }, job, async (voice) => {
      const opened: { repository: Repository | null } = { repository: null };
      const result = await protectFolders({
        ...voice,
        open: async () => (opened.repository = await openAccess(input.repository)),
        caller,
        home,
        paths: input.paths,
        source: input.source,
        excludes: input.excludes,
        excludeCaches: input.excludeCaches,
        excludeLargerThanBytes: input.excludeLargerThanBytes,
        oneFileSystem: input.oneFileSystem,
        tags: input.tags,
        allowEmpty: input.allowEmpty,
        allowUnmounted: input.allowUnmounted,
        force: input.force,
      });
      if (opened.repository !== null) await takeIntoCatalog(context, opened.repository, voice, result);
      return result;
    });
  }),
};

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
  const update = (to: Voice, atMost?: number) =>
    bringUpToDate({
      catalog: context.catalog,
      repository,
      caller: context.caller,
      source: { name: source, hostname: processIdentity().hostname },
      ...(atMost !== undefined && { atMost }),
      signal: to.signal,
      onProgress: (progress) => to.onProgress(progress),
      // They are about what can be searched, not about what was protected.
      onIssue: ({ path, message }) => to.onNotice(`Not in the catalog: ${path}: ${message}`),
      onNotice: (text) => to.onNotice(text),
    });
  if (context.stays) {
    const use = { location: repository.backend.location, use: 'read' as const };
    const request = { kind: 'index', title: source, priority: 'background' as const, repository: use };
    const job = context.jobs.start({ ...request, caller: context.caller }, nobody, update, ({ indexed }) => ({
      state: 'done',
      summary: `${formatCount(indexed)} snapshots taken into the catalog.`,
    }));
    job.result.catch(() => undefined);
    return;
  }
  const changes = files.new + files.changed;
  if (parent === null || changes === 0 || changes > filesWaitedFor) return;
  try {
    await update(voice, 1);
  } catch (error) {
    const { message } = toHoldfastError(error);
    voice.onNotice(`The snapshot is stored, but not in the catalog yet; the next run takes it in. ${message}`);
  }
}
