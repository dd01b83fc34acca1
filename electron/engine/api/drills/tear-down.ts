/** Takes away what drills have made: nothing but what was noted, and carries their mark. */
import type { Cleanup } from '../../../../shared/contract/drills.ts';
import { HoldfastError, toHoldfastError } from '../../../../shared/model/errors.ts';
import type { LeftPlace, MadePlace } from '../../recovery/drills/drill-book.ts';
import { removeScratch } from '../../recovery/drills/scratch.ts';
import type { CallContext } from '../context.ts';

/** What takes longer is left for the next time. */
const patienceMs = 30 * 60_000;

/** Of one drill, or of all that are over. Never rejects for what stays: it is told, and tried again the next time. */
export async function tearDown(context: CallContext, drill: string | null): Promise<Cleanup> {
  const { caller, drills } = context;
  const left: Cleanup['left'] = [];
  let removed = 0;
  for (const made of (await drills.left(caller, drill)).toReversed()) {
    try {
      await remove(context, made, AbortSignal.timeout(patienceMs));
      await drills.gone(caller, made.id);
      removed += 1;
    } catch (error) {
      left.push({ drill: made.drill, place: wordsOf(made.place), problem: toHoldfastError(error).message });
    }
  }
  return { removed, left };
}

function remove(context: CallContext, { drill, place }: LeftPlace, signal: AbortSignal): Promise<void> {
  switch (place.kind) {
    case 'folder':
      return removeScratch(place.root, drill);
    case 'bucket':
      return emptyPrefix(context, drill, place, signal);
    case 'instance':
      return endInstance(context, place, signal);
  }
}

async function emptyPrefix(
  context: CallContext,
  drill: string,
  { bucket, account, region, endpoint }: Extract<MadePlace, { readonly kind: 'bucket' }>,
  signal: AbortSignal,
): Promise<void> {
  // AWS's kit takes long to load.
  const [{ awsAccessOf }, { AwsClients }, { removePrefix }] = await Promise.all([
    import('../aws-access.ts'),
    import('../../aws/clients.ts'),
    import('../../recovery/drills/remove-prefix.ts'),
  ]);
  using clients = new AwsClients(await awsAccessOf(context, { account, region, endpoint }));
  await removePrefix({ s3: clients.s3(), bucket, drill, signal });
}

async function endInstance(
  context: CallContext,
  { run: id, account }: Extract<MadePlace, { readonly kind: 'instance' }>,
  signal: AbortSignal,
): Promise<void> {
  const { runs, caller } = context;
  const run = await runs.get(caller, id).catch(orNotMade);
  if (run === null || run.aws === null || run.closedAt !== null) return;
  const { undoInAws } = await import('../aws-restore-runs.ts');
  const who = { account, keys: null, mfaCode: null };
  const request = { run, plan: run.aws, who, dryRun: false };
  const { left, items } = await undoInAws(context, request, { signal, onProgress: () => undefined });
  if (left > 0) throw new HoldfastError('AWS_DECLINED', items[0]?.reason ?? 'Something of it is still there.');
  await runs.change(caller, run.id, { state: 'undone', endedAt: runs.nowMs(), closedAt: runs.nowMs() });
}

/** Killed between the note and the run: nothing was made. */
function orNotMade(error: unknown): null {
  if (error instanceof HoldfastError && error.code === 'RUN_NOT_FOUND') return null;
  throw error;
}

function wordsOf(place: MadePlace): string {
  if (place.kind === 'folder') return place.root;
  return place.kind === 'bucket' ? `s3://${place.bucket}` : `what restore run ${place.run.slice(0, 8)} has launched`;
}
