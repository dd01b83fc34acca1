/** Snapshots in the repository that wait for native ones: they count, or say what is missing, once AWS is done. */
import type { NativeSnapshot } from '../aws/snapshots.ts';
import { isOwn, type Owner } from '../aws/lineage.ts';
import { encodeFact, readFact, readFacts, type SnapshotFile } from '../repository/format/snapshot.ts';
import { replaceSnapshot } from '../repository/replace-snapshot.ts';
import type { Repository } from '../repository/repository.ts';
import { listSnapshots, type StoredSnapshot } from '../repository/snapshots.ts';
import { firstOfEach } from '../sources/ec2/request.ts';
import { ec2Folder } from '../sources/ec2/ec2-folder.ts';
import { volumeItem } from '../sources/ec2/documents.ts';

export type Waiting = {
  readonly stored: StoredSnapshot;
  /** Null: AWS is not done. */
  readonly tags: readonly string[] | null;
};

/** AWS may show what was made a while later: only after that time it is held to be missing. */
const shownMs = 15 * 60_000;

/** Of one source, with what becomes of each. */
export async function waitingSnapshots(
  repository: Repository,
  natives: readonly NativeSnapshot[],
  { owner, nowMs }: { readonly owner: Owner; readonly nowMs: number },
): Promise<readonly Waiting[]> {
  const { snapshots } = await listSnapshots(repository);
  return snapshots
    .filter((stored) => stored.source === owner.source && readFact(stored.file.tags, 'status') === 'pending')
    .map((stored) => ({ stored, tags: endOf(stored, natives, { owner, nowMs }) }));
}

/** In the place of those that wait. Where the repository has the answer already, one that waits only goes. */
export async function finish(repository: Repository, waiting: readonly Waiting[]): Promise<void> {
  const { snapshots } = await listSnapshots(repository);
  const answered = new Set(
    snapshots
      .filter(({ file }) => readFact(file.tags, 'status') !== 'pending')
      .map(({ file }) => readFact(file.tags, 'native')),
  );
  for (const { stored, tags } of waiting) {
    if (tags === null) continue;
    const isAnswered = answered.has(readFact(stored.file.tags, 'native'));
    await replaceSnapshot(repository, stored, isAnswered ? null : [...tags]);
  }
}

function endOf(
  { file, takenAtMs }: StoredSnapshot,
  natives: readonly NativeSnapshot[],
  { owner, nowMs }: { readonly owner: Owner; readonly nowMs: number },
): SnapshotFile['tags'] | null {
  const run = readFact(file.tags, 'native');
  const wanted = Number(readFact(file.tags, 'natives') ?? 0);
  const own = firstOfEach(
    natives.filter(({ lineage }) => isOwn(lineage, owner) && lineage.run === run && lineage.copyOf === null),
  );
  if (own.some(({ state }) => state === 'pending')) return null;
  const missing = wanted - own.length;
  if (missing > 0 && nowMs - takenAtMs < shownMs) return null;
  const failed = own.filter(({ state }) => state !== 'completed').map(({ volume, id }) => volume ?? id);
  const items = failed.map((volume) => volumeItem(ec2Folder(owner.source), volume));
  if (missing > 0) items.push(`/${ec2Folder(owner.source)} (${missing} native snapshots that AWS does not know of)`);
  const isWhole = items.length === 0 && readFacts(file.tags, 'incomplete').length === 0;
  return [
    ...file.tags.map((tag) =>
      tag === encodeFact('status', 'pending') ? encodeFact('status', isWhole ? 'complete' : 'partial') : tag,
    ),
    ...items.map((item) => encodeFact('incomplete', item)),
  ];
}

/** Holds on snapshots that have waited go to those that have taken their place, also where an engine was killed between. */
export function holdsToMove(
  snapshots: readonly StoredSnapshot[],
  held: readonly string[],
): readonly { readonly from: string; readonly to: string }[] {
  const there = new Set(snapshots.map(({ id }) => id));
  const gone = new Set(held.filter((id) => !there.has(id)));
  return snapshots.flatMap(({ id, file: { original, tags } }) =>
    original !== undefined && gone.has(original) && readFact(tags, 'native') !== undefined
      ? [{ from: original, to: id }]
      : [],
  );
}
