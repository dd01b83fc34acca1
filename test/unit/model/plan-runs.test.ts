import fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import {
  answersFor,
  blockedBy,
  planRunState,
  planStepStates,
  readySteps,
  stateAfterLoss,
  type PlanStepState,
} from '../../../shared/model/plan-runs.ts';

const order = [
  { id: 'a', after: [] },
  { id: 'b', after: ['a'] },
  { id: 'c', after: ['a'] },
  { id: 'd', after: ['b', 'c'] },
];

const states = (...list: PlanStepState[]): Map<string, PlanStepState> =>
  new Map(order.map(({ id }, at) => [id, list[at] ?? 'waiting']));

describe('a run of a plan', () => {
  it('begins with what waits for nothing, and goes on with what was waited for', () => {
    expect(readySteps(order, states())).toEqual(['a']);
    expect(readySteps(order, states('done'))).toEqual(['b', 'c']);
    expect(readySteps(order, states('done', 'skipped', 'running'))).toEqual([]);
    expect(readySteps(order, states('done', 'skipped', 'done'))).toEqual(['d']);
  });

  it('says what a failure holds up, also at a distance', () => {
    expect(blockedBy(order, states('failed'))).toEqual(
      new Map([
        ['b', ['a']],
        ['c', ['a']],
        ['d', ['a']],
      ]),
    );
    expect(blockedBy(order, states('done', 'partial', 'running'))).toEqual(new Map([['d', ['b']]]));
    expect(blockedBy(order, states('done', 'done', 'done'))).toEqual(new Map());
  });

  it('stands as its steps do', () => {
    expect(planRunState(order, states())).toBe('running');
    expect(planRunState(order, states('done', 'failed', 'running'))).toBe('running');
    expect(planRunState(order, states('done', 'failed', 'asking'))).toBe('waiting');
    expect(planRunState(order, states('done', 'done', 'interrupted'))).toBe('waiting');
    expect(planRunState(order, states('done', 'failed', 'done'))).toBe('failed');
    expect(planRunState(order, states('done', 'partial', 'done'))).toBe('failed');
    expect(planRunState(order, states('done', 'skipped', 'done', 'done'))).toBe('partial');
    expect(planRunState(order, states('done', 'done', 'done', 'done'))).toBe('done');
  });

  it('never stands still without an end, a reason, or a person to wait for', () => {
    const anyStates = fc.tuple(...order.map(() => fc.constantFrom(...planStepStates)));
    fc.assert(
      fc.property(anyStates, (list) => {
        const at = states(...list);
        const state = planRunState(order, at);
        const open = [...at.values()].filter((one) => one !== 'done' && one !== 'skipped');
        expect(state === 'done' || state === 'partial').toBe(open.length === 0);
        if (state !== 'failed') return;
        // Everything that is left has not gone well, or waits for what has not.
        for (const [id, one] of at) if (one === 'waiting') expect(blockedBy(order, at).get(id)).toBeDefined();
      }),
    );
  });

  it('offers what fits the state of a step', () => {
    expect(answersFor('checkpoint', 'asking')).toEqual(['confirm', 'skip']);
    expect(answersFor('command', 'interrupted')).toEqual(['retry', 'confirm', 'skip']);
    expect(answersFor('folder', 'failed')).toEqual(['retry', 'skip']);
    expect(answersFor('folder', 'done')).toEqual([]);
  });

  it('begins restores again after its engine was lost, and asks about commands', () => {
    expect(stateAfterLoss('command')).toBe('interrupted');
    expect(stateAfterLoss('message')).toBe('interrupted');
    expect(stateAfterLoss('git')).toBe('waiting');
  });
});
