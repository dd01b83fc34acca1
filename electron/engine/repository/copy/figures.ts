/** The numbers of a copy while it goes on. */
import type { WriteStatistics } from '../writer.ts';
import type { WalkCounts } from './protocol.ts';
import type { CopyFigures, CopyProgress, CopyRequest, SnapshotOutcome } from './request.ts';
import { noTraffic, type Traffic } from './traffic.ts';

const nothingStored: WriteStatistics = { dataBlobs: 0, treeBlobs: 0, plainBytes: 0, storedBytes: 0 };

export class Figures {
  readonly source: Traffic = noTraffic();
  readonly target: Traffic = noTraffic();
  readonly #request: Pick<CopyRequest, 'snapshots' | 'onProgress' | 'onSnapshot'>;
  readonly #startedMs = performance.now();
  readonly #walked = { folders: 0, files: 0, updatedFiles: 0 };
  readonly #total: number;
  #stored: () => WriteStatistics = () => nothingStored;
  #phase: CopyProgress['phase'] = 'comparing';
  #done = 0;
  #scannedBytes = 0;
  #checkedBytes = 0;
  #missingBytes: number | null = null;

  constructor(request: Pick<CopyRequest, 'snapshots' | 'onProgress' | 'onSnapshot'>) {
    this.#request = request;
    this.#total = new Set(request.snapshots).size;
  }

  /** Where what has been stored is counted. */
  countStored(stored: () => WriteStatistics): void {
    this.#stored = stored;
  }

  settle(outcome: SnapshotOutcome): void {
    this.#done += 1;
    // Whoever hears of it knows what it has come to by then.
    this.tell();
    this.#request.onSnapshot(outcome);
  }

  addFolders({ folders, files, updatedFiles }: WalkCounts): void {
    this.#walked.folders += folders;
    this.#walked.files += files;
    this.#walked.updatedFiles += updatedFiles;
    this.tell();
  }

  /** Bytes of the files of a snapshot, and of those in folders that were looked into for it. */
  addSnapshot(scannedBytes: number, checkedBytes: number): void {
    this.#scannedBytes += Math.max(scannedBytes, checkedBytes);
    this.#checkedBytes += checkedBytes;
  }

  addMissing(bytes: number): void {
    this.#missingBytes = Math.max(0, (this.#missingBytes ?? 0) + bytes);
    this.tell();
  }

  tell(phase: CopyProgress['phase'] = this.#phase): void {
    this.#phase = phase;
    const doneSnapshots = this.#done;
    const missingBytes = this.#missingBytes;
    this.#request.onProgress({ phase, doneSnapshots, totalSnapshots: this.#total, missingBytes, figures: this.now() });
  }

  now(): CopyFigures {
    const { dataBlobs, treeBlobs, plainBytes } = this.#stored();
    return {
      scannedBytes: this.#scannedBytes,
      checkedBytes: this.#checkedBytes,
      sentBytes: plainBytes,
      sentNetBytes: this.target.savedBytes,
      sentBlobs: dataBlobs + treeBlobs,
      sentPacks: this.target.packs,
      ...this.#walked,
      durationMs: Math.round(performance.now() - this.#startedMs),
      sourceRequests: this.source.requests,
      targetRequests: this.target.requests,
      retries: this.source.retries + this.target.retries,
    };
  }
}
