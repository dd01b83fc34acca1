/** What the probing thread is given, and what it says. */
import type { ErrorCode } from '../../../../shared/model/errors.ts';
import type { RawPath } from '../../platform/raw-path.ts';
import type { Mount } from '../../platform/mounts.ts';
import type { Counted } from './count-walk.ts';
import type { CaptureOptions } from './capture-protocol.ts';

export type ProbeOptions = Omit<CaptureOptions, 'roots' | 'base'> & {
  /** Absolute, as they were given. */
  readonly paths: readonly RawPath[];
  readonly neverRead: readonly RawPath[];
};

export type ProbedPath = {
  readonly path: RawPath;
  readonly type: 'folder' | 'file' | 'other' | 'missing' | 'unreadable';
  readonly mount: Mount | null;
  readonly empty: boolean;
};

export type ProbeMessage =
  | { readonly type: 'path'; readonly path: ProbedPath }
  | { readonly type: 'progress'; readonly counted: Counted; readonly folder: RawPath }
  | { readonly type: 'issue'; readonly path: RawPath; readonly code: ErrorCode; readonly message: string }
  | { readonly type: 'counted'; readonly counted: Counted };
