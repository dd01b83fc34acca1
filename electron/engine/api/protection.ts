import type { ProtectResult } from '../../../shared/contract/protection.ts';
import { toHoldfastError } from '../../../shared/model/errors.ts';
import { bringUpToDate } from '../indexing/bring-up-to-date.ts';
import { processIdentity } from '../platform/identity.ts';
import { protectFolders } from '../protection/protect.ts';
import type { Repository } from '../repository/repository.ts';
import { openAccess } from './access.ts';
import { handlers, type CallContext } from './context.ts';
import { streamOperation, type OperationVoice } from './operation.ts';

export const protectionHandlers = {
  protect: handlers.protection.protect.handler(async function* ({ input, context, signal }) {
    const { caller, home } = context;
    yield* streamOperation(signal, async (voice) => {
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
