/** This home as a site that others push to, and the other end of it: who may, who is invited, and how one pairs. */
import { oc } from '@orpc/contract';
import { z } from 'zod';
import { leaseNameSchema, leasesContract } from './leases.ts';

const count = z.number().int().nonnegative();
/** ISO-8601 UTC; null: never. */
const time = z.string().nullable();
/** Of a user, and the first part of the address of their repository. */
export const siteUserNameSchema = z
  .string()
  .regex(/^[a-z0-9][a-z0-9_-]{0,62}$/, 'small letters, digits, - and _, at most 63, and a letter or digit first');
/** Below `/lease/` leases are asked for. */
const newNameSchema = siteUserNameSchema.refine((name) => name !== 'lease', 'a name other than lease');
const fingerprintSchema = z.string().regex(/^[0-9a-f]{64}$/);

const termsFields = {
  name: siteUserNameSchema,
  /** Takes what is new; removes and replaces nothing, but for locks. */
  appendOnly: z.boolean(),
  /** Bytes; null: as much as the disk has. */
  quotaBytes: count.nullable(),
};

/** Where a site is served, as others reach it. */
export const siteAddressSchema = z.object({
  host: z.string(),
  port: count,
  /** SHA-256 of its certificate, 64 hexadecimal digits; null: without TLS, on this machine alone. */
  fingerprint: fingerprintSchema.nullable(),
  since: z.string(),
});

const userLeaseSchema = z.object({ name: leaseNameSchema, holder: leaseNameSchema });

/** Somebody who pushes here. The password is never part of an answer, but for the one that makes it. */
export const siteUserSchema = z.object({
  ...termsFields,
  /** Of the repository, on this machine. */
  folder: z.string(),
  /** Of the files there; null where they cannot be counted. */
  usedBytes: count.nullable(),
  /** What the other machine calls itself; null: it was not paired but given a password. */
  pairedWith: z.string().nullable(),
  /** Whose writing stops when another one takes the lease; null: nobody's. */
  lease: userLeaseSchema.nullable(),
  createdAt: z.string(),
  createdBy: z.string(),
  lastUsedAt: time,
  /** Where it came from then. */
  lastAddress: z.string().nullable(),
  /** Since it was made. */
  requests: count,
  refused: count,
  receivedBytes: count,
  sentBytes: count,
});
export type SiteUser = z.infer<typeof siteUserSchema>;

export const siteInvitationSchema = z.object({
  ...termsFields,
  id: z.string().regex(/^[0-9a-f]{16}$/),
  createdAt: z.string(),
  createdBy: z.string(),
  expiresAt: z.string(),
});
export type SiteInvitation = z.infer<typeof siteInvitationSchema>;

const newUser = z.object({
  name: newNameSchema,
  appendOnly: z.boolean().default(false),
  quotaBytes: count.nullable().default(null),
  /** Where the repository lies, as an absolute path; null: in the home. */
  folder: z.string().min(1).max(4096).nullable().default(null),
});

const minuteMs = 60_000;
const dayMs = 24 * 60 * minuteMs;

export const siteServerContract = {
  leases: leasesContract,
  /** Whether this engine serves the home as a site; null: it does not. */
  status: oc.input(z.object({})).output(z.object({ address: siteAddressSchema.nullable() })),
  /** SITE_USERS_DAMAGED, as all of these. */
  users: oc.input(z.object({})).output(z.object({ users: z.array(siteUserSchema) })),
  /** The answer is the only place where the password ever stands. SITE_USER_EXISTS, SITE_FOLDER_UNUSABLE. */
  add: oc.input(newUser).output(z.object({ user: siteUserSchema, password: z.string(), path: z.string() })),
  /** SITE_USER_UNKNOWN. */
  update: oc
    .input(
      z.object({
        name: siteUserNameSchema,
        appendOnly: z.boolean().optional(),
        quotaBytes: count.nullable().optional(),
        lease: userLeaseSchema.nullable().optional(),
      }),
    )
    .output(siteUserSchema),
  /** It is let in no more; its repository stays where it is. SITE_USER_UNKNOWN. */
  remove: oc.input(z.object({ name: siteUserNameSchema })).output(siteUserSchema),
  /** The answer is the only place where the code ever stands. As `add`, and SITE_SERVER_OFF, TLS_REQUIRED. */
  invite: oc
    .input(
      newUser.extend({
        lifetimeMs: z
          .number()
          .int()
          .min(minuteMs)
          .max(30 * dayMs)
          .default(dayMs),
        /** Host and port under which the other end reaches this server; by default a guess. */
        address: z.string().min(1).max(300).optional(),
      }),
    )
    .output(z.object({ invitation: siteInvitationSchema, code: z.string(), address: z.string() })),
  /** Those that are still good. */
  invitations: oc.input(z.object({})).output(z.object({ invitations: z.array(siteInvitationSchema) })),
  /** By its id or the name of the user. SITE_INVITATION_UNKNOWN. */
  revoke: oc.input(z.object({ invitation: z.string().min(1).max(100) })).output(siteInvitationSchema),
  /** At the other end: what a code says, before anything is contacted. SITE_CODE_INVALID. */
  readCode: oc
    .input(z.object({ code: z.string().min(1).max(2000) }))
    .output(z.object({ address: z.string(), fingerprint: fingerprintSchema })),
  /**
   * At the other end: trades a code for a lasting password, and keeps that in the secret store by the location. A repository
   * that is made or connected there with these settings is let in with it. SITE_CODE_INVALID, NO_SECRET_STORE,
   * REPOSITORY_UNREACHABLE, CERTIFICATE_WRONG, TOO_MANY_REQUESTS.
   */
  pair: oc.input(z.object({ code: z.string().min(1).max(2000) })).output(
    z.object({
      /** `rest:https://…/`: for a repository to be made or connected. */
      location: z.string(),
      settings: z.object({ user: z.string(), fingerprint: fingerprintSchema }),
      appendOnly: z.boolean(),
      quotaBytes: count.nullable(),
    }),
  ),
};
