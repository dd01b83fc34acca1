/** What every call carries: who calls, for which tenant, and where this engine lives. */
import { implement } from '@orpc/server';
import type { Caller } from '../../../shared/contract/common.ts';
import { contract } from '../../../shared/contract/index.ts';
import type { Catalog } from '../catalog/catalog.ts';
import type { JobBook } from '../jobs/job-book.ts';
import type { JobRunner } from '../jobs/runner.ts';
import type { EngineLife } from './about/engine-life.ts';
import type { RunBook } from '../recovery/runs/run-book.ts';

export type CallContext = {
  readonly caller: Caller;
  readonly home: string;
  readonly catalog: Catalog;
  readonly jobs: JobRunner;
  readonly jobBook: JobBook;
  readonly runs: RunBook;
  readonly life: EngineLife;
  /** The time of day for new snapshots; another one than the machine's in a sandbox only. */
  readonly takenAtMs: () => number;
  /** Whether this engine stays when its first caller has left. */
  readonly stays: boolean;
};

export const handlers = implement(contract).$context<CallContext>();
