/** The upload itself: begun once, gone on with after a kill, completed, waited for and looked at. */
import { setTimeout as pause } from 'node:timers/promises';
import { HoldfastError } from '../../../../shared/model/errors.ts';
import { blockBytes, blocksPerGib } from '../../aws/ebs/blocks.ts';
import { completeSnapshot, PutBlocks, startSnapshot } from '../../aws/ebs/block-writes.ts';
import { AwsFailure } from '../../aws/failures.ts';
import { findNative, waitForNative, type NativeSnapshot } from '../../aws/snapshots.ts';
import type { ReadPool } from '../../repository/read-pool.ts';
import { ImageReader } from './image-reader.ts';
import { putBlocks } from './put-blocks.ts';
import { UploadJournal } from './upload-journal.ts';
import type { UploadOutcome, UploadPlan } from './upload.ts';
import { verifyUpload } from './verify-upload.ts';

/** Two at once would put their blocks into the same snapshot. */
const underWay = new Set<string>();
const betweenLooksMs = 2_000;

export async function runUpload(plan: UploadPlan, pool: ReadPool): Promise<UploadOutcome> {
  const { key, request } = plan;
  if (underWay.has(key)) throw new HoldfastError('BAD_USAGE', 'This very image is on its way there already.');
  underWay.add(key);
  const { accountId, sizeGib } = plan;
  const { home, region, account, clients, selection, onNotice } = request;
  const fresh = {
    key,
    accountId,
    region,
    endpoint: clients.endpoint,
    account,
    what: selection,
    sizeGib,
    parent: plan.wanted.parent,
    begunAtMs: Date.now(),
  };
  try {
    const journal = await UploadJournal.open(home, fresh);
    try {
      const outcome = await upload(plan, pool, journal);
      await journal.remove();
      return outcome;
    } catch (error) {
      const { snapshot } = journal.record;
      if (snapshot === null) await journal.remove();
      else onNotice(leftPending(snapshot, region));
      throw error;
    }
  } finally {
    underWay.delete(key);
  }
}

function leftPending(snapshot: string, region: string): string {
  return (
    `${snapshot} in ${region} is begun and not known to be complete. Run the same again to go on with it, or ` +
    `\`holdfast aws uploads --abandon ${snapshot}\` to remove it. AWS gives it up three days after the last block.`
  );
}

async function upload(plan: UploadPlan, pool: ReadPool, journal: UploadJournal): Promise<UploadOutcome> {
  const { request, sizeGib, parent } = plan;
  const { signal, region, clients } = request;
  const blocks = sizeGib * blocksPerGib;
  const ebs = clients.ebs(region);
  const snapshot = await begin(plan, journal);
  const put = new PutBlocks(blocks);
  for (const { index, hash } of journal.blocks.read()) if (index < blocks) put.add(index, hash);
  const putBefore = put.count;
  if (!journal.record.completing) {
    await fill(plan, pool, journal, { snapshot, blocks, put });
    // From here on, that it is refused may mean that it has been done.
    await journal.note({ completing: true });
  }
  await completeSnapshot(ebs, snapshot, put, signal);
  await untilCompleted(plan, snapshot);
  const written = { snapshot, blocks, put, hasParent: parent !== null };
  const verified = await verifyUpload(ebs, written, signal).catch((error: unknown) => {
    if (!(error instanceof AwsFailure) || error.code !== 'AWS_FORBIDDEN') throw error;
    request.onNotice(`It was not read back. ${error.message}`);
    return null;
  });
  return { snapshot, put: put.count, putBefore, left: blocks - put.count, verified };
}

/** The snapshot that takes the blocks: of an earlier run, where it still does. */
async function begin({ request, wanted }: UploadPlan, journal: UploadJournal): Promise<string> {
  const { clients, region, signal, onNotice } = request;
  const { snapshot: known } = journal.record;
  if (known !== null) {
    const native = await shown(request, known);
    if (native?.state === 'pending' || native?.state === 'completed') {
      onNotice(`Going on with ${known}, which an earlier run has begun.`);
      return known;
    }
    onNotice(
      `${known}, which an earlier run has begun, is ${native === null ? 'gone' : 'given up by AWS'}: begun anew.`,
    );
    await journal.beginAnew();
  }
  const { clientToken } = journal.record;
  const { id } = await startSnapshot(clients.ebs(region), { ...wanted, clientToken }, signal);
  await journal.note({ snapshot: id });
  return id;
}

/** AWS shows a while later what was made just now. */
async function shown({ clients, region, signal }: UploadPlan['request'], id: string): Promise<NativeSnapshot | null> {
  for (let look = 1; ; look++) {
    const found = (await findNative(clients.ec2(region), region, [id], signal)).get(id);
    if (found !== undefined || look === looksForKnown) return found ?? null;
    await pause(betweenLooksMs, undefined, { signal });
  }
}

const looksForKnown = 3;

type Filling = { readonly snapshot: string; readonly blocks: number; readonly put: PutBlocks };

async function fill(
  plan: UploadPlan,
  pool: ReadPool,
  journal: UploadJournal,
  { snapshot, blocks, put }: Filling,
): Promise<void> {
  const { request, map, parent } = plan;
  await using reader = new ImageReader(request.repository, pool);
  let done = 0;
  const tell = (): void =>
    request.onProgress({
      phase: 'Uploading',
      doneItems: done,
      totalItems: blocks,
      doneBytes: done * blockBytes,
      totalBytes: blocks * blockBytes,
      currentItem: snapshot,
      issues: 0,
    });
  tell();
  const onBlock = (): void => {
    done += 1;
    tell();
  };
  const { signal } = request;
  const ebs = request.clients.ebs(request.region);
  await putBlocks({ ebs, snapshot, blocks, map, reader, parent, put, journal: journal.blocks, signal, onBlock });
}

async function untilCompleted({ request, sizeGib }: UploadPlan, snapshot: string): Promise<void> {
  const { clients, region, signal, onProgress } = request;
  const totalBytes = sizeGib * blocksPerGib * blockBytes;
  const found = await waitForNative(clients.ec2(region), region, [snapshot], {
    signal,
    sleep: (stop) => pause(betweenLooksMs, undefined, { signal: stop }),
    onProgress: (seen) => {
      const doneItems = seen.get(snapshot)?.percent ?? 0;
      onProgress({
        phase: 'Completing',
        doneItems,
        totalItems: 100,
        doneBytes: totalBytes,
        totalBytes,
        currentItem: snapshot,
        issues: 0,
      });
    },
  });
  const native = found.get(snapshot);
  if (native?.state === 'completed') return;
  const why = native?.stateMessage ?? (native === undefined ? 'it is no longer there' : native.state);
  throw new HoldfastError('AWS_DECLINED', `AWS did not complete ${snapshot}: ${why}.`);
}
