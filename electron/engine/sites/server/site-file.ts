/**
 * Who may push to this server, in a file of the home: nothing brings that back from a repository, and the server lets nobody in
 * without it. Passwords and codes are in it by their hashes alone.
 */
import { join } from 'node:path';
import { z } from 'zod';
import { leaseNameSchema } from '../../../../shared/contract/leases.ts';
import { HoldfastError } from '../../../../shared/model/errors.ts';
import { readSmallFile, writeFileAtomically } from '../../platform/atomic-file.ts';
import { userPattern } from './rest-paths.ts';

const hashSchema = z.string().regex(/^[0-9a-f]{64}$/);

const termsSchema = z.object({
  tenant: z.string().min(1).max(64),
  /** Who let them in. */
  actor: z.string(),
  name: z.string().regex(userPattern),
  appendOnly: z.boolean(),
  /** Bytes; null: as much as the disk has. */
  quotaBytes: z.number().int().nonnegative().nullable(),
  /** Where the repository lies; null: in the home. */
  folder: z.string().max(4096).nullable(),
  createdAtMs: z.number().int(),
});

const userSchema = termsSchema.extend({
  /** Of the password. */
  hash: hashSchema,
  /** What the other end calls itself, where it was paired. */
  pairedWith: z.string().max(200).nullable(),
  /** Whose writing stops when another one takes the lease, which this server keeps too; null: nobody's. */
  lease: z.object({ name: leaseNameSchema, holder: leaseNameSchema }).nullable().default(null),
  requests: z.number().int().nonnegative(),
  refused: z.number().int().nonnegative(),
  receivedBytes: z.number().int().nonnegative(),
  sentBytes: z.number().int().nonnegative(),
  lastUsedAtMs: z.number().int().nullable(),
  lastAddress: z.string().max(100).nullable(),
});
export type SiteUserRow = z.infer<typeof userSchema>;

const invitationSchema = termsSchema.extend({
  id: z.string().regex(/^[0-9a-f]{16}$/),
  /** Of the secret in the code. */
  hash: hashSchema,
  expiresAtMs: z.number().int(),
  /** Hash of the password it was traded for; null: not yet. */
  tradedFor: hashSchema.nullable(),
});
export type InvitationRow = z.infer<typeof invitationSchema>;

const fileSchema = z.object({
  version: z.literal(1),
  users: z.array(userSchema).max(10_000),
  invitations: z.array(invitationSchema).max(10_000),
});
export type SiteFile = Pick<z.infer<typeof fileSchema>, 'users' | 'invitations'>;

const maximumBytes = 16 * 1024 * 1024;

/** Nobody where there is no file. SITE_USERS_DAMAGED. */
export async function readSiteFile(home: string): Promise<SiteFile> {
  const text = await readSmallFile(siteFile(home), maximumBytes);
  if (text === null) return { users: [], invitations: [] };
  try {
    return fileSchema.parse(JSON.parse(text));
  } catch (cause) {
    const what = `The file ${siteFile(home)} is not what Holdfast wrote.`;
    throw new HoldfastError('SITE_USERS_DAMAGED', what, { cause });
  }
}

export async function writeSiteFile(home: string, { users, invitations }: SiteFile): Promise<void> {
  await writeFileAtomically(siteFile(home), `${JSON.stringify({ version: 1, users, invitations }, null, 1)}\n`);
}

function siteFile(home: string): string {
  return join(home, 'site-users.json');
}
