import { expect, test } from 'vitest';
import { nextDue } from '../../../../renderer/features/overview/next-due.ts';
import type { SourceState } from '../../../../shared/contract/live.ts';

const source = (key: string, at: string | null, isPaused = false) =>
  ({
    key,
    next: at === null ? null : { at, periods: ['daily'] },
    pause: isPaused ? { scope: 'source', until: null, reason: '', by: 'ada' } : null,
  }) as SourceState;

test('what runs next is the soonest of all sources, but for those that are paused or never run', () => {
  const due = nextDue([
    source('mail', '2026-11-29T22:00:00Z'),
    source('papers', '2026-11-29T10:00:00.000Z'),
    source('paused', '2026-11-29T09:00:00Z', true),
    source('by hand', null),
    source('accounts', '2026-11-29T22:00:00Z'),
  ]);
  expect(due.map(({ key }) => key)).toEqual(['papers', 'accounts', 'mail']);
});
