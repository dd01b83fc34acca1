/** Whether this console needs a lease, and for whom it stands by: in a file of the home, on the disk before it counts. */
import { join } from 'node:path';
import { z } from 'zod';
import { connectionIdSchema } from '../../../../shared/contract/common.ts';
import { peerIdSchema } from '../../../../shared/contract/peers.ts';
import { leaseDurationSchema, leaseNameSchema } from '../../../../shared/contract/leases.ts';
import { sourceLossSchema } from '../../../../shared/contract/failover.ts';
import { HoldfastError } from '../../../../shared/model/errors.ts';
import { readSmallFile, writeFileAtomically } from '../../platform/atomic-file.ts';

const ms = z.number().int().nonnegative();

const standbySchema = z.object({
  /** The console that is watched, and followed. */
  peer: peerIdSchema,
  /** What is protected into then. */
  replica: connectionIdSchema,
  graceMs: ms,
  maxAgeMs: ms,
});

/** What the other console had when it was last heard of. */
const seenSchema = z.object({
  atMs: ms,
  sources: z.array(z.object({ name: z.string(), newestGoodMs: ms.nullable() })).max(1_000),
  /** Why nothing may be promoted, in sentences. */
  guards: z.array(z.string()).max(100),
});
export type SeenOwner = z.infer<typeof seenSchema>;

const promotionSchema = z.object({
  atMs: ms,
  /** From the one it stood by for. */
  from: z.string(),
  run: z.string().nullable(),
  token: ms,
  /** Taken over; false: it came to nothing. */
  isDone: z.boolean(),
  problem: z.string().nullable(),
  /** An operator has seen it. */
  isSeen: z.boolean(),
  losses: z.array(sourceLossSchema),
});
export type Promotion = z.infer<typeof promotionSchema>;

const rowSchema = z.object({
  tenant: z.string().min(1).max(64),
  actor: z.string(),
  lease: leaseNameSchema,
  /** This console, at the witness. */
  holder: leaseNameSchema,
  url: z.string().max(2048),
  fingerprint: z.string().nullable(),
  durationMs: leaseDurationSchema,
  /** Null: it is the owner. */
  standby: standbySchema.nullable(),
  /** Who else has it, as far as was heard. */
  aside: leaseNameSchema.nullable(),
  /** Null: nothing was promoted, or all of it was given back. */
  promotion: promotionSchema.nullable(),
  seen: seenSchema.nullable(),
});
export type AutomaticRow = z.infer<typeof rowSchema>;

const fileSchema = z.object({ version: z.literal(1), consoles: z.array(rowSchema).max(1_000) });
const maximumBytes = 64 * 1024 * 1024;

/** None where there is no file. AUTOMATIC_DAMAGED. */
export async function readAutomatic(home: string): Promise<readonly AutomaticRow[]> {
  const text = await readSmallFile(automaticFile(home), maximumBytes);
  if (text === null) return [];
  try {
    return fileSchema.parse(JSON.parse(text)).consoles;
  } catch (cause) {
    const what = `The file ${automaticFile(home)} is not what Holdfast wrote.`;
    throw new HoldfastError('AUTOMATIC_DAMAGED', what, { cause });
  }
}

export async function writeAutomatic(home: string, consoles: readonly AutomaticRow[]): Promise<void> {
  await writeFileAtomically(automaticFile(home), `${JSON.stringify({ version: 1, consoles }, null, 1)}\n`);
}

/** Whether it acts as the owner for as long as it has the lease. */
export function wantsLease({ standby, promotion }: AutomaticRow): boolean {
  return standby === null || promotion?.isDone === true;
}

function automaticFile(home: string): string {
  return join(home, 'automatic-failover.json');
}
