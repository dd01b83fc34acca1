import { describe, expect, test } from 'vitest';
import type { MovePreview } from '../../../../../shared/contract/failover.ts';
import {
  isCopiedFirst,
  moveTargets,
  moveVerdict,
  restOfMissing,
} from '../../../../../renderer/features/sites/move/move-model.ts';

type Targets = Parameters<typeof moveTargets>;

const site = (name: string, more: object = {}) =>
  ({
    name,
    location: `/${name}`,
    connection: name,
    state: 'open',
    lag: [],
    primary: false,
    ...more,
  }) as unknown as Targets[0][number];
const repository = (id: string, more: object = {}) =>
  ({
    id,
    name: id.toUpperCase(),
    location: `/${id}`,
    state: 'open',
    primary: false,
    ...more,
  }) as unknown as Targets[1][number];

describe('where protection can move to', () => {
  test('are sites, and repositories that are no site, but not where it goes already', () => {
    const targets = moveTargets(
      [site('berlin'), site('here', { primary: true })],
      [repository('berlin'), repository('here', { primary: true }), repository('spare')],
      null,
    );
    expect(targets.map(({ to, name }) => [to, name])).toEqual([
      ['berlin', 'berlin'],
      ['spare', 'SPARE'],
    ]);
  });

  test('begins with the way back', () => {
    const targets = moveTargets([site('berlin')], [repository('vault')], 'vault');
    expect(targets.map(({ to, isBack }) => [to, isBack])).toEqual([
      ['vault', true],
      ['berlin', false],
    ]);
  });

  test('says why one cannot be chosen, and how far a site is behind', () => {
    const lag = [{ newestAt: '2026-01-02T00:00:00Z', lagMs: 3_600_000 }];
    const targets = moveTargets(
      [site('far', { state: 'unconnected', connection: null }), site('near', { lag })],
      [repository('shut', { state: 'locked' })],
      null,
    );
    expect(targets.map(({ problem }) => problem)).toEqual([
      expect.stringContaining('password'),
      null,
      expect.stringContaining('locked'),
    ]);
    expect(targets[1]?.behind).toBe('1 h behind');
  });
});

describe('what a move costs', () => {
  const preview = (
    level: 'ok' | 'warning',
    losses: readonly { missing: number; lossMs: number | null }[],
  ): MovePreview => ({
    kind: 'failover',
    from: { name: 'vault', connection: 'a', repository: 'a', location: '/a' },
    to: { name: 'berlin', connection: 'b', repository: 'b', location: '/b' },
    plannedAt: '2026-01-02T00:00:00Z',
    losses: losses.map((loss) => ({ source: 'papers', newestFrom: null, newestTo: null, ...loss })),
    checks: [{ level, id: 'origin', title: '', detail: '' }],
    missing: [],
  });

  test('is nothing where the target has all, or where what it lacks is copied first', () => {
    expect(moveVerdict(preview('warning', [{ missing: 0, lossMs: 0 }]))).toMatch(/^Nothing is lost: berlin holds/);
    expect(moveVerdict(preview('ok', [{ missing: 2, lossMs: 60_000 }]))).toBe(
      'Nothing is lost: 2 snapshots that only vault holds are copied first.',
    );
  });

  test('is what stays behind where the other end is gone, with the worst loss', () => {
    const gone = preview('warning', [{ missing: 1, lossMs: 7_200_000 }]);
    expect(isCopiedFirst(gone)).toBe(false);
    expect(moveVerdict(gone)).toBe(
      '1 snapshot stays behind in vault, which does not answer. The worst loss is 2 h, of papers.',
    );
    expect(moveVerdict(preview('warning', [{ missing: 3, lossMs: null }]))).toContain('there is nothing in berlin');
  });

  test('counts what is not listed', () => {
    expect(restOfMissing(preview('ok', [{ missing: 3, lossMs: 0 }]), [])).toBe('And 3 older ones.');
    expect(restOfMissing(preview('ok', [{ missing: 0, lossMs: 0 }]), [])).toBeNull();
  });
});
