/** Commands and checks of health: as steps of a recovery plan, and as what a drill of a source is checked by. */
import { z } from 'zod';
import { planLimits as limits } from '../model/recovery-plans.ts';

const noNul = (text: string): boolean => !text.includes('\0');
const text = z.string().max(limits.textLength).refine(noNul, 'a NUL character');
const said = text.min(1);
const port = z.number().int().min(1).max(65_535);

export const commandSchema = z.discriminatedUnion('kind', [
  z.object({ kind: z.literal('program'), words: z.array(text).min(1).max(limits.words).readonly() }),
  z.object({ kind: z.literal('shell'), script: said }),
]);

export const checkSchema = z.discriminatedUnion('kind', [
  z.object({
    kind: z.literal('http'),
    url: said,
    status: z.number().int().min(100).max(599).default(200),
    contains: said.nullable().default(null),
  }),
  z.object({ kind: z.literal('tcp'), host: said, port }),
  z.object({
    kind: z.literal('ssh'),
    host: said,
    port: port.default(22),
    user: said,
    hostKey: z.string().regex(/^SHA256:[A-Za-z0-9+/]{43}$/, 'the key of a host is written as SHA256:…'),
    command: said,
    keyFile: said,
  }),
]);

/** See shared/model/drill-probes.ts. */
export const drillProbeSchema = z.object({
  title: z.string().trim().min(1).max(200),
  needsWhole: z.boolean().default(true),
  timeLimitMs: z.number().int().min(limits.timeLimitMs.least).max(86_400_000).default(300_000),
  what: z.discriminatedUnion('kind', [
    z.object({ kind: z.literal('command'), run: commandSchema }),
    z.object({ kind: z.literal('health'), check: checkSchema }),
  ]),
});
export type GivenProbe = z.input<typeof drillProbeSchema>;
