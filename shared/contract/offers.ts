/** Snapshots of the operator's that a tenant may copy into a repository of its own. */
import { eventIterator, oc } from '@orpc/contract';
import { z } from 'zod';
import { offerStates } from '../model/tenants.ts';
import { detachSchema, idSchema, operationEvents, repositoryAccessSchema } from './common.ts';
import { tenantIdSchema } from './tenants.ts';

const dayMs = 24 * 60 * 60 * 1000;
const offerIdSchema = z.string().regex(/^[0-9a-f]{16}$/);
const noteSchema = z.string().max(1000);

/** As a tenant sees it, without where it lies. ISO-8601 UTC. */
export const offerSchema = z.object({
  id: offerIdSchema,
  tenant: tenantIdSchema,
  snapshot: idSchema,
  source: z.string(),
  takenAt: z.string(),
  note: z.string(),
  state: z.enum(offerStates),
  offeredAt: z.string(),
  expiresAt: z.string(),
  copiedAt: z.string().nullable(),
  /** What it is called in the tenant's repository, once it is there. */
  copy: idSchema.nullable(),
});
export type Offer = z.infer<typeof offerSchema>;

export const offersContract = {
  /** The operator's. SNAPSHOT_NOT_FOUND, SNAPSHOT_AMBIGUOUS, TENANT_UNKNOWN, TENANT_CLOSED. */
  add: oc
    .input(
      z.object({
        tenant: tenantIdSchema,
        /** One that is connected: the copy is made later, when nobody types its password. */
        repository: repositoryAccessSchema,
        /** An id, the beginning of one, or `latest`. */
        snapshot: z.string().min(1).max(200),
        source: z.string().max(200).optional(),
        note: noteSchema.default(''),
        /** Milliseconds from now. */
        lifetimeMs: z
          .number()
          .int()
          .min(60_000)
          .max(366 * dayMs)
          .default(7 * dayMs),
      }),
    )
    .output(z.object({ offer: offerSchema })),
  /** All of them for the operator, else those made to the caller's tenant. Newest first. */
  list: oc.input(z.object({})).output(z.object({ offers: z.array(offerSchema) })),
  /** The operator's. It cannot be requested any more; what was copied stays the tenant's. OFFER_NOT_FOUND, OFFER_OVER. */
  withdraw: oc.input(z.object({ offer: offerIdSchema })).output(z.object({ offer: offerSchema })),
  /** Copies it into a repository of the caller's, where it is a snapshot like others. OFFER_NOT_FOUND, OFFER_OVER. */
  request: oc
    .input(z.object({ offer: offerIdSchema, repository: repositoryAccessSchema, detach: detachSchema }))
    .output(eventIterator(operationEvents(z.object({ offer: offerSchema, snapshot: idSchema })))),
};
