/** Folders and files of this machine as a source. */
import { MessageChannel } from 'node:worker_threads';
import { throwIfCancelled, toHoldfastError } from '../../../../shared/model/errors.ts';
import { displayRaw, type RawPath } from '../../platform/raw-path.ts';
import { giveBackThread, lendThread } from '../../platform/lent-threads.ts';
import { EarlyThread, startThread, stopThread, type Thread } from '../../platform/threads.ts';
import { serveRanges } from '../../repository/range-channel.ts';
import type { CaptureContext, CaptureResult, Source } from '../source.ts';
import type { CaptureMessage, CaptureOptions, CaptureSetup, CaptureTotals, WalkOptions } from './capture-protocol.ts';
import { contains, pathFrom } from './roots.ts';
import { ScoutGauge } from './scout.ts';
import type { ScoutTask } from './scout-protocol.ts';

/** The thread that walks; to be started as soon as it is known what will be captured: it looks around already. */
export function startCaptureThread(options: CaptureOptions): EarlyThread {
  const limits = { maxOldGenerationSizeMb: 2048, maxYoungGenerationSizeMb: 12 };
  return new EarlyThread(
    lendThread(new URL('./capture-worker.ts', import.meta.url), { resourceLimits: limits, data: options }),
  );
}

export function folderSource(walker: EarlyThread, options: WalkOptions): Source {
  return { capture: (context) => captureFolders(walker, options, context) };
}

async function captureFolders(
  walker: EarlyThread,
  options: WalkOptions,
  context: CaptureContext,
): Promise<CaptureResult> {
  const { repository, writer, parentTree, signal, onProgress, onIssue, onNotice } = context;
  const ranges = new MessageChannel();
  serveRanges(ranges.port1, repository.backend);
  const { ports } = writer.connect();
  const setupMessage: CaptureSetup = {
    type: 'capture',
    storePorts: ports,
    rangePort: ranges.port2,
    neverRead: options.neverRead,
    parentTree,
  };
  const shown = (path: RawPath): string => displayRaw(pathFrom(options.base, path));
  const { worker } = walker;
  const thread = writer.adopt(walker);
  worker.postMessage(setupMessage, [...ports, ranges.port2]);
  const incomplete: RawPath[] = [];
  const captured = Promise.withResolvers<Extract<CaptureMessage, { type: 'captured' }>>();
  worker.on('message', (message: CaptureMessage) => {
    switch (message.type) {
      case 'progress':
        onProgress({
          doneItems: message.files,
          doneBytes: message.bytes,
          currentItem: shown(message.currentItem),
          totals: counter.totals,
        });
        return;
      case 'issue': {
        const { path, code, message: text } = message.issue;
        if (message.issue.incomplete) incomplete.push(path);
        onIssue({ path: shown(path), code, message: text });
        return;
      }
      case 'notice':
        onNotice(message.text);
        return;
      case 'walked':
        counter.know(message.totals);
        return;
      case 'scout':
        scout ??= startScout(options, message);
        return;
      case 'captured':
        captured.resolve(message);
    }
  });
  const counter = countLater(options);
  let scout = null as Scout | null;
  const cancel = (): void => captured.reject(toHoldfastError(signal.reason));
  signal.addEventListener('abort', cancel, { once: true });
  try {
    throwIfCancelled(signal);
    const { tree, counts, items } = await writer.guard(captured.promise);
    return {
      tree,
      counts,
      items: items.map((item) => ({
        path: shown(item),
        complete: !incomplete.some((path) => contains(item, path)),
      })),
      complete: incomplete.length === 0,
      threads: [thread],
    };
  } catch (error) {
    await thread.terminate();
    throw error;
  } finally {
    signal.removeEventListener('abort', cancel);
    ranges.port1.close();
    // It may be in a folder that takes its time: nobody waits for that.
    void scout?.end();
    await counter.stop();
  }
}

type Scout = { end(): Promise<void> };

const scoutLimits = { maxOldGenerationSizeMb: 1024, maxYoungGenerationSizeMb: 4 };

/** Where it fails, or none can be had, the walk lists for itself. */
function startScout(
  options: WalkOptions,
  { ahead, line, gauge }: Extract<CaptureMessage, { type: 'scout' }>,
): Scout | null {
  const { neverRead, ...captureOptions } = options;
  const task: ScoutTask = { options: captureOptions, neverRead, ahead, line, gauge };
  try {
    const thread = lendThread(new URL('./scout-worker.ts', import.meta.url), {
      data: task,
      transferList: [line],
      resourceLimits: scoutLimits,
    });
    thread.on('error', () => undefined);
    return {
      end: async () => {
        new ScoutGauge(gauge).end();
        await giveBackThread(thread);
      },
    };
  } catch {
    line.close();
    return null;
  }
}

const countLimits = { maxOldGenerationSizeMb: 1024, maxYoungGenerationSizeMb: 4 };
/** Runs shorter than this end before a count would be of use. */
const countAfterMs = 2000;

type Counter = {
  readonly totals: CaptureTotals | null;
  /** From elsewhere: there is nothing to count any more. */
  know(totals: CaptureTotals): void;
  stop(): Promise<void>;
};

function countLater(options: WalkOptions): Counter {
  let totals: CaptureTotals | null = null;
  let worker: Thread | null = null;
  const take = (counted: CaptureTotals): void => {
    totals = counted;
  };
  const timer = setTimeout(() => {
    worker = startThread(new URL('./count-worker.ts', import.meta.url), { data: options, resourceLimits: countLimits });
    worker.on('message', take);
    // Without totals there is no estimate; the capture itself is not concerned.
    worker.on('error', () => undefined);
  }, countAfterMs);
  return {
    get totals() {
      return totals;
    },
    know: (known) => {
      clearTimeout(timer);
      worker?.off('message', take);
      if (worker !== null) void stopThread(worker);
      totals = known;
    },
    stop: async () => {
      clearTimeout(timer);
      if (worker !== null) await stopThread(worker);
    },
  };
}
