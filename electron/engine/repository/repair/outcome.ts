/** What a repair found, did, and could not do. */
import type { Issue } from '../../../../shared/contract/common.ts';
import { parseWholeTree } from '../format/tree.ts';
import { unpackEntries } from '../format/packed-entries.ts';
import type { TreeNode } from '../format/tree-node.ts';
import { ReadPool } from '../read-pool.ts';
import type { Repository } from '../repository.ts';
import { describeLosses, type Losses } from './losses.ts';
import type { HeadMended } from './mend-head.ts';
import type { Need } from './need.ts';
import { sameRepository, type Fetched, type Rescue } from './rescue.ts';
import { allSnapshots, type SnapshotSurvey } from './snapshot-files.ts';
import type { DamagedPack, Survey } from './survey.ts';

export type RepairedFile = {
  /** Below the repository. */
  readonly path: string;
  readonly fault: string;
  /** Whether all of it that snapshots need is there again. */
  readonly whole: boolean;
  /** Where it came from; null for packs, whose blobs may come from several places. */
  readonly from: string | null;
};

export type RepairOutcome = {
  readonly packsRead: number;
  readonly bytesRead: number;
  readonly files: readonly RepairedFile[];
  readonly fetched: readonly Fetched[];
  /** Damaged files that cannot be rebuilt. */
  readonly lostFiles: readonly Issue[];
  readonly losses: Losses;
  readonly quarantined: number;
  /** Why what is damaged was not taken out yet; what could be had of it is safe nevertheless. */
  readonly postponed: string | null;
  /** What a check of the structure finds afterwards, also of what nobody could repair. */
  readonly remaining: readonly Issue[];
};

export type Surveyed = { readonly survey: Survey; readonly snapshots: SnapshotSurvey; readonly need: Need };
type Described = Pick<RepairOutcome, 'packsRead' | 'bytesRead' | 'files' | 'fetched' | 'lostFiles' | 'losses'>;

const noLosses: Losses = { items: [], count: 0, snapshots: [] };

export async function describeOutcome(
  repository: Repository,
  { survey, snapshots, need }: Surveyed,
  { head, rescue, signal }: { readonly head: HeadMended; readonly rescue: Rescue; readonly signal: AbortSignal },
): Promise<Described> {
  const { sound, packsRead, bytesRead } = survey;
  const isComplete = need.lostTrees.size === 0 && lostData(survey, need).size === 0;
  const keys = head.lost.map((path): Issue => {
    return { path, code: 'STORED_FILE_DAMAGED', message: 'The key is damaged, and there is no copy of it.' };
  });
  const nodesOf = nodesReader(repository, survey, rescue);
  try {
    return {
      packsRead,
      bytesRead,
      files: [...headFiles(head), ...storedFiles({ survey, snapshots, need })],
      fetched: rescue.fetched,
      lostFiles: [...keys, ...snapshots.lost],
      losses: isComplete
        ? noLosses
        : await describeLosses(allSnapshots(snapshots), { sound, nodesOf: nodesOf.read, signal }),
    };
  } finally {
    await nodesOf.close();
  }
}

export function lostData({ sound }: Survey, { lostData: wanted }: Need): ReadonlySet<string> {
  return new Set(wanted.keys().filter((id) => sound.findHex('data', id) < 0));
}

function headFiles({ repaired }: HeadMended): readonly RepairedFile[] {
  return repaired.map((path) => ({
    path,
    fault: 'It was damaged or missing.',
    whole: true,
    from: 'the copy kept here',
  }));
}

function storedFiles({ survey, snapshots, need }: Surveyed): readonly RepairedFile[] {
  const lost = lostData(survey, need);
  const isWhole = (pack: DamagedPack): boolean =>
    unpackEntries(pack.lost).every(({ type, id }) => (type === 'tree' ? !need.lostTrees.has(id) : !lost.has(id)));
  const unlisted = need.needsUnlisted ? [...survey.unlisted.keys()] : [];
  return [
    ...survey.damagedIndexes.map(({ path, message }) => ({ path, fault: message, whole: true, from: sameRepository })),
    ...unlisted.map((id) => {
      return { path: `data/${id}`, fault: 'No index lists it.', whole: true, from: sameRepository };
    }),
    ...survey.damagedPacks.map((pack) => {
      return { path: `data/${pack.id}`, fault: pack.faults.join('; '), whole: isWhole(pack), from: null };
    }),
    ...snapshots.recovered.map(({ stored, isThere, from }) => {
      const fault = isThere ? 'It was damaged.' : 'It was missing.';
      return { path: `snapshots/${stored.id}`, fault, whole: true, from };
    }),
  ];
}

function nodesReader(repository: Repository, { sound }: Survey, rescue: Rescue) {
  const pool = ReadPool.over(repository, sound);
  return {
    read: async (tree: string): Promise<readonly TreeNode[] | null> => {
      // In a rehearsal it lies in no pack.
      const fetched = rescue.has(tree) ? await rescue.tree(tree) : null;
      if (fetched !== null) return parseWholeTree(fetched).nodes;
      if (sound.findHex('tree', tree) < 0) return null;
      const nodes: TreeNode[] = [];
      for await (const piece of pool.tree(tree)) nodes.push(...piece.nodes);
      return nodes;
    },
    close: () => pool.endThreads(),
  };
}
