/** What a run over some paths would find, before anything is protected. */
import type { Issue, Progress } from '../../../../shared/contract/common.ts';
import { HoldfastError, toHoldfastError } from '../../../../shared/model/errors.ts';
import { displayRaw, rawFromDisplay, rawFromUtf8, type RawPath } from '../../platform/raw-path.ts';
import { startThread, stopThread } from '../../platform/threads.ts';
import type { CaptureOptions } from './capture-protocol.ts';
import type { Counted } from './count-walk.ts';
import type { ProbedPath, ProbeMessage, ProbeOptions } from './probe-protocol.ts';

export type ProbeRequest = Omit<CaptureOptions, 'roots' | 'base'> & {
  /** Absolute, as they are shown. */
  readonly paths: readonly string[];
  /** Folders of this machine that no run reads, as the home of the engine. */
  readonly neverRead: readonly string[];
  readonly signal: AbortSignal;
  readonly onProgress: (progress: Progress) => void;
  /** By default a minute. */
  readonly limitMs?: number;
};

export type ProbeResult = {
  paths: {
    path: string;
    exists: boolean;
    type: ProbedPath['type'];
    mount: { path: string; kind: string } | null;
    empty: boolean;
  }[];
  files: number;
  folders: number;
  bytes: number;
  issues: Issue[];
  whole: boolean;
};

const defaultLimitMs = 60_000;

/** Ends by itself at the limit, with what was counted by then. BAD_USAGE for a path that is not absolute; CANCELLED. */
export async function probeFolders(request: ProbeRequest): Promise<ProbeResult> {
  const { signal, onProgress, limitMs = defaultLimitMs } = request;
  const options: ProbeOptions = {
    paths: request.paths.map(absolute),
    excludes: request.excludes,
    excludeCaches: request.excludeCaches,
    excludeLargerThanBytes: request.excludeLargerThanBytes,
    oneFileSystem: request.oneFileSystem,
    neverRead: request.neverRead.map(rawFromUtf8),
  };
  signal.throwIfAborted();
  const worker = startThread(new URL('./probe-worker.ts', import.meta.url), {
    data: options,
    resourceLimits: { maxOldGenerationSizeMb: 1024, maxYoungGenerationSizeMb: 8 },
  });
  const probed = new Map<RawPath, ProbedPath>();
  const issues: Issue[] = [];
  let counted: Counted = { items: 0, folders: 0, bytes: 0 };
  const ended = Promise.withResolvers<'whole' | 'late'>();
  const timer = setTimeout(() => ended.resolve('late'), limitMs);
  worker.on('message', (message: ProbeMessage) => {
    switch (message.type) {
      case 'path':
        probed.set(message.path.path, message.path);
        return;
      case 'progress':
        counted = message.counted;
        onProgress(progressOf(counted, message.folder, issues.length));
        return;
      case 'issue':
        issues.push({ path: displayRaw(message.path), code: message.code, message: message.message });
        return;
      case 'counted':
        counted = message.counted;
        ended.resolve('whole');
    }
  });
  worker.on('error', (error) => ended.reject(error));
  worker.on('exit', () => ended.reject(new HoldfastError('INTERNAL', 'A probing thread has ended before its work.')));
  const leave = (): void => ended.reject(toHoldfastError(signal.reason));
  signal.addEventListener('abort', leave, { once: true });
  try {
    const how = await ended.promise;
    return {
      paths: options.paths.map((path) => presentPath(path, probed.get(path))),
      files: counted.items,
      folders: counted.folders,
      bytes: counted.bytes,
      issues,
      whole: how === 'whole',
    };
  } finally {
    clearTimeout(timer);
    signal.removeEventListener('abort', leave);
    worker.unref();
    // Not waited for: it may be stuck in the kernel, at a share whose server is gone.
    void stopThread(worker);
  }
}

function absolute(path: string): RawPath {
  const raw = rawFromDisplay(path);
  if (raw.startsWith('/') && !raw.includes('\0')) return raw;
  throw new HoldfastError('BAD_USAGE', `${path} is no absolute path.`);
}

function progressOf({ items, bytes }: Counted, folder: RawPath, issues: number): Progress {
  return {
    phase: 'Counting',
    doneItems: items,
    totalItems: null,
    doneBytes: bytes,
    totalBytes: null,
    currentItem: displayRaw(folder),
    issues,
  };
}

/** A path that nothing was said about did not answer. */
function presentPath(path: RawPath, probed: ProbedPath | undefined): ProbeResult['paths'][number] {
  const type = probed?.type ?? 'unreadable';
  const mount = probed?.mount ?? null;
  return {
    path: displayRaw(path),
    exists: type !== 'missing',
    type,
    mount: mount === null ? null : { path: displayRaw(mount.path), kind: mount.kind },
    empty: probed?.empty ?? false,
  };
}
