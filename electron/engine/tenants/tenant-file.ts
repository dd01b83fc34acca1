/**
 * The tenants of a home, and what was offered to them, in a file of its own: the catalog can be lost and is then filled again
 * from repositories, and none of these may say who is let into a home.
 */
import { join } from 'node:path';
import { z } from 'zod';
import { connectionIdSchema, idSchema } from '../../../shared/contract/common.ts';
import { HoldfastError } from '../../../shared/model/errors.ts';
import { tenantIdPattern, tenantStates } from '../../../shared/model/tenants.ts';
import { readSmallFile, writeFileAtomically } from '../platform/atomic-file.ts';

const ms = z.number().int();
const actor = z.string().max(256);

/** Times are epoch milliseconds. */
const tenantRowSchema = z.object({
  tenant: z.string().regex(tenantIdPattern),
  title: z.string().min(1).max(100),
  description: z.string().max(1000),
  state: z.enum(tenantStates),
  /** Why it is in that state; empty where nobody has said. */
  reason: z.string().max(1000),
  grants: z.object({
    folders: z.array(z.string().startsWith('/').max(4096)).max(100),
    commands: z.boolean(),
    machineCredentials: z.boolean(),
  }),
  addedBy: actor,
  addedAtMs: ms,
  stateBy: actor,
  stateAtMs: ms,
});
export type TenantRow = Readonly<z.infer<typeof tenantRowSchema>>;

const offerRowSchema = z.object({
  id: z.string().regex(/^[0-9a-f]{16}$/),
  /** To whom. */
  tenant: z.string().regex(tenantIdPattern),
  /** Of the operator's. */
  connection: connectionIdSchema,
  snapshot: idSchema,
  source: z.string().max(200),
  takenAtMs: ms,
  note: z.string().max(1000),
  offeredBy: actor,
  offeredAtMs: ms,
  expiresAtMs: ms,
  withdrawnAtMs: ms.nullable(),
  copiedAtMs: ms.nullable(),
  /** Its id in the repository of the tenant. */
  copy: idSchema.nullable(),
});
export type OfferRow = Readonly<z.infer<typeof offerRowSchema>>;

const fileSchema = z.object({
  version: z.literal(1),
  tenants: z.array(tenantRowSchema).max(1_000),
  offers: z.array(offerRowSchema).max(10_000),
});
export type TenantFile = { readonly tenants: readonly TenantRow[]; readonly offers: readonly OfferRow[] };

const maximumBytes = 16 * 1024 * 1024;

/** Without tenants where there is no file. TENANTS_DAMAGED. */
export async function readTenants(home: string): Promise<TenantFile> {
  const text = await readSmallFile(fileOf(home), maximumBytes);
  if (text === null) return { tenants: [], offers: [] };
  try {
    const { tenants, offers } = fileSchema.parse(JSON.parse(text));
    return { tenants, offers };
  } catch (error) {
    throw new HoldfastError('TENANTS_DAMAGED', `The file ${fileOf(home)} is not what Holdfast wrote.`, {
      cause: error,
    });
  }
}

export async function writeTenants(home: string, file: TenantFile): Promise<void> {
  await writeFileAtomically(fileOf(home), `${JSON.stringify({ version: 1, ...file }, null, 1)}\n`);
}

function fileOf(home: string): string {
  return join(home, 'tenants.json');
}
