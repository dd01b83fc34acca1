/** The leases this home keeps for others, in a file: passwords are in it by their hashes alone. */
import { join } from 'node:path';
import { z } from 'zod';
import { leaseNameSchema, leaseSchema } from '../../../../shared/contract/leases.ts';
import { HoldfastError } from '../../../../shared/model/errors.ts';
import { readSmallFile, writeFileAtomically } from '../../platform/atomic-file.ts';

const rowSchema = z.object({
  tenant: z.string().min(1).max(64),
  actor: z.string(),
  name: leaseNameSchema,
  createdAtMs: z.number().int(),
  holders: z.array(z.object({ name: leaseNameSchema, hash: z.string().regex(/^[0-9a-f]{64}$/) })).max(10),
  lease: leaseSchema,
});
export type LeaseRow = z.infer<typeof rowSchema>;

const fileSchema = z.object({ version: z.literal(1), leases: z.array(rowSchema).max(1_000) });
const maximumBytes = 16 * 1024 * 1024;

/** None where there is no file. SITE_LEASES_DAMAGED. */
export async function readLeases(home: string): Promise<readonly LeaseRow[]> {
  const text = await readSmallFile(leaseFile(home), maximumBytes);
  if (text === null) return [];
  try {
    return fileSchema.parse(JSON.parse(text)).leases;
  } catch (cause) {
    const what = `The file ${leaseFile(home)} is not what Holdfast wrote.`;
    throw new HoldfastError('SITE_LEASES_DAMAGED', what, { cause });
  }
}

export async function writeLeases(home: string, leases: readonly LeaseRow[]): Promise<void> {
  await writeFileAtomically(leaseFile(home), `${JSON.stringify({ version: 1, leases }, null, 1)}\n`);
}

function leaseFile(home: string): string {
  return join(home, 'site-leases.json');
}
