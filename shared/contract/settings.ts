import { oc } from '@orpc/contract';
import { z } from 'zod';
import { configurationLimits as limits } from '../model/configuration.ts';
import { repositoryAccessSchema } from './common.ts';
import { savedSchema } from './configuration.ts';

const keySchema = z
  .string()
  .regex(/^[a-z][a-z0-9-]*(?:\.[a-z][a-z0-9-]*){0,4}$/)
  .max(100);
const valueSchema = z.union([z.string().max(limits.textLength), z.number(), z.boolean()]);

export const settingSchema = z.object({ key: keySchema, value: valueSchema });
export type Setting = z.infer<typeof settingSchema>;

export const settingsContract = {
  list: oc.input(z.object({})).output(z.object({ settings: z.array(settingSchema) })),
  /** A value of null takes the setting back. BAD_USAGE for a key or a type of value that there is not. */
  set: oc
    .input(z.object({ repository: repositoryAccessSchema, key: keySchema, value: valueSchema.nullable() }))
    .output(savedSchema),
};
