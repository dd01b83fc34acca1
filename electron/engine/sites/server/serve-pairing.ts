/** Where a registration code is traded for a lasting password: the one address that asks for none. */
import { z } from 'zod';
import { HoldfastError } from '../../../../shared/model/errors.ts';
import { bodyOf, Refusal, type Exchange } from './exchange.ts';
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
  const asked = pairingRequestSchema.safeParse(await readJson(exchange, limits));
  if (!asked.success) throw new Refusal(400, 'That is no request to pair.');
  const { secret, password, machine } = asked.data;
  try {
    const { name, appendOnly, quotaBytes } = await users.trade(Buffer.from(secret, 'hex'), password, machine);
    const answer = { user: name, path: `/${name}/`, appendOnly, quotaBytes } satisfies z.infer<
      typeof pairingAnswerSchema
    >;
    const body = JSON.stringify(answer);
    const headers = { 'content-type': 'application/json', 'content-length': Buffer.byteLength(body) };
    exchange.response.writeHead(200, headers).end(body);
    return name;
  } catch (error) {
    if (!(error instanceof HoldfastError) || error.code !== 'SITE_CODE_INVALID') throw error;
    failures.note(address);
    throw new Refusal(403, 'The code does not open anything (any more).');
  }
}

async function readJson(exchange: Exchange, limits: SiteLimits): Promise<unknown> {
  const parts: Buffer[] = [];
  let bytes = 0;
  for await (const chunk of bodyOf(exchange, limits)) {
    bytes += chunk.length;
    if (bytes > longestBody) throw new Refusal(413, 'It is larger than a request to pair can be.');
    parts.push(chunk);
  }
  try {
    return JSON.parse(Buffer.concat(parts).toString('utf8'));
  } catch {
    return undefined;
  }
}
