/** A call to the EBS direct APIs on its way to its handler, and which snapshots it may touch. */
import { createHmac, randomBytes, timingSafeEqual } from 'node:crypto';
import { isReadable } from '../ec2/call.ts';
import { snapshotState, type Snapshot } from '../ec2/records.ts';
import { type Ec2World, type Region } from '../ec2/world.ts';
import { type Answer, type Call } from '../service.ts';
import { invalid, noSuchSnapshot } from './refusals.ts';

export type EbsCall = Call & {
  readonly world: Ec2World;
  readonly here: Region;
  readonly now: number;
  readonly tokens: Tokens;
  readonly snapshotId: string;
  /** -1 where none is in the address. */
  readonly blockIndex: number;
};

export const lifetimeMs = 7 * 86_400_000;

/** Tokens for blocks and pages: each is good for one thing, and for a while. */
export class Tokens {
  readonly #key = randomBytes(32);

  make(purpose: string, expiresMs: number): string {
    return Buffer.from(`${expiresMs} ${this.#seal(purpose, expiresMs)}`).toString('base64');
  }

  isGood(token: string, purpose: string, nowMs: number): boolean {
    const [expires = '', seal = ''] = Buffer.from(token, 'base64').toString('latin1').split(' ');
    const expected = Buffer.from(this.#seal(purpose, Number(expires)));
    const given = Buffer.from(seal);
    return Number(expires) > nowMs && given.length === expected.length && timingSafeEqual(given, expected);
  }

  #seal(purpose: string, expiresMs: number): string {
    return createHmac('sha256', this.#key).update(`${expiresMs} ${purpose}`).digest('hex');
  }
}

/** Only completed snapshots are read. */
export function demandCompleted(call: EbsCall, id: string): Snapshot {
  const snapshot = call.here.snapshots.get(id);
  const isThere = snapshot !== undefined && snapshot.recycled === null && call.world.isSeen(snapshot);
  if (!isThere || !isReadable(snapshot, call.caller.account)) throw noSuchSnapshot(id);
  const state = snapshotState(snapshot, call.now);
  if (state !== 'completed') throw invalid('INVALID_SNAPSHOT_ID', `The snapshot ${id} is in the state ${state}.`);
  if (snapshot.tier === 'archive') throw invalid('INVALID_SNAPSHOT_ID', `The snapshot ${id} is archived.`);
  return snapshot;
}

export function json(status: number, content: object): Answer {
  return { status, headers: { 'content-type': 'application/json' }, body: JSON.stringify(content) };
}
