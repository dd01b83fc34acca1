import { describe, expect, test } from 'vitest';
import type { Move } from '../../../../../shared/contract/failover.ts';
import type { RestoreRun } from '../../../../../shared/contract/restore-runs.ts';
import {
  halfwayWords,
  moveAdvice,
  moveExceptions,
  moveHeadline,
  moveStanding,
} from '../../../../../renderer/features/recovery/move-words.ts';

const ids = ['check', 'ahead', 'pause', 'settle', 'rest', 'switch', 'resume'];
type Step = RestoreRun['steps'][number];

/** `states`: of the first steps; the others wait. */
function run(state: RestoreRun['state'], states: readonly Step['state'][], closedAt: string | null = null): RestoreRun {
  const steps = ids.map((id, index) => ({ id, title: id, detail: `of ${id}`, state: states[index] ?? 'waiting' }));
  return { state, closedAt, steps } as unknown as RestoreRun;
}
const end = (name: string): Move['from'] => ({ name, connection: name, repository: name, location: `/${name}` });
const move: Move = { kind: 'failover', from: end('vault'), to: end('berlin'), plannedAt: '', losses: [] };
const all = ids.map(() => 'done' as const);

describe('a move of protection', () => {
  test('is half done from its first step on until its last, whoever stopped it', () => {
    expect(moveStanding(run('ready', []))).toBe('ready');
    expect(moveStanding(run('running', ['done']))).toBe('working');
    for (const state of ['interrupted', 'failed', 'cancelled', 'paused'] as const)
      expect(moveStanding(run(state, ['done', 'failed']))).toBe('half');
    expect(moveStanding(run('done', all))).toBe('over');
    expect(moveStanding(run('undone', ['done', 'undone']))).toBe('over');
    expect(moveStanding(run('failed', ['failed'], '2026-01-02T00:00:00Z'))).toBe('over');
  });

  test('says where protection goes while it is half done', () => {
    expect(halfwayWords(run('failed', ['done', 'failed']), move)).toMatch(/into vault as before/);
    expect(halfwayWords(run('failed', ['done', 'done', 'done', 'failed']), move)).toMatch(/into vault, but no run/);
    expect(halfwayWords(run('failed', ['done', 'done', 'done', 'done', 'done', 'done']), move)).toMatch(
      /into berlin, but no run/,
    );
  });

  test('is summed up with what was done only in part, and with what to do next', () => {
    const partial = run('partial', ['done', 'partial', 'done', 'done', 'done', 'done', 'done']);
    expect(moveHeadline(partial, move)).toBe('Moved, with exceptions');
    expect(moveExceptions(partial)).toEqual(['ahead: of ahead']);
    expect(moveAdvice(partial, move).map(({ id }) => id)).toEqual(['look', 'copies', 'back', 'close']);
    expect(moveAdvice(partial, { ...move, kind: 'failback' }).map(({ id }) => id)).toEqual(['look', 'rules']);
    expect(moveAdvice(run('undone', all), move).map(({ id }) => id)).toEqual(['undone']);
    expect(moveHeadline(run('done', all), { kind: 'failback' })).toBe('Moved back');
  });
});
