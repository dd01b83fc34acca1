/**
 * Which repositories this home works with, in a file of its own: the catalog can be lost and is then filled again from
 * them, so what leads to them lies beside it. Passwords are never in it.
 */
import { join } from 'node:path';
import { z } from 'zod';
import { connectionIdSchema, idSchema } from '../../../shared/contract/common.ts';
import { accessSettingsSchema } from '../../../shared/contract/repository-access.ts';
import { HoldfastError } from '../../../shared/model/errors.ts';
import { accessSecrets } from '../../../shared/model/repository-access.ts';
import { readSmallFile, writeFileAtomically } from '../platform/atomic-file.ts';

const connectionRowSchema = z.object({
  id: connectionIdSchema,
  tenant: z.string().min(1).max(64),
  actor: z.string(),
  name: z.string().min(1).max(100),
  location: z.string().min(1).max(4096),
  settings: accessSettingsSchema.default({}),
  /** Of the secrets that the place is reached with; they lie in the secret store, or nowhere. */
  secretNames: z.array(z.enum(accessSecrets)).default([]),
  repository: idSchema,
  primary: z.boolean(),
  /** It gets copies: nothing is protected into it unless somebody makes it the primary one. */
  site: z.boolean().default(false),
  remembered: z.boolean(),
  /** Epoch milliseconds. */
  provenAtMs: z.number().int(),
  addedAtMs: z.number().int(),
});
export type ConnectionRow = z.infer<typeof connectionRowSchema>;

const fileSchema = z.object({
  version: z.literal(1),
  connections: z
    .array(connectionRowSchema)
    .max(10_000)
    // What is open is found by its id alone.
    .refine((rows) => new Set(rows.map(({ id }) => id)).size === rows.length),
});
const maximumBytes = 16 * 1024 * 1024;

/** Empty where there is no file. CONNECTIONS_DAMAGED. */
export async function readConnections(home: string): Promise<ConnectionRow[]> {
  const text = await readSmallFile(connectionFile(home), maximumBytes);
  if (text === null) return [];
  try {
    return fileSchema.parse(JSON.parse(text)).connections;
  } catch (error) {
    const what = `The file ${connectionFile(home)} is not what Holdfast wrote.`;
    throw new HoldfastError('CONNECTIONS_DAMAGED', what, { cause: error });
  }
}

export async function writeConnections(home: string, connections: readonly ConnectionRow[]): Promise<void> {
  await writeFileAtomically(connectionFile(home), `${JSON.stringify({ version: 1, connections }, null, 1)}\n`);
}

function connectionFile(home: string): string {
  return join(home, 'connections.json');
}
