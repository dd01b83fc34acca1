import { join } from 'node:path';
import { describe, expect, it } from 'vitest';
import { access, eventsOf, makeScene, type Handlers } from './harness.ts';
import { issue, restoreResult } from './samples.ts';

const restoring = (result: unknown = restoreResult, ...before: unknown[]): Handlers => ({
  'recovery.restore': () => eventsOf(...before, { type: 'done', result }),
});

const planned = (path: string, action: string) => ({ path, from: `/data${path}`, bytes: 1536, action });

describe('the arguments of restore', () => {
  it('reach the contract with safe defaults, references untouched', async () => {
    await using scene = await makeScene({ handlers: restoring() });
    expect(await scene.holdfast('restore', 'latest:./odd\\xffname', 'abc', '--to', 'out')).toBe(0);
    expect(scene.calls[0]?.input).toEqual({
      repository: access,
      selections: ['latest:./odd\\xffname', 'abc'],
      target: join(scene.folder, 'out'),
      overwrite: 'never',
      protectFirst: false,
      dryRun: false,
      verify: true,
      ignoreFreeSpace: false,
      detach: false,
    });
  });

  it('reach the contract with every option', async () => {
    await using scene = await makeScene({ handlers: restoring({ ...restoreResult, target: null }) });
    const options = [
      '--ignore-free-space',
      '--in-place',
      '--overwrite',
      'if-changed',
      '--dry-run',
      '--no-verify',
      '--source',
      'documents',
    ];
    expect(await scene.holdfast('restore', 'latest', ...options)).toBe(0);
    expect(scene.calls[0]?.input).toEqual({
      repository: access,
      selections: ['latest'],
      source: 'documents',
      target: null,
      overwrite: 'if-changed',
      protectFirst: false,
      dryRun: true,
      verify: false,
      ignoreFreeSpace: true,
      detach: false,
    });
  });

  it.each([
    [['restore', 'latest'], '--in-place'],
    [['restore', 'latest', '--to', ''], '--in-place'],
    [['restore', 'latest', '--to', 'x', '--in-place'], 'either'],
    [['restore', 'latest', '--to', 'x', '--overwrite', 'sometimes'], 'if-changed'],
    [['restore', '--to', 'x'], 'snapshot'],
  ])('that leave the target open are refused: %j', async (argv, words) => {
    await using scene = await makeScene({ handlers: restoring() });
    expect(await scene.holdfast(...argv)).toBe(2);
    expect(scene.stderr.text).toContain(words);
    expect(scene.opened).toBe(0);
  });
});

describe('the answer of restore', () => {
  it('says what was written and what was verified', async () => {
    await using scene = await makeScene({ handlers: restoring() });
    await scene.holdfast('restore', 'latest', '--to', '/target');
    expect(scene.stdout.text).toBe(
      [
        'Restored 2 files, 1 folder, 2.0 KiB, to /target',
        '  written   1.0 KiB',
        '  in place  1 file as in the snapshot already',
        '  verified  2 files, 2.0 KiB, read back and compared',
        '  time      1.5 s',
        '',
      ].join('\n'),
    );
  });

  it('claims no verification that was not asked for', async () => {
    await using scene = await makeScene({ handlers: restoring() });
    await scene.holdfast('restore', 'latest', '--to', '/target', '--no-verify');
    expect(scene.stdout.text).toContain('no (--no-verify)');
    expect(scene.stdout.text).not.toContain('compared');
  });

  it('is exit code 3 when something in the way was kept', async () => {
    const conflicts = [{ path: '/target/data/a', action: 'kept' }];
    await using scene = await makeScene({ handlers: restoring({ ...restoreResult, conflicts }) });
    expect(await scene.holdfast('restore', 'latest', '--to', '/target')).toBe(3);
    expect(scene.stderr.text).toMatch(/1 thing in the way was kept.*\n {2}\/target\/data\/a\n/);
    expect(scene.stdout.text).toContain('Restored in part, to /target\n  chosen    2 files, 1 folder, 2.0 KiB\n');
  });

  it('is exit code 0 when what was in the way was replaced as asked, and names it', async () => {
    const conflicts = [{ path: '/target/data/a', action: 'replaced' }];
    await using scene = await makeScene({ handlers: restoring({ ...restoreResult, conflicts }) });
    expect(await scene.holdfast('restore', 'latest', '--to', '/target', '--overwrite', 'always')).toBe(0);
    expect(scene.stderr.text).toContain('/target/data/a');
  });

  it('is exit code 3 when something did not come back', async () => {
    await using scene = await makeScene({ handlers: restoring({ ...restoreResult, issues: [issue] }) });
    expect(await scene.holdfast('restore', 'latest', '--to', '/target')).toBe(3);
    expect(scene.stdout.text).toContain('Restored in part, to /target\n  chosen    2 files, 1 folder, 2.0 KiB\n');
    expect(scene.stderr.text).toContain('/data/secret: It cannot be opened.');
  });
});

describe('a dry run', () => {
  const result = { ...restoreResult, dryRun: true, writtenBytes: 2048, freeBytes: 1024 };
  const batches = [
    { type: 'planned', entries: [planned('/a', 'create'), planned('/b', 'replace')] },
    { type: 'planned', entries: [planned('/c', 'keep')] },
  ];

  it('lists what would be written and warns when there is no room', async () => {
    await using scene = await makeScene({ handlers: restoring(result, ...batches) });
    expect(await scene.holdfast('restore', 'latest', '--to', '/target', '--dry-run')).toBe(0);
    expect(scene.stdout.text).toContain('create        1.5 KiB  /a  <- /data/a\n');
    expect(scene.stdout.text).toContain('keep          1.5 KiB  /c  <- /data/c\n');
    expect(scene.stdout.text).toContain('Would restore 2 files');
    expect(scene.stdout.text).toContain('Nothing was written.');
    expect(scene.stderr.text).toContain('not enough room: 1.0 KiB');
  });

  it('prints one document with the entries as --json', async () => {
    await using scene = await makeScene({ handlers: restoring(result, ...batches) });
    expect(await scene.holdfast('restore', 'latest', '--to', '/target', '--dry-run', '--json')).toBe(0);
    const entries = batches.flatMap((batch) => batch.entries);
    expect(JSON.parse(scene.stdout.text)).toEqual({ ...result, entries });
  });

  it('has an empty list of entries when nothing would be written', async () => {
    await using scene = await makeScene({ handlers: restoring(result) });
    await scene.holdfast('restore', 'latest', '--to', '/target', '--dry-run', '--json');
    expect(JSON.parse(scene.stdout.text)).toEqual({ ...result, entries: [] });
  });

  it('ends quietly when nobody reads the list any more', async () => {
    await using scene = await makeScene({ handlers: restoring(result, ...batches) });
    scene.stdout.closesAfter = 1;
    expect(await scene.holdfast('restore', 'latest', '--to', '/target', '--dry-run')).toBe(0);
    expect(scene.stdout.text).not.toContain('/c');
    expect([scene.stderr.text, scene.closed]).toEqual(['', 1]);
  });
});
