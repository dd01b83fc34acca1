import type { ProtectResult } from '../../../shared/contract/protection.ts';
import { toHoldfastError } from '../../../shared/model/errors.ts';
import { formatBytes, formatCount } from '../../../shared/model/units.ts';
import { bringUpToDate } from '../indexing/bring-up-to-date.ts';
import type { Verdict } from '../jobs/job.ts';
import { processIdentity } from '../platform/identity.ts';
import { protectFolders } from '../protection/protect.ts';
import type { Repository } from '../repository/repository.ts';
import { openAccess, repositoryUse } from './access.ts';
import { handlers, type CallContext } from './context.ts';
import type { OperationVoice } from './operation.ts';
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

/** The snapshot is durable: whatever goes wrong from here on is no failure of the run, and the next one catches up. */
async function takeIntoCatalog(
  { catalog, caller }: CallContext,
  repository: Repository,
  { signal, onProgress, onNotice }: OperationVoice<never>,
  { source }: ProtectResult,
): Promise<void> {
  try {
    await bringUpToDate({
      catalog,
      repository,
      caller,
      source: { name: source, hostname: processIdentity().hostname },
      signal,
      onProgress,
      // They are about what can be searched, not about what was protected.
      onIssue: ({ path, message }) => onNotice(`Not in the catalog: ${path}: ${message}`),
      onNotice,
    });
  } catch (error) {
    const { message } = toHoldfastError(error);
    onNotice(`The snapshot is stored, but not in the catalog yet; the next run takes it in. ${message}`);
  }
}
