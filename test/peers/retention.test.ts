import fc from 'fast-check';
import { expect, test } from 'vitest';
import { forgetResultSchema } from '../../shared/contract/upkeep.ts';
import { expectDone } from '../support/expect-clean.ts';
import { describePeer } from '../support/peers.ts';
import { createRepository } from '../support/restic-repository.ts';
import { makeWorkspace } from '../support/workspace.ts';

const hourMs = 3_600_000;
const newest = Date.parse('2026-03-31T23:30:00Z');

type Rule = readonly [option: string, value: string];

const counts = ['last', 'hourly', 'daily', 'weekly', 'monthly', 'yearly'];
const within = ['within', 'within-hourly', 'within-daily', 'within-weekly', 'within-monthly', 'within-yearly'];
const rule: fc.Arbitrary<Rule> = fc.oneof(
  fc.tuple(fc.constantFrom(...counts), fc.integer({ min: 1, max: 6 }).map(String)),
  fc.tuple(fc.constantFrom(...within), fc.constantFrom('1y', '1y1m', '1m', '3m', '9d', '30d12h', '36h', '1y2m3d4h')),
  fc.tuple(fc.constant('tag'), fc.constantFrom('a', 'b', 'a,b')),
);
const rules = fc.uniqueArray(rule, { minLength: 1, maxLength: 5, selector: ([option]) => option });
const zones = ['Z', '+02:00', '-08:00', '+05:45'];
const snapshot = fc.record({
  hoursBefore: fc.oneof(fc.nat({ max: 72 }), fc.nat({ max: 24 * 60 }), fc.nat({ max: 24 * 800 })),
  zone: fc.constantFrom(...zones),
  hostname: fc.constantFrom('nas', 'desk'),
  paths: fc.constantFrom(['/a'], ['/b', '/a'], ['/a', '/b']),
  tags: fc.constantFrom(undefined, ['a'], ['b', 'a'], ['c']),
});

/** As a clock in that zone would write it. */
function writtenIn(zone: string, timeMs: number): string {
  const [, sign = '+', hours = '0', minutes = '0'] = /^([+-])(\d\d):(\d\d)$/.exec(zone) ?? [];
  const offsetMs = (Number(hours) * 60 + Number(minutes)) * 60_000 * (sign === '-' ? -1 : 1);
  return `${new Date(timeMs + offsetMs).toISOString().slice(0, 19)}${zone}`;
}

type ResticGroup = { readonly keep: readonly { readonly id: string }[] | null };

describePeer('restic', 'the rules of forget', () => {
  test('keep the same snapshots as those of restic, whatever the snapshots and the rules are', async () => {
    const [sets] = fc.sample(fc.array(rules, { minLength: 14, maxLength: 14 }), { numRuns: 1, seed: 20_26 });
    const [list] = fc.sample(fc.array(snapshot, { minLength: 90, maxLength: 90 }), { numRuns: 1, seed: 5 });
    await using workspace = await makeWorkspace();
    const repository = createRepository(workspace.repository, {
      password: workspace.password,
      scrypt: { N: 1024, r: 8, p: 1 },
    });
    const tree = repository.addBlob('tree', '{"nodes":[]}\n');
    for (const [at, { hoursBefore, zone, ...fields }] of (list ?? []).entries()) {
      // No two at the same second: restic leaves open which of them counts.
      const time = writtenIn(zone, newest - hoursBefore * hourMs - at * 1000);
      repository.writeSnapshot(tree, { ...fields, time });
    }
    for (const set of sets ?? []) {
      const options = set.flatMap(([option, value]) => [`--keep-${option}`, value]);
      const { stdout } = await workspace.mustRestic(['forget', '--dry-run', '--json', ...options]);
      const theirs = (JSON.parse(stdout) as ResticGroup[]).flatMap(({ keep }) => keep ?? []).map(({ id }) => id);
      const ours = expectDone(await workspace.here(['forget', '--dry-run', '--json', ...options]));
      const { groups } = ours.json(forgetResultSchema);
      // Beyond the rules, ours keep the newest good one of each group; here all are good.
      const wanted = new Set([...theirs, ...groups.map(({ decisions }) => decisions[0]?.snapshot ?? '')]);
      const kept = groups.flatMap(({ decisions }) =>
        decisions.filter(({ keep }) => keep).map((decision) => decision.snapshot),
      );
      expect(kept.toSorted(), options.join(' ')).toEqual([...wanted].toSorted());
      expect(theirs.length).toBeGreaterThan(0);
    }
  });
});
