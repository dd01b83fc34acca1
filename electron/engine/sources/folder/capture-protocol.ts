/** What the capturing thread is told, and what it says. */
import type { MessagePort } from 'node:worker_threads';
import type { ErrorCode } from '../../../../shared/model/errors.ts';
import type { RawPath } from '../../platform/raw-path.ts';
import type { CaptureCounts } from '../source.ts';

export type CaptureOptions = {
  /** What paths in the snapshot start from; all roots are below it, or it is one. `/`, but for what is fetched. */
  readonly base: RawPath;
  /** Absolute, without a trailing slash, none below another. */
  readonly roots: readonly RawPath[];
  readonly excludes: readonly string[];
  readonly excludeCaches: boolean;
  readonly excludeLargerThanBytes: number | null;
  readonly oneFileSystem: boolean;
};

/** The options, and what is known only when the repository is open. */
export type WalkOptions = CaptureOptions & {
  /** Never read these (the repository itself, Holdfast's home), whatever contains them. */
  readonly neverRead: readonly RawPath[];
};

/** Everything that a capture will deal with: entries that are no folders, and the bytes of files. */
export type CaptureTotals = { readonly items: number; readonly bytes: number };

/** What a capturing thread is told once it has been adopted, and may have loaded an index: now it walks. */
export type CaptureSetup = {
  readonly type: 'capture';
  readonly storePorts: readonly MessagePort[];
  /** Answers range requests. */
  readonly rangePort: MessagePort;
  readonly neverRead: readonly RawPath[];
  readonly parentTree: string | null;
};

export type CaptureIssue = {
  /** Raw path. */
  readonly path: RawPath;
  readonly code: ErrorCode;
  readonly message: string;
  /** False where everything was stored all the same. */
  readonly incomplete: boolean;
};

export type CaptureMessage =
  | {
      readonly type: 'progress';
      readonly files: number;
      readonly bytes: number;
      readonly currentItem: RawPath;
    }
  | { readonly type: 'issue'; readonly issue: CaptureIssue }
  | { readonly type: 'notice'; readonly text: string }
  /** All there is has been come to; some of it may still be read and stored. */
  | { readonly type: 'walked'; readonly totals: CaptureTotals }
  | {
      /** A thread is wanted that lists ahead of the walk. */
      readonly type: 'scout';
      readonly ahead: readonly RawPath[];
      readonly line: MessagePort;
      readonly gauge: SharedArrayBuffer;
    }
  | {
      readonly type: 'captured';
      readonly tree: string;
      readonly counts: CaptureCounts;
      /** Raw paths of what lies directly in each root. */
      readonly items: readonly RawPath[];
    };
