import { describe, expect, test } from 'vitest';
import { blockerOf, inOrder, type Demand, type RepositoryUse } from '../../../electron/engine/jobs/limits.ts';
import type { JobPriority } from '../../../shared/model/job-states.ts';

const limits = { slots: 2, backgroundSlots: 1 };
const demand = (use: RepositoryUse | null, priority: JobPriority = 'normal', location = '/repository'): Demand => ({
  priority,
  repository: use === null ? null : { location, use },
});
const mayRun = (candidate: Demand, running: readonly Demand[], ahead: readonly Demand[] = []): boolean =>
  blockerOf(candidate, running, ahead, limits) === null;

describe('on one repository', () => {
  test.each<[RepositoryUse, RepositoryUse, boolean]>([
    ['read', 'read', true],
    ['read', 'write', true],
    ['write', 'read', true],
    ['write', 'write', false],
    ['read', 'exclusive', false],
    ['write', 'exclusive', false],
    ['exclusive', 'read', false],
    ['exclusive', 'write', false],
    ['exclusive', 'exclusive', false],
  ])('a job that wants to %s beside one that is there to %s may: %s', (wanted, there, expected) => {
    expect(mayRun(demand(wanted), [demand(there)])).toBe(expected);
  });

  test('what adds to it waits for a restore run, and a restore run for nothing that adds', () => {
    const run = { ...demand('read', 'urgent'), comesFirst: true };
    expect(mayRun(demand('write'), [run])).toBe(false);
    expect(mayRun(demand('write'), [], [run])).toBe(false);
    expect(mayRun(demand('read'), [run])).toBe(true);
    expect(mayRun(run, [demand('write')])).toBe(true);
    expect(mayRun(demand('write', 'normal', '/other'), [run])).toBe(true);
  });

  test('nothing is in the way of a job on another one', () => {
    expect(mayRun(demand('exclusive'), [demand('exclusive', 'normal', '/other')])).toBe(true);
  });
});

describe('at the same time', () => {
  const busy = [demand('read'), demand('read')];

  test('as many run as there are slots', () => {
    expect(mayRun(demand('read'), [demand('read')])).toBe(true);
    expect(mayRun(demand('read'), busy)).toBe(false);
  });

  test('a restore runs however much else is going on, and takes no slot from it', () => {
    expect(mayRun(demand('read', 'urgent'), busy)).toBe(true);
    expect(mayRun(demand('read'), [demand('read'), demand('read', 'urgent'), demand('read', 'urgent')])).toBe(true);
  });

  test('a restore waits for what takes data away from its repository, and for nothing else', () => {
    expect(mayRun(demand('read', 'urgent'), [demand('exclusive')])).toBe(false);
    expect(mayRun(demand('read', 'urgent'), [demand('write')])).toBe(true);
  });

  test('what nobody waits for gets one place', () => {
    const background = demand('read', 'background');
    expect(mayRun(background, [demand('read')])).toBe(true);
    expect(mayRun(background, [background])).toBe(false);
    expect(mayRun(demand('read'), [background])).toBe(true);
  });
});

describe('the order', () => {
  test('is by priority, then by who came first', () => {
    const named = (name: string, priority: JobPriority) => ({ name, ...demand(null, priority) });
    const waiting = [named('a', 'background'), named('b', 'normal'), named('c', 'urgent'), named('d', 'normal')];
    expect(inOrder(waiting).map(({ name }) => name)).toEqual(['c', 'b', 'd', 'a']);
  });

  test('lets nobody pass a job that waits for the same repository', () => {
    const waiting = demand('exclusive');
    expect(mayRun(demand('read'), [], [waiting])).toBe(false);
    expect(mayRun(demand('read', 'normal', '/other'), [], [waiting])).toBe(true);
  });
});

test('whoever fetches into a folder waits for whoever does so, whatever the repository', () => {
  const into = (...mirrors: string[]): Demand => ({ ...demand(null), mirrors });
  expect(mayRun(into('/a', '/b'), [into('/b')])).toBe(false);
  expect(mayRun(into('/a'), [into('/b')])).toBe(true);
  expect(mayRun(into('/a'), [demand('write')])).toBe(true);
});
