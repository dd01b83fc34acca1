import { oc } from '@orpc/contract';
import { z } from 'zod';

/** One thing the engine needs of the machine it runs on. */
export const selfTestSchema = z.object({
  id: z.enum(['cipher', 'key-derivation', 'authentication', 'compression', 'database', 'system-calls']),
  title: z.string(),
  ok: z.boolean(),
  /** What was found. */
  detail: z.string(),
  /** What does not work without it; null where it is there. */
  meaning: z.string().nullable(),
});
export type SelfTest = z.infer<typeof selfTestSchema>;

export const aboutSchema = z.object({
  version: z.string(),
  node: z.string(),
  /** `linux x64`. */
  platform: z.string(),
  home: z.string(),
  /** ISO-8601 UTC. */
  startedAt: z.string(),
  selfTest: z.array(selfTestSchema),
  logFolder: z.string(),
});
export type About = z.infer<typeof aboutSchema>;

/** For a stranger who helps: no secret, no path, no name of a machine, a person or a source. */
export const diagnosticsSchema = z.object({
  madeAt: z.string(),
  versions: z.record(z.string(), z.string()),
  machine: z.object({
    platform: z.string(),
    release: z.string(),
    cores: z.number().int(),
    memoryBytes: z.number(),
    uptimeSeconds: z.number(),
  }),
  engine: z.object({ startedAt: z.string(), stays: z.boolean(), memoryBytes: z.number() }),
  selfTest: z.array(selfTestSchema),
  /** Which are set, not what to. */
  settings: z.array(z.string()),
  counts: z.record(z.string(), z.number().int()),
  jobs: z.array(
    z.object({
      kind: z.string(),
      state: z.string(),
      queuedAt: z.string(),
      startedAt: z.string().nullable(),
      endedAt: z.string().nullable(),
      error: z.string().nullable(),
    }),
  ),
  log: z.array(z.string()),
  crashes: z.array(z.string()),
  /** What could not be found out. */
  missing: z.array(z.string()),
});
export type Diagnostics = z.infer<typeof diagnosticsSchema>;

/** One figure, with its series. Times are epoch seconds, durations seconds, sizes bytes, as their names say. */
export const metricSchema = z.object({
  name: z.string(),
  help: z.string(),
  samples: z.array(z.object({ labels: z.record(z.string(), z.string()), value: z.number() })),
});

export const engineContract = {
  about: oc.input(z.object({})).output(aboutSchema),
  diagnostics: oc.input(z.object({})).output(diagnosticsSchema),
  /** What a program that watches many machines wants to know; the door gives the same to Prometheus at `/metrics`. */
  metrics: oc.input(z.object({})).output(z.object({ metrics: z.array(metricSchema) })),
  /** The OpenAPI document of the API for programs; the door gives the same at `/api/v1/openapi.json`. */
  openapi: oc.input(z.object({})).output(z.object({ document: z.looseObject({ openapi: z.string() }) })),
};
