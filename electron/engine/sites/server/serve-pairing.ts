/** Where a registration code is traded for a lasting password: the one address that asks for none. */
import { z } from 'zod';
import { HoldfastError } from '../../../../shared/model/errors.ts';
import { answerJson, jsonOf, Refusal, type Exchange } from './exchange.ts';
import type { Failures } from './failures.ts';
import type { SiteLimits } from './limits.ts';
import { passwordPattern, type SiteUsers } from './site-users.ts';

export const pairingPath = '/pair';
const longestBody = 4096;

export const pairingRequestSchema = z.object({
  /** Of the code: 32 hexadecimal digits. */
  secret: z.string().regex(/^[0-9a-f]{32}$/),
  /** Chosen by whoever pairs, so that an answer that was lost can be asked for again. */
  password: z.string().regex(passwordPattern),
  /** What that machine calls itself. */
  machine: z.string().max(200),
});

export const pairingAnswerSchema = z.object({
  user: z.string().min(1).max(100),
  /** Of the repository, on this server. */
  path: z.string().regex(/^\/[a-z0-9_-]{1,63}\/$/),
  appendOnly: z.boolean(),
  quotaBytes: z.number().int().nonnegative().nullable(),
});

export type PairingParts = {
  readonly users: SiteUsers;
  readonly failures: Failures;
  readonly address: string;
  readonly limits: SiteLimits;
};

/** The name of who has paired. Throws a `Refusal`. */
export async function servePairing(
  exchange: Exchange,
  { users, failures, address, limits }: PairingParts,
): Promise<string> {
  if (exchange.request.method !== 'POST') throw new Refusal(405, 'A code is sent here, and nothing else.');
  if (failures.areTooMany(address)) throw new Refusal(429, 'Too many codes were tried. Wait a minute.');
  const asked = pairingRequestSchema.safeParse(await jsonOf(exchange, limits, longestBody));
  if (!asked.success) throw new Refusal(400, 'That is no request to pair.');
  const { secret, password, machine } = asked.data;
  try {
    const { name, appendOnly, quotaBytes } = await users.trade(Buffer.from(secret, 'hex'), password, machine);
    const answer = { user: name, path: `/${name}/`, appendOnly, quotaBytes } satisfies z.infer<
      typeof pairingAnswerSchema
    >;
    answerJson(exchange, answer);
    return name;
  } catch (error) {
    if (!(error instanceof HoldfastError) || error.code !== 'SITE_CODE_INVALID') throw error;
    failures.note(address);
    throw new Refusal(403, 'The code does not open anything (any more).');
  }
}
