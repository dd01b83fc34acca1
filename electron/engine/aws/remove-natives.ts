/** Removes native snapshots that have expired: tried out first, looked at once more, and one that stays keeps no other back. */
import { DeleteSnapshotCommand, ListSnapshotsInRecycleBinCommand, type EC2Client } from '@aws-sdk/client-ec2';
import { triedOut } from './dry-run.ts';
import { asked, AwsFailure } from './failures.ts';
import { pagesOf, type Cursor } from './pages.ts';
import { isOwn, type Owner } from './lineage.ts';
import { findNative, type NativeSnapshot } from './snapshots.ts';

export type Removal = {
  readonly client: EC2Client;
  readonly region: string;
  readonly owner: Owner;
  /** Those that AWS says are locked. */
  readonly locked: ReadonlySet<string>;
  readonly signal: AbortSignal;
};

export type Removed = {
  readonly removed: readonly string[];
  /** What stays for now, each in a sentence; it is tried again. */
  readonly problems: readonly string[];
  /** What is in the Recycle Bin now, and costs as long as it is there. */
  readonly recycled: readonly string[];
};

const nothing: Removed = { removed: [], problems: [], recycled: [] };
const atOnce = 4;

export async function removeNatives(expired: readonly NativeSnapshot[], removal: Removal): Promise<Removed> {
  const { client, region, locked, owner, signal } = removal;
  const problems = expired.filter(({ id }) => locked.has(id)).map(({ id }) => `${id} has expired, but is locked.`);
  const [first, ...others] = expired.filter(({ id }) => !locked.has(id));
  if (first === undefined) return { ...nothing, problems };
  const DryRun = true;
  const refusal = await triedOut(`DeleteSnapshot in ${region}`, () =>
    client.send(new DeleteSnapshotCommand({ SnapshotId: first.id, DryRun }), { abortSignal: signal }),
  );
  if (refusal !== null) {
    return { ...nothing, problems: [...problems, `Nothing that has expired was removed. ${refusal.message}`] };
  }
  const ids = [first, ...others].map(({ id }) => id);
  // Whoever took our tags off a snapshot meanwhile wants to have it for himself.
  const there = await findNative(client, region, ids, signal);
  const left = ids.filter((id) => isOwn(there.get(id)?.lineage ?? null, owner));
  const removed: string[] = [];
  const queue = left.values();
  const lane = async (): Promise<void> => {
    for (const id of queue) {
      signal.throwIfAborted();
      const problem = await removeOne(removal, id);
      if (problem === null) removed.push(id);
      else problems.push(problem);
    }
  };
  await Promise.all(Array.from({ length: atOnce }, lane));
  return { removed, problems, recycled: await inRecycleBin(removal, removed) };
}

/** Why it stays; null: it is gone. */
async function removeOne({ client, region, signal }: Removal, id: string): Promise<string | null> {
  try {
    const command = new DeleteSnapshotCommand({ SnapshotId: id });
    await asked(`DeleteSnapshot of ${id} in ${region}`, () => client.send(command, { abortSignal: signal }));
    return null;
  } catch (error) {
    signal.throwIfAborted();
    if (!(error instanceof AwsFailure)) throw error;
    if (error.awsCode === 'InvalidSnapshot.NotFound') return null;
    if (error.awsCode === 'InvalidSnapshot.InUse')
      return `${id} has expired, but an image is made of it: it goes when that image is deregistered.`;
    return `${id} has expired, but stays. ${error.message}`;
  }
}

/** Where that may not be seen, nothing is said of it. */
async function inRecycleBin(
  { client, region, signal }: Removal,
  removed: readonly string[],
): Promise<readonly string[]> {
  if (removed.length === 0) return [];
  const what = `ListSnapshotsInRecycleBin in ${region}`;
  const ask = (cursor: Cursor) =>
    asked(what, () =>
      client.send(new ListSnapshotsInRecycleBinCommand({ MaxResults: 1000, ...cursor }), { abortSignal: signal }),
    );
  const found: string[] = [];
  try {
    for await (const { Snapshots = [] } of pagesOf(what, ask))
      found.push(...Snapshots.flatMap(({ SnapshotId }) => SnapshotId ?? []));
  } catch {
    signal.throwIfAborted();
  }
  const gone = new Set(removed);
  return found.filter((id) => gone.has(id));
}
