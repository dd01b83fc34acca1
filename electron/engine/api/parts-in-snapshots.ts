/** What snapshots of a source hold at a path, for who has to make it anew on this machine. */
import type { RepositoryAccess } from '../../../shared/contract/common.ts';
import { baseRaw, dirRaw, rawFromDisplay } from '../platform/raw-path.ts';
import { materialise } from '../recovery/git/materialise.ts';
import { readFact } from '../repository/format/snapshot.ts';
import { listSnapshots } from '../repository/snapshots.ts';
import type { PartInSnapshot, PrepareContext } from '../sources/source.ts';
import { openAccess } from './access.ts';
import type { CallContext } from './context.ts';

/** The repository is opened only once it is asked. */
export function partsInSnapshots(
  context: CallContext,
  access: RepositoryAccess,
  source: string,
  signal: AbortSignal,
): PrepareContext['inSnapshots'] {
  const { browsers, caller, home } = context;
  return async function* (path): AsyncGenerator<PartInSnapshot> {
    const repository = await openAccess(context, access);
    const { snapshots } = await listSnapshots(repository);
    const isOwn = ({ file: { tags } }: (typeof snapshots)[number]): boolean =>
      readFact(tags, 'source') === source && (readFact(tags, 'tenant') ?? caller.tenant) === caller.tenant;
    const raw = rawFromDisplay(path);
    const seen = new Set<string>();
    for (const { id, takenAtMs, file } of snapshots.filter(isOwn).toSorted((a, b) => b.takenAtMs - a.takenAtMs)) {
      const beside = await browsers.folders(repository, { tree: file.tree, path: dirRaw(raw) }, signal);
      const found = beside?.find(({ name }) => name === baseRaw(raw));
      if (found === undefined || seen.has(found.tree)) continue;
      seen.add(found.tree);
      const request = { repository, home, snapshot: id, path: raw, isOwnFolder: true, signal };
      yield {
        snapshot: id,
        takenAtMs,
        bringTo: async (folder, workFolder) =>
          void (await materialise({ ...request, workFolder, onProgress: () => undefined }, folder)),
      };
    }
  };
}
