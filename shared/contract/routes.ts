import { oc } from '@orpc/contract';
import { z } from 'zod';
import { nameSchema } from './sources.ts';

const id = z.string().regex(/^[0-9a-f]{16}$/);
const url = z.url({ protocol: /^https?$/ }).max(2000);
const header = z.object({ name: z.string().regex(/^[A-Za-z0-9-]{1,100}$/), value: z.string().max(2000) });

/** Where alerts are told. Secrets come beside it and never go out again. */
export const routeTargetSchema = z.discriminatedUnion('kind', [
  z.object({ kind: z.literal('desktop') }),
  z.object({
    kind: z.literal('mail'),
    host: z.string().min(1).max(253),
    port: z.number().int().min(1).max(65_535),
    security: z.enum(['tls', 'starttls', 'none']),
    user: z.string().max(200).nullable(),
    from: z.string().max(320),
    to: z.array(z.string().max(320)).min(1).max(50),
  }),
  z.object({
    kind: z.literal('webhook'),
    format: z.enum(['json', 'slack', 'ntfy']),
    url,
    authentication: z.enum(['none', 'basic', 'bearer']),
    user: z.string().max(200).nullable(),
    headers: z.array(header).max(20),
    timeoutMs: z.number().int().min(1_000).max(120_000),
    retries: z.number().int().min(0).max(100),
  }),
  /** Asked for after each good run, or not: whoever is there notices silence. */
  z.object({ kind: z.literal('healthCheck'), url, source: z.string().nullable() }),
]);

export const routeDefinitionSchema = z.object({
  name: nameSchema,
  enabled: z.boolean(),
  target: routeTargetSchema,
  /** Only alerts of this level and above. */
  atLeast: z.enum(['info', 'warning', 'error']),
  /** Milliseconds between reminders of an open alert that nobody acknowledged; null: none. */
  remindEveryMs: z.number().int().min(60_000).nullable(),
});

export const routeSchema = routeDefinitionSchema.extend({
  id,
  hasSecret: z.boolean(),
  createdAt: z.string(),
  createdBy: z.string(),
  last: z
    .object({ at: z.string(), state: z.enum(['queued', 'sent', 'failed']), problem: z.string().nullable() })
    .nullable(),
});
export type Route = z.infer<typeof routeSchema>;

export const deliverySchema = z.object({
  id,
  route: id,
  alert: id.nullable(),
  kind: z.enum(['raise', 'remind', 'resolve', 'test', 'ping']),
  state: z.enum(['queued', 'sent', 'failed']),
  attempts: z.number().int(),
  at: z.string(),
  nextAt: z.string().nullable(),
  endedAt: z.string().nullable(),
  problem: z.string().nullable(),
});
export type Delivery = z.infer<typeof deliverySchema>;

const secret = z.string().min(1).max(4000).optional();

export const routesContract = {
  list: oc.input(z.object({})).output(z.object({ routes: z.array(routeSchema) })),
  /** ROUTE_EXISTS, NO_SECRET_STORE. */
  add: oc.input(z.object({ route: routeDefinitionSchema, secret })).output(routeSchema),
  /** Without a secret the one that is there stays. ROUTE_UNKNOWN. */
  update: oc.input(z.object({ id, route: routeDefinitionSchema, secret })).output(routeSchema),
  remove: oc.input(z.object({ id })).output(z.object({})),
  /** Sends one message now and says what became of it. ROUTE_UNKNOWN. */
  test: oc.input(z.object({ id })).output(deliverySchema),
  deliveries: oc
    .input(
      z.object({ route: id.optional(), before: id.optional(), limit: z.number().int().min(1).max(500).default(100) }),
    )
    .output(z.object({ deliveries: z.array(deliverySchema), more: z.boolean() })),
};
