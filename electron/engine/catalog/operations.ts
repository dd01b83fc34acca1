/**
 * What an aggregate of the catalog offers: named writes and reads, and the types by which they are called from other
 * threads. An aggregate is one file that exports one `Aggregate`, and one line in `registry.ts`.
 */
import type { Caller } from '../../../shared/contract/common.ts';
import type { Database } from './sqlite.ts';
import type { Statements } from './statements.ts';

/** What an operation works with, in the thread that runs it. */
export type Scope = {
  readonly db: Database;
  /** Prepared statements, kept by their text. */
  readonly sql: Statements;
  /** Whose rows are seen, and who is written down as having made them. */
  readonly caller: Caller;
};

/**
 * A change. One that returns is a transaction of its own. One that takes long is a generator: wherever it yields, the
 * transaction may end and others have their turn, so what is written by then must make sense by itself, and repeating
 * all of it must do no harm. Between two yields lie a few milliseconds at most.
 */
export type Write<Input, Output> = (scope: Scope, input: Input) => Output | Generator<void, Output, void>;

/** A question. It sees one state of the catalog; answers are pages (`page.ts`), never a whole table. */
export type Read<Input, Output> = (scope: Scope, input: Input) => Output;

/** Inputs and outputs travel between threads: plain data, buffers, no functions. */
export type Aggregate = {
  readonly writes: Readonly<Record<string, Write<never, unknown>>>;
  readonly reads: Readonly<Record<string, Read<never, unknown>>>;
};

type Kind = 'writes' | 'reads';

/** `aggregate.operation` for all operations of a kind. */
export type NameOf<All extends Readonly<Record<string, Aggregate>>, Of extends Kind> = {
  [Name in keyof All & string]: `${Name}.${keyof All[Name][Of] & string}`;
}[keyof All & string];

type OperationOf<
  All extends Readonly<Record<string, Aggregate>>,
  Of extends Kind,
  Name extends string,
> = Name extends `${infer AggregateName extends keyof All & string}.${infer Operation}`
  ? All[AggregateName][Of][Operation]
  : never;

export type InputOf<All extends Readonly<Record<string, Aggregate>>, Of extends Kind, Name extends string> =
  OperationOf<All, Of, Name> extends (scope: Scope, input: infer Input) => unknown ? Input : never;

export type OutputOf<All extends Readonly<Record<string, Aggregate>>, Of extends Kind, Name extends string> =
  OperationOf<All, Of, Name> extends (scope: Scope, input: never) => infer Output ? Finished<Output> : never;

type Finished<Output> = Output extends Generator<void, infer Result, void> ? Result : Output;
