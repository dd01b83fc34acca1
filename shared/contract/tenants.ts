/** Tenants of a home, as its operator looks after them. */
import { oc } from '@orpc/contract';
import { z } from 'zod';
import { tenantIdPattern, tenantStates } from '../model/tenants.ts';
import { isPlainPath } from '../model/configuration.ts';
import { connectionIdSchema } from './common.ts';

const count = z.number().int().nonnegative();

export const tenantIdSchema = z
  .string()
  .regex(tenantIdPattern, 'a tenant is named by small letters, digits and hyphens, 40 at most');
const titleSchema = z.string().trim().min(1).max(100);
const descriptionSchema = z.string().max(1000);
const reasonSchema = z.string().max(1000);

export const tenantGrantsSchema = z.object({
  /** Absolute folders, each with all that is below. */
  folders: z
    .array(z.string().max(4096).refine(isPlainPath, 'a path is absolute and without `.` and `..`'))
    .max(100)
    .readonly(),
  /** Programs and scripts of hooks and recovery plans, run as the engine's own account. */
  commands: z.boolean(),
  /** AWS profiles and environment, SSH keys and agent of that account. */
  machineCredentials: z.boolean(),
});

export const tenantSchema = z.object({
  tenant: tenantIdSchema,
  title: z.string(),
  description: z.string(),
  state: z.enum(tenantStates),
  /** Why it is in that state; empty where nobody has said. */
  reason: z.string(),
  grants: tenantGrantsSchema,
  /** ISO-8601 UTC, as all times here. */
  addedAt: z.string(),
  addedBy: z.string(),
  stateAt: z.string(),
  stateBy: z.string(),
});
export type Tenant = z.infer<typeof tenantSchema>;

const pieceSchema = z.object({ text: z.string(), subject: z.boolean() });

/** What the catalog knows of it; nothing is asked of a repository. */
export const tenantUsageSchema = z.object({
  sources: count,
  repositories: count,
  snapshots: count,
  /** What sources are as they were last seen, before anything is shared or compressed. */
  protectedBytes: count,
  /** Bytes that its repositories take where they lie; null: not known of each of them yet. */
  storedBytes: count.nullable(),
  /** Bytes sent to its sites in the last 30 days. */
  sentBytes: count,
  tokens: count,
  openAlerts: count,
});

export const tenantOverviewSchema = tenantSchema.extend({
  verdict: z.object({
    level: z.enum(['nothing', 'good', 'attention', 'bad']),
    headline: z.array(pieceSchema).readonly(),
    detail: z.string(),
  }),
  usage: tenantUsageSchema,
});
export type TenantOverview = z.infer<typeof tenantOverviewSchema>;

export const handOverSchema = z.object({
  tenant: tenantSchema,
  repositories: z.array(
    z.object({
      id: connectionIdSchema,
      name: z.string(),
      location: z.string(),
      primary: z.boolean(),
      /** Whether the newest configuration of the tenant lies in it. */
      configured: z.boolean(),
      /** Whether another home can reach it as it stands: a folder of this machine has to be carried there. */
      reachableElsewhere: z.boolean(),
    }),
  ),
  /** What is to be done on the other home, as one types it. */
  commands: z.array(z.array(z.string())),
  notices: z.array(z.string()),
});
export type HandOver = z.infer<typeof handOverSchema>;

const named = { tenant: tenantIdSchema };
const changed = z.object({ tenant: tenantSchema });

/** The operator's alone. TENANT_UNKNOWN. */
export const tenantsContract = {
  /** TENANT_EXISTS. */
  add: oc
    .input(z.object({ ...named, title: titleSchema.optional(), description: descriptionSchema.default('') }))
    .output(changed),
  list: oc.input(z.object({})).output(z.object({ tenants: z.array(tenantOverviewSchema) })),
  show: oc.input(z.object(named)).output(tenantOverviewSchema),
  rename: oc
    .input(z.object({ ...named, title: titleSchema.optional(), description: descriptionSchema.optional() }))
    .output(changed),
  /** What of this machine it may use, in place of what it was given before. */
  grant: oc.input(z.object({ ...named, grants: tenantGrantsSchema })).output(changed),
  /** Its logins are refused and nothing is done for it until it is resumed; what runs is stopped. */
  suspend: oc.input(z.object({ ...named, reason: reasonSchema.default('') })).output(changed),
  /** TENANT_CLOSED for one that was retired. */
  resume: oc.input(z.object(named)).output(changed),
  /**
   * For good: its tokens, sessions, schedules and syncs end, what runs is stopped. Its data stay where they are, in
   * repositories that are named; nothing is forgotten.
   */
  retire: oc.input(z.object({ ...named, reason: reasonSchema.default('') })).output(handOverSchema),
  /** Saves its configuration in its primary repository, and says how another home takes it over. Changes nothing else. */
  handOver: oc.input(z.object(named)).output(handOverSchema),
};
