import { expect, test } from 'vitest';
import type { LiveChange, LiveState } from '../../../../shared/contract/live.ts';
import { afterEvent, nothingYet, type Live } from '../../../../renderer/client/live-state.ts';

const engine = {
  version: '1',
  startedAt: '2026-11-25T00:00:00Z',
  hostname: 'annexe',
  zone: 'UTC',
  tenant: 'default',
  secretStore: null,
};
const notice = (id: string) => ({ id, at: '2026-11-25T00:00:00Z', level: 'info' as const, text: id });

function begun(state: Partial<LiveState> = {}): Live {
  const whole: LiveState = {
    engine: { engine },
    repositories: {},
    sources: {},
    jobs: {},
    runs: {},
    planRuns: {},
    alerts: {},
    incidents: {},
    suspects: {},
    notices: {},
    ...state,
  };
  const live = afterEvent(nothingYet, { type: 'state', sequence: 4, state: whole });
  if (live === null) throw new Error('The first state was not taken in.');
  return live;
}

const delta = (sequence: number, ...changes: LiveChange[]) => ({ type: 'delta' as const, sequence, changes });
const noticed = (id: string, value = notice(id)): LiveChange => ({ collection: 'notices', key: id, value });

test('a whole state replaces what was known', () => {
  const before = begun({ notices: { old: notice('old') } });
  const after = afterEvent(before, {
    type: 'state',
    sequence: 0,
    state: {
      engine: { engine },
      repositories: {},
      sources: {},
      jobs: {},
      runs: {},
      planRuns: {},
      alerts: {},
      incidents: {},
      suspects: {},
      notices: { new: notice('new') },
    },
  });
  expect([...(after?.notices.keys() ?? [])]).toEqual(['new']);
  expect(after?.sequence).toBe(0);
});

test('changes put in, replace and take out, and leave the other collections as they were', () => {
  const before = begun({ notices: { a: notice('a'), b: notice('b') } });
  const after = afterEvent(
    before,
    delta(
      5,
      noticed('c'),
      { collection: 'notices', key: 'a', value: null },
      noticed('b', { ...notice('b'), text: 'B' }),
    ),
  );
  expect([...(after?.notices.entries() ?? [])].map(([key, { text }]) => `${key}:${text}`)).toEqual(['b:B', 'c:c']);
  expect(after?.jobs).toBe(before.jobs);
  expect(before.notices.size).toBe(2);
});

test('an event that does not follow the last one means that all has to be asked for anew', () => {
  expect(afterEvent(begun(), delta(6, noticed('c')))).toBeNull();
  expect(afterEvent(begun(), delta(4, noticed('c')))).toBeNull();
  expect(afterEvent(nothingYet, delta(0, noticed('c')))).toBeNull();
});

test('a beat changes nothing, and tells when an event was missed', () => {
  const live = begun();
  expect(afterEvent(live, { type: 'beat', sequence: 4 })).toBe(live);
  expect(afterEvent(live, { type: 'beat', sequence: 5 })).toBeNull();
});

test('a key is only a key, whatever it is called', () => {
  const after = afterEvent(begun(), delta(5, noticed('__proto__'), noticed('constructor')));
  expect(after?.notices.get('__proto__')?.id).toBe('__proto__');
  expect(after?.notices.get('constructor')?.id).toBe('constructor');
  expect(after?.sources.get('constructor')).toBeUndefined();
});
