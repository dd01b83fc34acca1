import { oc } from '@orpc/contract';
import { z } from 'zod';
import { alertLevels } from '../model/alerts.ts';
import { alertIdSchema } from './alerts.ts';
import { nameSchema } from './sources.ts';

export const routeIdSchema = z.string().regex(/^[0-9a-f]{16}$/);

export const mailAddressSchema = z
  .string()
  .max(320)
  .regex(/^[^\s@,;<>"\p{Cc}]+@[^\s@,;<>"\p{Cc}]+$/u, 'a mail address such as ops@example.org');
const user = z.string().min(1).max(200).nullable();

/** Where alerts are told. What is secret about it, addresses of webhooks too, is given beside it and never shown again. */
export const routeTargetSchema = z.discriminatedUnion('kind', [
  /** Notifications of this desktop: there is one such route, made by the desktop itself. */
  z.object({ kind: z.literal('desktop') }),
  z.object({
    kind: z.literal('mail'),
    host: z.string().regex(/^[A-Za-z0-9.:_-]{1,253}$/, 'a host name or an address'),
    port: z.number().int().min(1).max(65_535),
    /** `tls` from the first byte (465), `starttls` or nothing goes (587), `none` without a password only. */
    security: z.enum(['tls', 'starttls', 'none']),
    /** With a password; null: the server wants none. */
    user,
    from: mailAddressSchema,
    to: z.array(mailAddressSchema).min(1).max(50),
  }),
  z.object({
    kind: z.literal('webhook'),
    /** `json`: see docs/ALERTS.md; what Slack and Mattermost take; what ntfy takes. */
    format: z.enum(['json', 'slack', 'ntfy']),
    authentication: z.enum(['none', 'basic', 'bearer']),
    /** For `basic`. */
    user,
  }),
  /** Asked for while all is well, so that whoever waits there notices silence. */
  z.object({
    kind: z.literal('healthCheck'),
    /** After each run of this source; null: in the interval below, about all. */
    source: nameSchema.nullable(),
    everyMs: z.number().int().min(60_000).max(86_400_000),
    /** Whether what is not well is told too, by asking for the address with `/fail` behind it. */
    tellsFailure: z.boolean(),
  }),
]);
export type RouteTarget = z.infer<typeof routeTargetSchema>;

export const routeDefinitionSchema = z.object({
  name: nameSchema,
  enabled: z.boolean(),
  target: routeTargetSchema,
  /** Only alerts of this level and above. */
  atLeast: z.enum(alertLevels),
  /** Between reminders of an open alert that nobody sees to; null: none. */
  remindEveryMs: z.number().int().min(60_000).nullable(),
  timeoutMs: z.number().int().min(1_000).max(120_000),
  /** How often a message is tried again, at growing intervals, before it is given up. */
  retries: z.number().int().min(0).max(100),
});
export type RouteDefinition = z.infer<typeof routeDefinitionSchema>;

const headerName = z.string().regex(/^[A-Za-z0-9-]{1,100}$/, 'letters, digits and -');
const headerValue = z
  .string()
  .max(2000)
  .regex(/^[\x20-\x7e]*$/, 'printable characters of ASCII');

/** What is left out stays as it is. */
export const routeSecretsSchema = z.object({
  /** Of a webhook or health check. */
  url: z
    .url({ protocol: /^https?$/ })
    .max(2000)
    .optional(),
  /** Of a mail account or for `basic`; the token for `bearer`. */
  password: z.string().min(1).max(4000).optional(),
  headers: z
    .array(z.object({ name: headerName, value: headerValue }))
    .max(20)
    .optional(),
});
export type RouteSecrets = z.infer<typeof routeSecretsSchema>;

export const deliverySchema = z.object({
  id: z.string(),
  route: routeIdSchema,
  /** Null: a test, or a ping. */
  alert: alertIdSchema.nullable(),
  kind: z.enum(['raise', 'remind', 'resolve', 'test', 'ping']),
  /** `dropped`: what it says was over before it was sent. */
  state: z.enum(['queued', 'sent', 'failed', 'dropped']),
  attempts: z.number().int(),
  /** ISO-8601 UTC, as all times here. */
  at: z.string(),
  nextAt: z.string().nullable(),
  endedAt: z.string().nullable(),
  /** Why the last attempt failed. */
  problem: z.string().nullable(),
});
export type Delivery = z.infer<typeof deliverySchema>;

export const routeSchema = routeDefinitionSchema.extend({
  id: routeIdSchema,
  /** Of the address of a webhook or health check: where it leads, without what is secret in it. */
  origin: z.string().nullable(),
  headerNames: z.array(z.string()),
  hasPassword: z.boolean(),
  createdAt: z.string(),
  createdBy: z.string(),
  updatedAt: z.string(),
  /** The newest message that was brought to an end. */
  last: z.object({ at: z.string(), state: z.enum(['sent', 'failed']), problem: z.string().nullable() }).nullable(),
});
export type Route = z.infer<typeof routeSchema>;

/** The id, or the name. */
const byId = z.object({ id: z.string().min(1).max(100) });

export const routesContract = {
  /** ROUTES_DAMAGED; so all below. */
  list: oc.input(z.object({})).output(z.object({ routes: z.array(routeSchema) })),
  /** ROUTE_EXISTS, ROUTE_INVALID, NO_SECRET_STORE. */
  add: oc
    .input(z.object({ route: routeDefinitionSchema, secrets: routeSecretsSchema.default({}) }))
    .output(routeSchema),
  /** The kind stays. ROUTE_UNKNOWN and as `add`. */
  update: oc
    .input(byId.extend({ route: routeDefinitionSchema, secrets: routeSecretsSchema.default({}) }))
    .output(routeSchema),
  /** What is queued by it is not sent. ROUTE_UNKNOWN. */
  remove: oc.input(byId).output(z.object({})),
  /** Sends one message now, once, and says what became of it. ROUTE_UNKNOWN. */
  test: oc.input(byId).output(deliverySchema),
  /** Newest first; `before` is the id of a delivery, for the page after it. */
  deliveries: oc
    .input(
      z.object({
        route: z.string().max(100).optional(),
        before: z.string().optional(),
        limit: z.number().int().min(1).max(500).default(100),
      }),
    )
    .output(z.object({ deliveries: z.array(deliverySchema), more: z.boolean() })),
};
