import { oc } from '@orpc/contract';
import { z } from 'zod';
import { freshnessStates } from '../model/freshness.ts';
import { alertLevels } from '../model/alerts.ts';
import { errorReportSchema } from './common.ts';
import { connectionStateSchema } from './repositories.ts';
import { nameSchema } from './sources.ts';
import { roleSchema } from './tokens.ts';

export const peerIdSchema = z.string().regex(/^[0-9a-f]{16}$/);
const count = z.number().int().nonnegative();
/** ISO-8601 UTC. */
const time = z.string();

const newPeer = {
  name: nameSchema,
  /** Where its console answers: `https://host:port`, or `http://` on this machine. */
  url: z.string().min(1).max(2048),
  /** SHA-256 of its certificate, as hexadecimal digits with or without colons; null: an authority vouches for it. */
  fingerprint: z
    .string()
    .regex(/^[0-9a-fA-F]{2}(?::?[0-9a-fA-F]{2}){31}$/)
    .nullable()
    .default(null),
};

/** One of its sources, as it judges it itself. */
export const peerSourceSchema = z.object({
  name: z.string(),
  freshness: z.enum(freshnessStates),
  newestGoodAt: time.nullable(),
  rpoMs: z.number().nullable(),
  /** Why what is due does not run. */
  waitsFor: z.string().nullable(),
});
export type PeerSource = z.infer<typeof peerSourceSchema>;

/** What it said when it was last asked; everything in it is the other console's word. */
export const peerReadingSchema = z.object({
  at: time,
  version: z.string(),
  startedAt: time,
  /** What the token may do there. */
  role: roleSchema,
  /** Whether it runs what is due by itself. */
  active: z.boolean(),
  sources: z.object({
    total: count,
    never: count,
    overdue: count,
    paused: count,
    /** The newest good snapshot of that source is the oldest: what would be lost. Null: there are no sources. */
    worst: peerSourceSchema.nullable(),
    /** Worst first. */
    list: z.array(peerSourceSchema),
  }),
  alerts: z.object({
    total: count,
    errors: count,
    warnings: count,
    /** Worst first; the rest is on that console. */
    list: z.array(
      z.object({
        id: z.string(),
        /** Null: of a version that does not say. */
        rule: z.string().nullable(),
        level: z.enum(alertLevels),
        title: z.string(),
        detail: z.string(),
        raisedAt: time,
        acknowledged: z.boolean(),
      }),
    ),
  }),
  repositories: z.array(
    z.object({
      name: z.string(),
      location: z.string(),
      state: connectionStateSchema,
      primary: z.boolean(),
      snapshots: count,
    }),
  ),
  /** Where it sends copies, but for its own primary repository. */
  sites: z.array(
    z.object({
      name: z.string(),
      state: z.string(),
      /** Of the source that is behind most; null: nothing was sent yet, or nothing is to be. */
      lagMs: z.number().nullable(),
      waiting: count,
      failed: count,
    }),
  ),
  /** Jobs that run there now. */
  running: z.array(z.object({ title: z.string(), state: z.string(), percent: z.number().nullable() })),
});
export type PeerReading = z.infer<typeof peerReadingSchema>;

/** `unknown`: it was not asked yet. `silent`: it does not answer, or not as a Holdfast does. `refused`: it does not take the token. */
export const peerStates = ['unknown', 'answering', 'silent', 'refused'] as const;

/** Another Holdfast that is watched from this console. */
export const peerSchema = z.object({
  id: peerIdSchema,
  name: z.string(),
  url: z.string(),
  fingerprint: z.string().nullable(),
  addedAt: time,
  addedBy: z.string(),
  state: z.enum(peerStates),
  /** Since when it is in that state, as far as this engine has seen. */
  since: time.nullable(),
  problem: errorReportSchema.nullable(),
  /** The last that was heard; it may be old. */
  reading: peerReadingSchema.nullable(),
});
export type Peer = z.infer<typeof peerSchema>;

/** The id or the name. */
const which = z.object({ peer: z.string().min(1).max(100) });

export const peersContract = {
  /** From what was heard last; `ask` asks all of them first. */
  list: oc.input(z.object({ ask: z.boolean().default(false) })).output(z.object({ peers: z.array(peerSchema) })),
  /** Asks it. PEER_UNKNOWN. */
  show: oc.input(which).output(peerSchema),
  /** Asks it once before it is kept. PEER_EXISTS, PEER_INVALID, PEER_UNREACHABLE, PEER_REFUSED, PEER_STRANGE, NO_SECRET_STORE. */
  add: oc.input(z.object({ ...newPeer, token: z.string().min(1).max(4096) })).output(peerSchema),
  /** The token is forgotten here; at the other console it goes on until it is revoked there. PEER_UNKNOWN. */
  remove: oc.input(which).output(z.object({})),
  /** Protects a source there, now. What the token may do there decides. PEER_REFUSED, so all below. */
  protect: oc.input(which.extend({ source: z.string().min(1).max(100) })).output(z.object({ job: z.string() })),
  acknowledge: oc.input(which.extend({ alert: z.string().regex(/^[0-9a-f]{4,16}$/) })).output(z.object({})),
  /** A link that opens that console in a browser, once. */
  link: oc.input(which).output(z.object({ url: z.string(), expiresAt: time })),
};
