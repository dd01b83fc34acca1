/**
 * What a client and the engine say to each other on `engine.sock`. The engine speaks first. A stream is sent as far as
 * its reader has made room, so that neither side holds more than a few events of it.
 */
import { readlinkSync, statSync } from 'node:fs';
import { z } from 'zod';
import { callerSchema, errorReportSchema } from '../../../../shared/contract/common.ts';

export const protocolVersion = 1;

/** Events of one stream that may be on their way before the reader makes room for more. */
export const streamWindow = 8;

/** A client sends calls, the engine also answers: lists of snapshots, entries of folders. */
export const maxCallBytes = 8 * 1024 * 1024;
export const maxAnswerBytes = 512 * 1024 * 1024;

/** `command`: an engine that ends with its command; `serve`: one that stays. */
export const engineKindSchema = z.enum(['command', 'serve']);
export type EngineKind = z.infer<typeof engineKindSchema>;

const helloSchema = z.object({
  type: z.literal('hello'),
  protocol: z.number(),
  version: z.string(),
  kind: engineKindSchema,
  pid: z.number(),
  /** See `ownPlace`. */
  place: z.string(),
  /** Whether it runs a long operation now. */
  working: z.boolean(),
});
export type Hello = z.infer<typeof helloSchema>;

const callId = z.number().int().nonnegative();

export const clientMessageSchema = z.discriminatedUnion('type', [
  z.object({ type: z.literal('hello'), protocol: z.literal(protocolVersion), caller: callerSchema }),
  z.object({
    type: z.literal('call'),
    id: callId,
    path: z.array(z.string().regex(/^\w+$/)).min(1).max(8),
    input: z.unknown(),
  }),
  /** The call shall come to its end early; its answer still follows. */
  z.object({ type: z.literal('cancel'), id: callId, reason: z.string().max(1000) }),
  /** The reader of the stream wants no more of it; its end still follows. */
  z.object({ type: z.literal('leave'), id: callId }),
  z.object({ type: z.literal('more'), id: callId, events: z.number().int().min(1).max(streamWindow) }),
]);
export type ClientMessage = z.infer<typeof clientMessageSchema>;

const wrongInputSchema = z.array(
  z.object({ message: z.string(), path: z.array(z.union([z.string(), z.number()])).optional() }),
);

export const engineMessageSchema = z.discriminatedUnion('type', [
  helloSchema,
  z.object({ type: z.literal('value'), id: callId, value: z.unknown() }),
  z.object({ type: z.literal('stream'), id: callId }),
  z.object({ type: z.literal('event'), id: callId, value: z.unknown() }),
  z.object({ type: z.literal('end'), id: callId }),
  z.object({
    type: z.literal('error'),
    id: callId,
    report: errorReportSchema,
    /** The input was not what the contract asks for: the schema's own words. */
    wrongInput: wrongInputSchema.optional(),
  }),
  /** The call was not begun, because the engine ends; another one may take it. */
  z.object({ type: z.literal('refused'), id: callId }),
  /** The last word before the connection is cut. */
  z.object({ type: z.literal('goodbye'), report: errorReportSchema }),
]);
export type EngineMessage = z.infer<typeof engineMessageSchema>;

/**
 * Where this process sees its files: the mount namespace and the root folder. A home can be shared between containers;
 * a path means the same to two processes only where these are equal.
 */
export function ownPlace(): string {
  try {
    const { dev, ino } = statSync('/', { bigint: true });
    const mounts = process.platform === 'linux' ? readlinkSync('/proc/self/ns/mnt') : '';
    return `${mounts} ${dev}:${ino}`;
  } catch {
    return '';
  }
}
