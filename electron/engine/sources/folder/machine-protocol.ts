/** What the thread that looks around on this machine is given, and what it says. */
import type { ErrorCode } from '../../../../shared/model/errors.ts';
import type { RawPath } from '../../platform/raw-path.ts';

export type LookAround = {
  /** Absolute, without a slash at its end. */
  readonly path: RawPath;
  readonly home: RawPath;
};

export type Place = { readonly path: RawPath; readonly freeBytes: number | null };

export type MachineMessage =
  | { readonly type: 'folders'; readonly names: readonly RawPath[]; readonly more: boolean }
  | { readonly type: 'refused'; readonly code: ErrorCode; readonly message: string }
  /** All places, before it is known how much is free in them. */
  | { readonly type: 'places'; readonly places: readonly Place[] }
  | { readonly type: 'place'; readonly place: Place }
  | { readonly type: 'end' };
