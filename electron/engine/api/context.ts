/** What every call carries: who calls, for which tenant, and where this engine lives. */
import { implement } from '@orpc/server';
import type { Caller } from '../../../shared/contract/common.ts';
import { contract } from '../../../shared/contract/index.ts';
import type { Browsers } from '../browsing/browsers.ts';
import type { Connections } from '../connections/connections.ts';
import type { Catalog } from '../catalog/catalog.ts';
import type { JobBook } from '../jobs/job-book.ts';
import type { LiveFeed } from './live/live-feed.ts';
import type { JobRunner } from '../jobs/runner.ts';

export type CallContext = {
  readonly caller: Caller;
  readonly home: string;
  readonly catalog: Catalog;
  /** Threads that look into folders of snapshots. */
  readonly browsers: Browsers;
  /** Repositories the console works with. */
  readonly connections: Connections;
  readonly live: LiveFeed;
  readonly jobs: JobRunner;
  readonly jobBook: JobBook;
  /** Whether this engine stays when its first caller has left. */
  readonly stays: boolean;
};

export const handlers = implement(contract).$context<CallContext>();
