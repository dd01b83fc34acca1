import type { ProtectResult } from '../../../shared/contract/protection.ts';
import { formatBytes, formatCount } from '../../../shared/model/units.ts';
import type { Verdict } from '../jobs/job.ts';
import { protectFolders } from '../protection/protect.ts';
import { openAccess, repositoryUse } from './access.ts';
import { handlers } from './context.ts';
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
    yield* streamJob({ context, signal }, job, (voice) =>
      protectFolders({
        ...voice,
        open: () => openAccess(input.repository),
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
      }),
    );
  }),
};

function verdictOf({ status, snapshot, files, addedBytes }: ProtectResult): Verdict {
  const read = `${formatCount(files.new)} new and ${formatCount(files.changed)} changed files`;
  const summary = `Snapshot ${snapshot.slice(0, 8)}: ${read}, ${formatBytes(addedBytes)} added.`;
  return { state: status === 'partial' ? 'partial' : 'done', summary };
}
