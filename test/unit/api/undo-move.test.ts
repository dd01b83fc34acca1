import { expect, test } from 'vitest';
import type { CallContext } from '../../../electron/engine/api/context.ts';
import { undoMove } from '../../../electron/engine/api/failover/failover.ts';
import type { Move } from '../../../shared/contract/failover.ts';
import type { RestoreRun } from '../../../shared/contract/restore-runs.ts';

const end = (name: string) => ({ name, connection: `${name}-id`, repository: name, location: `/${name}` });
const move: Move = { kind: 'failover', from: end('office'), to: end('attic'), plannedAt: '', losses: [] };

/** A run of which these steps stand as named, and a home whose profile `p1` names the attic by now. */
function scene(states: Readonly<Record<string, RestoreRun['steps'][number]['state']>>) {
  const done: string[] = [];
  const profile = { profile: 'p1', definition: { repository: 'attic-id' } };
  const answers: Readonly<Record<string, unknown>> = {
    'profiles.find': profile,
    'pauses.list': [{ scope: 'tenant', reason: 'protection moves to attic' }],
  };
  const context = {
    home: '/nowhere',
    caller: { tenant: 'default', actor: 'test' },
    nowMs: () => 0,
    rePlan: () => undefined,
    live: { changed: () => undefined },
    catalog: {
      read: async (name: string) => answers[name] ?? null,
      write: async (name: string, _caller: unknown, input: { definition?: { repository: string } }) =>
        void done.push(`${name} ${input.definition?.repository ?? ''}`.trim()),
    },
    connections: {
      makePrimary: async (_caller: unknown, id: string) => {
        done.push(`primary ${id}`);
        return { remembered: true };
      },
    },
  } as unknown as CallContext;
  const steps = Object.entries(states).map(([id, state]) => ({
    id,
    state,
    result: id === 'pause' && state === 'done' ? { profiles: ['p1'] } : null,
  }));
  return { done, undo: (dryRun: boolean) => undoMove(context, { steps } as unknown as RestoreRun, move, dryRun) };
}

const everything = ['profiles.update office-id', 'primary office-id', 'pauses.end'];

test.each(['done', 'partial', 'failed', 'stopped', 'running'] as const)(
  'a move whose switch is %s is taken back whole, also what its profiles name',
  async (state) => {
    const { done, undo } = scene({ pause: 'done', switch: state });
    expect(await undo(false)).toMatchObject({ putBack: 2, left: 0 });
    expect(done).toEqual(everything);
  },
);

test('a move that has only paused ends its pause, and one that has not begun does nothing', async () => {
  const paused = scene({ pause: 'running', switch: 'waiting' });
  expect(await paused.undo(false)).toMatchObject({ putBack: 1 });
  expect(paused.done).toEqual(['pauses.end']);
  const fresh = scene({ pause: 'waiting', switch: 'waiting' });
  expect(await fresh.undo(false)).toMatchObject({ putBack: 0 });
  expect(fresh.done).toEqual([]);
});

test('what would be taken back is told without doing it', async () => {
  const { done, undo } = scene({ pause: 'done', switch: 'done' });
  expect((await undo(true)).items.map(({ path }) => path)).toEqual([
    'protect into office again',
    'let runs begin again',
  ]);
  expect(done).toEqual([]);
});
