import { z } from 'zod';

/** `blocker`: the run would not begin. */
export const preflightCheckSchema = z.object({
  level: z.enum(['ok', 'warning', 'blocker']),
  id: z.string(),
  title: z.string(),
  detail: z.string(),
});
export type PreflightCheck = z.infer<typeof preflightCheckSchema>;
