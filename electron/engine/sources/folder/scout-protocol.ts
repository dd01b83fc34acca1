/** What the thread that lists ahead of the walk is told, and what it tells the walk. */
import type { MessagePort } from 'node:worker_threads';
import type { PackedStats } from '../../platform/file-stat.ts';
import type { RawPath } from '../../platform/raw-path.ts';
import type { CaptureOptions } from './capture-protocol.ts';

export type ScoutTask = {
  readonly options: CaptureOptions;
  readonly neverRead: readonly RawPath[];
  /** Folders that are still to be listed, the next one at the end. */
  readonly ahead: readonly RawPath[];
  /** Leads to the walk. */
  readonly line: MessagePort;
  /** Of a `ScoutGauge`. */
  readonly gauge: SharedArrayBuffer;
};

export type ScoutedFolder = { readonly path: RawPath; readonly names: readonly RawPath[]; readonly stats: PackedStats };
