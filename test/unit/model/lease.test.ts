import { describe, expect, test } from 'vitest';
import {
  beginHolding,
  heard,
  nextRequest,
  powerOf,
  standbyDecision,
  witness,
  type KeptLease,
  type LeaseAnswer,
  type StandbyFacts,
} from '../../../shared/model/lease.ts';
import { durationMs, LeaseWorld, type Trouble } from '../../support/lease-world.ts';

const graceMs = 5_000;
const free: KeptLease = { holder: null, token: 3, durationMs, paused: null, renewedAtMs: 0 };
const held: KeptLease = { ...free, holder: 'hq' };

describe('the witness', () => {
  test('gives a lease once: to whoever has seen the newest token, when the time of the former is over', () => {
    const take = { action: 'take', token: 3, durationMs } as const;
    expect(witness(held, 'branch', take, durationMs - 1).answer).toMatchObject({ granted: false, holder: 'hq' });
    const taken = witness(held, 'branch', take, durationMs);
    expect(taken).toMatchObject({ isChange: true, answer: { granted: true, holder: 'branch', token: 4 } });
    expect(witness(taken.lease, 'hq', take, durationMs * 3).answer).toMatchObject({ granted: false, token: 4 });
    expect(witness(taken.lease, 'hq', { action: 'renew', token: 3 }, durationMs).answer.granted).toBe(false);
  });

  test('lets nobody in before the time is over, also where the lease was given back', () => {
    const { lease } = witness(held, 'hq', { action: 'release', token: 3 }, 1000);
    const take = { action: 'take', token: 3, durationMs } as const;
    expect(witness(lease, 'branch', take, durationMs - 1).answer).toMatchObject({ granted: false, leftMs: 1 });
    expect(witness(lease, 'branch', take, durationMs).answer.granted).toBe(true);
  });

  test('renews a late lease that nobody has taken, and gives none away that an operator holds on to', () => {
    const late = witness(held, 'hq', { action: 'renew', token: 3 }, durationMs * 9);
    expect(late).toMatchObject({ isChange: false, answer: { granted: true, leftMs: durationMs } });
    const { lease } = witness(held, 'branch', { action: 'pause', reason: 'new disks' }, 0);
    const take = { action: 'take', token: 3, durationMs } as const;
    expect(witness(lease, 'branch', take, durationMs).answer).toMatchObject({ granted: false });
    expect(witness(lease, 'hq', take, durationMs).answer).toMatchObject({ granted: true });
  });
});

describe('the owner', () => {
  const answer: LeaseAnswer = {
    granted: true,
    holder: 'hq',
    token: 4,
    durationMs,
    leftMs: durationMs,
    overdueMs: 0,
    paused: null,
  };
  const begun = beginHolding('hq', durationMs, 0, false);
  const holding = heard(begun, { action: 'take', token: 3, durationMs }, answer, { sentAtMs: 100, nowMs: 900 });

  test('stops before its time is over at the witness, counted from when it asked', () => {
    expect(powerOf(holding, durationMs * 0.9 + 99)).toBe('owner');
    expect(powerOf(holding, durationMs * 0.9 + 100)).toBe('nothing');
  });

  test('takes snapshots again, and does nothing else, where the witness stays silent', () => {
    expect(powerOf(holding, 900 + 2 * durationMs - 1)).toBe('nothing');
    expect(powerOf(holding, 900 + 2 * durationMs)).toBe('snapshots');
  });

  test('stands aside for as long as another one has it, and begins aside where that was written down', () => {
    const other = { ...answer, granted: false, holder: 'branch', token: 5 };
    const aside = heard(holding, { action: 'renew', token: 4 }, other, { sentAtMs: 1000, nowMs: 1001 });
    expect(powerOf(aside, 1e9)).toBe('nothing');
    expect(nextRequest(aside)).toEqual({ action: 'look' });
    expect(powerOf(beginHolding('hq', durationMs, 0, true), 1e9)).toBe('nothing');
    const back = { ...other, granted: true, holder: null, leftMs: 0 };
    const returned = heard(aside, { action: 'look' }, back, { sentAtMs: 2000, nowMs: 2001 });
    expect(nextRequest(returned)).toEqual({ action: 'take', token: 5, durationMs });
  });

  test('does not renew what a copy of its home has taken', () => {
    const other = { ...answer, granted: false, token: 6 };
    const lost = heard(holding, { action: 'renew', token: 4 }, other, { sentAtMs: 1000, nowMs: 1001 });
    expect(powerOf(lost, 1001)).toBe('nothing');
    expect(nextRequest(lost)).toEqual({ action: 'look' });
  });
});

describe('who stands by', () => {
  const overdue: LeaseAnswer = {
    granted: true,
    holder: 'hq',
    token: 4,
    durationMs,
    leftMs: 0,
    overdueMs: graceMs,
    paused: null,
  };
  const facts: StandbyFacts = {
    me: 'branch',
    answer: overdue,
    graceMs,
    owner: 'silent',
    hasPromoted: false,
    obstacles: [],
  };

  test.each<[string, Partial<StandbyFacts>, object]>([
    ['takes it when all agrees', {}, { act: 'take' }],
    ['looks first at what may stand in the way', { obstacles: null }, { act: 'look' }],
    ['says what stands in the way', { obstacles: ['an incident'] }, { act: 'blocked', obstacles: ['an incident'] }],
    ['does nothing without the witness', { answer: null }, { act: 'watch', because: 'blind' }],
    ['does nothing while the owner answers', { owner: 'answers' }, { act: 'watch', because: 'answers' }],
    ['does nothing while nobody knows', { owner: 'unknown' }, { act: 'watch', because: 'answers' }],
    ['waits for the grace', { graceMs: graceMs + 1 }, { act: 'watch', because: 'grace' }],
    ['promotes once until somebody has seen it', { hasPromoted: true }, { act: 'watch', because: 'promoted' }],
    ['leaves alone what nobody has', { answer: { ...overdue, holder: null } }, { act: 'watch', because: 'nobody' }],
    [
      'heeds an operator',
      { answer: { ...overdue, paused: { by: 'hq', reason: 'move' } } },
      { act: 'watch', because: 'paused' },
    ],
    [
      'gives back what it came to nothing with',
      { answer: { ...overdue, holder: 'branch', leftMs: 5 }, owner: 'answers' },
      { act: 'release' },
    ],
  ])('%s', (_, change, decision) => {
    expect(standbyDecision({ ...facts, ...change })).toEqual(decision);
  });
});

describe('whatever happens', () => {
  const usual: Trouble = { losses: 0.1, longestDelayMs: 8_000, crashes: 0.004, sleeps: 0.004, partitions: 0.01 };
  const worlds = 3_000;

  test('there are never two that act as the owner, and each of them does in its time', () => {
    let owned = 0;
    let promoted = 0;
    for (let seed = 1; seed <= worlds; seed += 1) {
      const world = new LeaseWorld(seed, usual);
      for (let step = 0; step < 800; step += 1) {
        world.step();
        if (world.acts(world.owner)) owned += 1;
        if (world.acts(world.standby)) promoted += 1;
      }
      expect(world.conflicts, `seed ${seed}`).toBe(0);
    }
    // It says something only where both have happened a lot.
    expect(owned).toBeGreaterThan(worlds * 50);
    expect(promoted).toBeGreaterThan(worlds * 10);
  });

  test('an owner that is dead is followed, however bad it was before', () => {
    for (let seed = 1; seed <= 500; seed += 1) {
      const world = new LeaseWorld(seed, usual);
      for (let step = 0; step < 2000 && !world.acts(world.owner) && !world.standby.promoted; step += 1) world.step();
      for (let step = 0; step < 100; step += 1) world.step();
      world.kill(world.owner);
      world.calm();
      for (let step = 0; step < 240 && !world.acts(world.standby); step += 1) world.step();
      expect(world.acts(world.standby), `seed ${seed}`).toBe(true);
    }
  });
});
