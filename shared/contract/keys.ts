import { oc } from '@orpc/contract';
import { z } from 'zod';
import { idSchema, repositoryAccessSchema } from './common.ts';

export const keySchema = z.object({
  id: idSchema,
  /** ISO-8601 UTC. */
  createdAt: z.string(),
  username: z.string(),
  hostname: z.string(),
  /** True for the key that the given password opened. */
  current: z.boolean(),
});
export type Key = z.infer<typeof keySchema>;

const withRepository = z.object({ repository: repositoryAccessSchema });

export const keysContract = {
  list: oc.input(withRepository).output(z.array(keySchema)),
  add: oc.input(withRepository.extend({ newPassword: z.string().min(1) })).output(keySchema),
  /** `key` is an id or a prefix of one. The key in use is refused. */
  remove: oc.input(withRepository.extend({ key: z.string().min(1) })).output(keySchema),
  /** Writes a key for the new password, then removes the one in use. */
  passwd: oc.input(withRepository.extend({ newPassword: z.string().min(1) })).output(keySchema),
};
