/** What a repository elsewhere is reached with: see shared/model/repository-access.ts. */
import { z } from 'zod';
import { accessSecrets, lockModes, storageClasses } from '../model/repository-access.ts';

const lineSchema = z
  .string()
  .trim()
  .min(1)
  .max(4_096)
  .regex(/^[^\p{Cc}\p{Cf}]+$/u, 'a sign that cannot be seen');

export const accessSettingsSchema = z.object({
  account: lineSchema.optional(),
  accessKeyId: z
    .string()
    .regex(/^[\w.+=,@-]{3,128}$/, 'an access key id is of letters and digits, such as AKIA…')
    .optional(),
  region: z
    .string()
    .regex(/^[a-zA-Z0-9-]{1,40}$/, 'a region is written as eu-central-1')
    .optional(),
  storageClass: z.enum(storageClasses).optional(),
  lockMode: z.enum(lockModes).optional(),
  lockDays: z.number().int().min(1).max(36_500).optional(),
  user: lineSchema.refine((text) => !text.includes(':'), 'a user has no colon in it').optional(),
  fingerprint: z
    .string()
    .regex(/^(?:SHA256:[A-Za-z0-9+/]{43}|[0-9a-fA-F]{64})$/, 'SHA256:… of a host key, or 64 digits of a certificate')
    .optional(),
  /** PEM. */
  authority: z
    .string()
    .max(256 * 1024)
    .regex(/^\s*-----BEGIN CERTIFICATE-----/, 'certificates as PEM')
    .optional(),
  keyFile: lineSchema.optional(),
  agent: z.boolean().optional(),
});

/** Secrets are never part of an answer. */
export const repositoryReachSchema = z.object({
  settings: accessSettingsSchema.default({}),
  secrets: z
    .partialRecord(
      z.enum(accessSecrets),
      z
        .string()
        .min(1)
        .max(64 * 1024),
    )
    .default({}),
});
export type RepositoryReach = z.infer<typeof repositoryReachSchema>;
