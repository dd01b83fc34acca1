/** Where the two sides of a lease ask their witness: one address for each lease, and a user for each side. */
import { leaseRequestSchema } from '../../../../shared/contract/leases.ts';
import { answerJson, jsonOf, Refusal, type Exchange } from './exchange.ts';
import type { Failures } from './failures.ts';
import type { Leases } from './leases.ts';
import type { SiteLimits } from './limits.ts';

const longestBody = 4096;
const leasePath = /^\/lease\/([a-z0-9][a-z0-9_-]{0,62})$/;

export type LeaseParts = {
  readonly leases: Leases;
  readonly failures: Failures;
  readonly address: string;
  readonly limits: SiteLimits;
  /** Null: nobody was named. */
  readonly signedIn: { readonly name: string; readonly password: string } | null;
};

/** Null: another address. */
export function leaseOf(url: string | undefined): string | null {
  return leasePath.exec(url ?? '')?.[1] ?? null;
}

/** Throws a `Refusal`. */
export async function serveLease(exchange: Exchange, lease: string, parts: LeaseParts): Promise<void> {
  const { leases, failures, address, limits, signedIn } = parts;
  if (exchange.request.method !== 'POST') throw new Refusal(405, 'A witness is asked here, and nothing else.');
  if (failures.areTooMany(address)) throw new Refusal(429, 'Too many passwords were tried. Wait a minute.');
  if (signedIn === null || !(await leases.knows(lease, signedIn.name, signedIn.password))) {
    failures.note(address);
    throw new Refusal(401, 'Holder and password are not right.');
  }
  const asked = leaseRequestSchema.safeParse(await jsonOf(exchange, limits, longestBody));
  if (!asked.success) throw new Refusal(400, 'That is nothing a witness is asked.');
  const answer = await leases.ask(lease, signedIn.name, asked.data);
  if (answer === null) throw new Refusal(404, 'There is no such lease.');
  answerJson(exchange, answer);
}
