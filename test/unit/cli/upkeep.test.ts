import { describe, expect, it } from 'vitest';
import { access, eventsOf, id, makeScene, type Handlers } from './harness.ts';
import { forgetResult, issue, prunePlan, pruneResult } from './samples.ts';

describe('forget', () => {
  const { groups } = forgetResult;
  const handlers: Handlers = {
    'upkeep.forget': () => eventsOf({ type: 'planned', groups }, { type: 'done', result: forgetResult }),
  };

  it('passes rules, source and names through', async () => {
    await using scene = await makeScene({ handlers });
    const rules = [
      '--keep-last',
      '3',
      '--keep-daily',
      'unlimited',
      '--keep-within-weekly',
      '1y2m',
      '--keep-tag',
      'a,b',
    ];
    expect(await scene.holdfast('forget', ...rules, '--source', 'documents', '--dry-run')).toBe(0);
    expect(await scene.holdfast('forget', 'abc', 'def', '--allow-last')).toBe(0);
    const common = { repository: access, snapshots: [], rules: {}, allowLast: false, dryRun: false };
    expect(scene.calls.map(({ input }) => input)).toEqual([
      {
        ...common,
        source: 'documents',
        dryRun: true,
        rules: { last: 3, counts: { daily: 'unlimited' }, withinPeriods: { weekly: '1y2m' }, tags: [['a', 'b']] },
      },
      { ...common, snapshots: ['abc', 'def'], allowLast: true },
    ]);
  });

  it.each([
    [['forget', 'abc', '--keep-last', '1']],
    [['forget', '--allow-last', '--keep-last', '1']],
    [['forget', '--keep-last', '-1']],
    [['forget', '--keep-last', 'some']],
    [['forget', '--keep-within', '3 days']],
    [['forget', '--keep-tag', 'a,']],
  ])('refuses what cannot be meant: %j', async (argv) => {
    await using scene = await makeScene({ handlers });
    expect(await scene.holdfast(...argv)).toBe(2);
    expect(scene.opened).toBe(0);
  });

  it('shows what goes and what stays, each with its reason', async () => {
    await using scene = await makeScene({ handlers });
    await scene.holdfast('forget', '--keep-last', '1');
    expect(scene.stdout.text).toBe(
      [
        'documents on nas: 1 of 2 snapshots goes',
        '        ID        TAKEN                WHY',
        'keep    aaaaaaaa  2026-03-04 05:06:07  last snapshot',
        'remove  bbbbbbbb  2026-03-03 05:06:07  no rule keeps it',
        '1 snapshot was removed. `holdfast prune` frees the space that only they took.',
        '',
      ].join('\n'),
    );
  });

  it('is partial where a snapshot could not be judged', async () => {
    const result = { ...forgetResult, unreadable: [{ ...issue, path: `snapshots/${id('c')}` }] };
    await using scene = await makeScene({ handlers: { 'upkeep.forget': () => eventsOf({ type: 'done', result }) } });
    expect(await scene.holdfast('forget', '--keep-last', '1')).toBe(3);
    expect(scene.stderr.text).toContain(id('c'));
    await using json = await makeScene({ handlers: { 'upkeep.forget': () => eventsOf({ type: 'done', result }) } });
    expect(await json.holdfast('forget', '--keep-last', '1', '--json')).toBe(3);
    expect(JSON.parse(json.stdout.text)).toEqual(result);
  });
});

describe('prune', () => {
  const pruning = (result: unknown): Handlers => ({
    'upkeep.prune': () => eventsOf({ type: 'planned', plan: prunePlan }, { type: 'done', result }),
  });

  it.each([
    [['prune'], { maxUnused: { percent: 5 }, maxRepackBytes: null }],
    [['prune', '--max-unused', '2.5%'], { maxUnused: { percent: 2.5 }, maxRepackBytes: null }],
    [['prune', '--max-unused', '0'], { maxUnused: { bytes: 0 }, maxRepackBytes: null }],
    [
      ['prune', '--max-unused', 'unlimited', '--max-repack-size', '1G'],
      { maxUnused: 'unlimited', maxRepackBytes: 2 ** 30 },
    ],
  ])('removes as much as it is told to: %j', async (argv, limits) => {
    await using scene = await makeScene({ handlers: pruning(pruneResult) });
    expect(await scene.holdfast(...argv)).toBe(0);
    expect(scene.calls[0]?.input).toEqual({ repository: access, ...limits, waitMs: 10_000, dryRun: false });
  });

  it.each([
    [['prune', '--max-unused', '100%']],
    [['prune', '--max-unused', 'much']],
    [['prune', '--max-repack-size', '-1']],
  ])('refuses what cannot be meant: %j', async (argv) => {
    await using scene = await makeScene({ handlers: pruning(pruneResult) });
    expect(await scene.holdfast(...argv)).toBe(2);
    expect(scene.opened).toBe(0);
  });

  it('shows what goes with sizes and reasons, then what was done', async () => {
    await using scene = await makeScene({ handlers: pruning(pruneResult) });
    expect(await scene.holdfast('prune')).toBe(0);
    expect(scene.stdout.text).toBe(
      [
        'The repository becomes 3.0 MiB smaller:',
        '  needed         10.0 MiB in 40 blobs, by 2 snapshots',
        '  not needed     2.0 MiB in 2 packs: whole packs, removed',
        '  partly needed  3.0 MiB in 1 pack: 1.0 MiB not needed, 2.0 MiB copied first',
        '  stays          512.0 KiB in 1 pack: not needed, but over --max-repack-size',
        'Freed 3.0 MiB: removed 3 packs, after copying 2.0 MiB, in 1.5 s.',
        '',
      ].join('\n'),
    );
  });

  it('says in a dry run what would go, and no more', async () => {
    await using scene = await makeScene({ handlers: pruning({ ...pruneResult, dryRun: true, removedPacks: 0 }) });
    expect(await scene.holdfast('prune', '--dry-run')).toBe(0);
    expect(scene.stdout.text).toContain('would become 3.0 MiB smaller');
    expect(scene.stdout.text).not.toContain('Freed');
  });

  it('is partial where damaged blobs held a pack back', async () => {
    await using scene = await makeScene({ handlers: pruning({ ...pruneResult, issues: [issue] }) });
    expect(await scene.holdfast('prune')).toBe(3);
    expect(scene.stderr.text).toContain('1 damaged blob could not be copied');
  });
});

describe('repair-index', () => {
  const result = {
    packs: 3,
    blobs: 1204,
    written: 1,
    replaced: 2,
    unreadable: [],
    missing: [],
    kept: 0,
    durationMs: 900,
  };
  const repairing = (outcome: unknown): Handlers => ({
    'upkeep.repairIndex': () => eventsOf({ type: 'done', result: outcome }),
  });

  it('says what the index lists now', async () => {
    await using scene = await makeScene({ handlers: repairing(result) });
    expect(await scene.holdfast('repair-index')).toBe(0);
    expect(scene.stdout.text).toBe(
      'The index lists 1,204 blobs in 3 packs now.\n1 index file written, 2 replaced, in 0.9 s.\n',
    );
  });

  it('is partial and names the packs where some are gone or cannot be read', async () => {
    await using scene = await makeScene({ handlers: repairing({ ...result, unreadable: [issue], missing: [issue] }) });
    expect(await scene.holdfast('repair-index')).toBe(3);
    expect(scene.stderr.text).toContain('1 pack could not be read');
    expect(scene.stderr.text).toContain('1 pack that the old index listed is gone');
  });
});
