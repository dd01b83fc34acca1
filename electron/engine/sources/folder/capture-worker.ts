/** The capturing thread: the walk, with its lines to the main thread and to the threads that store. */
import { MessageChannel, type MessagePort, type Transferable } from 'node:worker_threads';
import { serveLent, type Ending } from '../../platform/lent-threads.ts';
import { libc } from '../../platform/libc.ts';
import { firstMessage } from '../../platform/threads.ts';
import { BlobCodec } from '../../repository/blob-codec.ts';
import { BlobIndex } from '../../repository/blob-index.ts';
import { BlobReader } from '../../repository/blob-reader.ts';
import { serveDelivery } from '../../repository/delivery.ts';
import { endingWith } from '../../repository/lent-ending.ts';
import { PackBuilder } from '../../repository/pack-builder.ts';
import { rangeLoader } from '../../repository/range-channel.ts';
import type { AdoptedSetup, DeliveryMessage, DeliveryRequest } from '../../repository/store-protocol.ts';
import type { CaptureMessage, CaptureOptions, CaptureSetup } from './capture-protocol.ts';
import { FolderWalk } from './capture-walk.ts';
import { inWalkOrder } from './roots.ts';
import { FolderLister, FolderScout, ScoutGauge, skipsOf } from './scout.ts';
import { StoreClient } from './store-client.ts';

const progressEveryMs = 100;

serveLent((options: CaptureOptions, port) => {
  let ending: Ending | null = null;
  const work = async (): Promise<void> => {
    ending = await capture(options, port);
  };
  void work();
  return () => ending?.() ?? 'ends';
});

/** Resolves when all has been told; what is asked of its packs is answered afterwards too. */
async function capture(options: CaptureOptions, port: MessagePort): Promise<Ending> {
  let isSetUp = false;
  const scout = scoutAhead(options, () => isSetUp);
  const { setup } = await firstMessage<AdoptedSetup>(port);
  const codec = new BlobCodec(setup.key, setup.version);
  const index = BlobIndex.attach(setup.index);
  const outlet = serveDelivery(port, setup, { codec, index, packs: () => [trees] });
  const trees: PackBuilder = new PackBuilder(codec, 'tree', 1, outlet);
  // It may be asked to load the index before it is told to walk.
  const { storePorts, rangePort, neverRead, parentTree } = await captureSetup(port);
  isSetUp = true;
  const say = (message: CaptureMessage | DeliveryMessage, transfer: readonly Transferable[] = []): void =>
    port.postMessage(message, transfer);
  // What is new keeps the other processor busy with storing.
  const gauge = parentTree === null ? null : scoutBeside(scout, (message, line) => say(message, [line]));
  const store = new StoreClient(storePorts, (position) => say({ type: 'wanted', position }));
  const reader = new BlobReader(codec, index, rangeLoader(rangePort));

  let saidAt = 0;
  const sayProgress = (): void => {
    const now = Date.now();
    const { currentItem } = walk;
    if (currentItem === null || now - saidAt < progressEveryMs) return;
    saidAt = now;
    say({ type: 'progress', files: walk.itemsSeen, bytes: walk.bytesSeen, currentItem });
  };
  const walk = new FolderWalk(
    {
      index,
      reader,
      trees,
      store,
      scout,
      onIssue: (issue) => say({ type: 'issue', issue }),
      onProgress: sayProgress,
      onWalked: (totals) => say({ type: 'walked', totals }),
    },
    { ...options, neverRead },
  );
  if (libc === null) {
    say({
      type: 'notice',
      text: 'Extended attributes and ACLs cannot be read on this system, so they are not in the snapshot.',
    });
  }
  // The walk says nothing while it waits for the threads that read: a large file may take hours.
  const ticker = setInterval(sayProgress, progressEveryMs);
  const { tree, counts, items } = await walk.run(parentTree);
  clearInterval(ticker);
  gauge?.end();
  rangePort.close();
  store.close();
  say({ type: 'captured', tree, counts, items });
  return () => endingWith(index, codec);
}

async function captureSetup(port: MessagePort): Promise<CaptureSetup> {
  return new Promise((resolve) => {
    port.on('message', function take(message: CaptureSetup | DeliveryRequest) {
      if (message.type !== 'capture') return;
      port.off('message', take);
      resolve(message);
    });
  });
}

/** Lists folders until there is something to do with them. */
function scoutAhead(options: CaptureOptions, isOver: () => boolean): FolderScout {
  const folders = new FolderScout(new FolderLister(inWalkOrder(options.roots).toReversed(), skipsOf(options)));
  const explore = (): void => {
    // In short turns: the message that ends it has to get through.
    for (let turn = 0; turn < 16; turn++) if (!folders.step()) return;
    if (!isOver()) setImmediate(explore);
  };
  setImmediate(explore);
  return folders;
}

/** Has another thread list what is left; null where nothing is. */
function scoutBeside(scout: FolderScout, ask: (message: CaptureMessage, line: MessagePort) => void): ScoutGauge | null {
  const { ahead } = scout;
  if (ahead.length === 0) return null;
  const { port1, port2 } = new MessageChannel();
  const gauge = new ScoutGauge();
  scout.handOver(port1, gauge);
  // The walk looks into it when it needs something, and nobody waits for it.
  port1.unref();
  ask({ type: 'scout', ahead, line: port2, gauge: gauge.memory }, port2);
  return gauge;
}
