import { expect, it } from 'vitest';
import type { NativeView } from '../../../../../shared/contract/native.ts';
import { newestWhole } from '../../../../../renderer/features/sources/ec2/newest-whole.ts';

const native = (snapshot: string, run: string, hour: number, more: Partial<NativeView> = {}): NativeView =>
  ({
    snapshot,
    run,
    own: true,
    copyOf: null,
    state: 'completed',
    archived: false,
    region: 'eu-central-1',
    takenAt: `2026-11-25T${String(hour).padStart(2, '0')}:00:00Z`,
    ...more,
  }) as unknown as NativeView;

it('takes all of the newest run that AWS has completed', () => {
  const all = [native('snap-1', 'a', 1), native('snap-2', 'b', 2), native('snap-3', 'b', 2)];
  expect(newestWhole(all)).toMatchObject({ region: 'eu-central-1', snapshots: ['snap-2', 'snap-3'] });
  const pending = native('snap-4', 'c', 3, { state: 'pending' });
  expect(newestWhole([...all, native('snap-5', 'c', 3), pending])?.snapshots).toEqual(['snap-2', 'snap-3']);
});

it('takes none of others, no copies and nothing archived', () => {
  const others = [
    native('snap-1', 'a', 1, { own: false }),
    native('snap-2', 'b', 2, { copyOf: { snapshot: 'snap-9', region: 'us-east-1' } }),
    native('snap-3', 'c', 3, { archived: true }),
  ];
  expect(newestWhole(others)).toBeNull();
});
