/** A repository with snapshots of given days, and expiry over it as one profile would have it. */
import {
  expireSnapshots,
  type ExpireOutcome,
  type ExpireRequest,
} from '../../electron/engine/repository/upkeep/expire.ts';
import type { RetentionTerms } from '../../shared/model/period-retention.ts';
import { presets } from '../../shared/model/profile-presets.ts';
import { createRepository } from './restic-repository.ts';
import { openKnown, upkeepPassword } from './upkeep-repository.ts';

export const expiryNow = Date.parse('2026-05-01T12:00:00Z');
export const expiryCaller = { tenant: 'default', actor: 'test' };
const profile = 'aaaaaaaaaaaaaaaa';
const { standard } = presets;

/** Standard: days are kept for fourteen days, weeks for eight weeks. */
export const expiryTerms = (more: Partial<RetentionTerms> = {}): RetentionTerms => ({
  profiles: new Map([[profile, { ...standard, zone: 'UTC' }]]),
  effective: profile,
  machineZone: 'UTC',
  nowMs: expiryNow,
  clockProblem: null,
  held: new Map(),
  suspects: new Set(),
  unlocked: new Set(),
  approved: new Set(),
  spared: new Set(),
  ...more,
});

/** Gives a function that takes a snapshot of a day, with these facts, and says its id. */
export function makeSnapshots(location: string): (date: string, ...tags: string[]) => string {
  const writer = createRepository(location, { password: upkeepPassword, scrypt: { N: 1024, r: 8, p: 1 } });
  const tree = writer.addBlob('tree', '{"nodes":[]}\n');
  writer.writeIndex();
  return (date, ...tags) => {
    const said = ['source=documents', 'status=complete', 'tenant=default', `profile=${profile}`];
    const named = new Set(tags.map((tag) => tag.split('=')[0]));
    const facts = [...said.filter((fact) => !named.has(fact.split('=')[0])), ...tags];
    return writer.writeSnapshot(tree, {
      time: `${date}T12:00:00Z`,
      hostname: 'desk',
      tags: facts.map((fact) => `holdfast:${fact}`),
    });
  };
}

export async function expire(location: string, given: Partial<ExpireRequest> = {}): Promise<ExpireOutcome> {
  return expireSnapshots({
    repository: await openKnown(location),
    caller: expiryCaller,
    of: { source: 'documents', hostname: 'desk' },
    terms: () => Promise.resolve(expiryTerms()),
    clearedSuspects: new Set(),
    waitMs: 0,
    signal: new AbortController().signal,
    onRemoved: () => undefined,
    onNotice: () => undefined,
    ...given,
  });
}
