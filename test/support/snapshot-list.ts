/** The array that `snapshots --json` and its neighbours print. */
import { z } from 'zod';
import { keySchema } from '../../shared/contract/keys.ts';
import { entrySchema, snapshotSchema } from '../../shared/contract/snapshots.ts';

export const snapshotListSchema = z.array(snapshotSchema);
export const entryListSchema = z.array(entrySchema);
export const keyListSchema = z.array(keySchema);
