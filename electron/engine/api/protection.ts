import { protectFolders } from '../protection/protect.ts';
import { openAccess } from './access.ts';
import { handlers } from './context.ts';
import { streamOperation } from './operation.ts';

export const protectionHandlers = {
  protect: handlers.protection.protect.handler(async function* ({ input, context, signal }) {
    const { caller, home } = context;
    yield* streamOperation(signal, (voice) =>
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
