/** All aggregates of the catalog. A new one is a file and a line here. */
import type { Aggregate } from './operations.ts';
import { repositories } from './repositories.ts';

export const aggregates = { repositories } satisfies Record<string, Aggregate>;

export type Aggregates = typeof aggregates;
