/** All aggregates of the catalog. A new one is a file and a line here. */
import { jobs } from './jobs.ts';
import type { Aggregate } from './operations.ts';
import { repositories } from './repositories.ts';

export const aggregates = { jobs, repositories } satisfies Record<string, Aggregate>;

export type Aggregates = typeof aggregates;
