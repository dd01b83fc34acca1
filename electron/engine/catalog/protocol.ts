/** What is said between the threads of the catalog and those who call it. */
import type { MessagePort, TransferListItem } from 'node:worker_threads';
import type { Caller } from '../../../shared/contract/common.ts';
import type { ErrorCode } from '../../../shared/model/errors.ts';

/** One call of an operation. */
export type CallRequest = {
  readonly type: 'call';
  readonly kind: OperationKind;
  readonly call: number;
  /** `aggregate.operation`. */
  readonly name: string;
  readonly caller: Caller;
  readonly input: unknown;
  /** Writes of one lane run one after the other, in the order in which they were asked for. */
  readonly lane: string | null;
};

/** Writes are for the writer alone. */
export type OperationKind = 'writes' | 'reads';

export type CallReply =
  | { readonly call: number; readonly value: unknown; readonly wasLong?: boolean }
  | { readonly call: number; readonly error: { readonly code: ErrorCode; readonly message: string } };

/** To the writer from whoever started it. */
export type ControlRequest =
  /** Another line on which it is called. */
  | { readonly type: 'connect'; readonly port: MessagePort }
  /** Finish what has been asked for, close the file, and say so. */
  | { readonly type: 'close' };

/** The last that is said. */
export type Closed = { readonly type: 'closed' };

export type WriterData = { readonly file: string };
export type ReaderData = { readonly file: string };

/** The writer's first message. */
export type Opened =
  | {
      readonly type: 'opened';
      /** Where a damaged file lies now; null where there was none. */
      readonly setAside: string | null;
    }
  | { readonly type: 'refused'; readonly code: ErrorCode; readonly message: string };

export type CallOptions = {
  readonly lane?: string;
  readonly transfer?: readonly TransferListItem[];
};
