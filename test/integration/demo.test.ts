import { existsSync, readdirSync, symlinkSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { dirname, join } from 'node:path';
import { setTimeout as sleep } from 'node:timers/promises';
import { describe, expect, test } from 'vitest';
import { z } from 'zod';
import { Office } from '../../electron/sandbox/office.ts';
import { SandboxFolder } from '../../electron/sandbox/sandbox-folder.ts';
import { snapshotSchema } from '../../shared/contract/snapshots.ts';
import { describeTree } from '../support/describe-tree.ts';
import { expectDone } from '../support/expect-clean.ts';
import { makeWorkspace } from '../support/workspace.ts';

const dayMs = 24 * 3_600_000;

describe('the folder of a sandbox', () => {
  test('lets nothing be written outside of it, also not through a link', async () => {
    await using workspace = await makeWorkspace();
    const folder = SandboxFolder.make();
    try {
      symlinkSync(workspace.root, folder.path('way-out'));
      expect(() => folder.path('..', 'elsewhere')).toThrow('outside');
      expect(() => folder.path('/etc/passwd')).toThrow('outside');
      expect(() => folder.path('way-out', 'file')).toThrow('outside');
      expect(() => folder.folder('way-out', 'folder')).toThrow('outside');
    } finally {
      folder.remove();
    }
    expect(existsSync(folder.root)).toBe(false);
    expect(existsSync(workspace.root)).toBe(true);
  });

  test('is removed only where it is the one it has made', () => {
    const folder = SandboxFolder.make();
    writeFileSync(folder.path('.holdfast-sandbox'), 'another place');
    expect(() => folder.remove()).toThrow('left alone');
    writeFileSync(folder.path('.holdfast-sandbox'), folder.root);
    folder.remove();
  });
});

test('an office of the same seed is the same, and every day changes it', () => {
  const folders = [SandboxFolder.make(), SandboxFolder.make()];
  try {
    const offices = folders.map((folder) => new Office(folder, 7, Date.parse('2026-01-01T08:00:00Z')));
    const states = offices.map((office) => {
      office.playDays(22);
      return (['documents', 'photos', 'ledger', 'odd-names'] as const).map((source) =>
        [...describeTree(office.pathOf(source))]
          .filter(([, { type }]) => type === 'file')
          .map(([path, { content, mtimeNs }]) => `${path} ${content} ${mtimeNs}`),
      );
    });
    expect(states[0]).toEqual(states[1]);
    expect(states[0]?.map((files) => files.length > 5)).toEqual([true, true, true, true]);
  } finally {
    for (const folder of folders) folder.remove();
  }
});

test(
  'the demo protects, loses and brings back all that it makes, verifies it, and leaves nothing behind',
  { timeout: 400_000 },
  async () => {
    await using workspace = await makeWorkspace();
    const places = await workspace.folder('places');
    const demo = await workspace.holdfast(['demo'], {
      env: { HOLDFAST_REPOSITORY: undefined, HOLDFAST_PASSWORD: undefined, TMPDIR: places },
      timeoutMs: 380_000,
    });
    expectDone(demo);
    expect(demo.stdout).toContain('All of it was verified');
    expect(demo.stdout).not.toContain('NOT VERIFIED');
    expect(demo.stdout.match(/^verified /gm)).toHaveLength(8);
    expect(readdirSync(places)).toEqual([]);
    expect(existsSync(join(workspace.home, 'holdfast'))).toBe(false);
  },
);

test('the demo of an office serves weeks of snapshots of an office, and leaves nothing behind', async () => {
  await using workspace = await makeWorkspace();
  const demo = workspace.startHoldfast(['demo', '--office'], {
    env: { HOLDFAST_REPOSITORY: undefined, HOLDFAST_PASSWORD: undefined },
  });
  let said = '';
  demo.child.stdout?.on('data', (data: Buffer) => {
    said += data.toString();
  });
  while (!said.includes('Serving ') && demo.child.exitCode === null) await sleep(20);
  const [, home = '', location = ''] = /HOLDFAST_HOME=(\S+) HOLDFAST_REPOSITORY=(\S+)/.exec(said) ?? [];
  expect(home).toContain(join(tmpdir(), 'holdfast-demo-'));
  const env = { HOLDFAST_HOME: home, HOLDFAST_REPOSITORY: location, HOLDFAST_PASSWORD: 'demo' };
  const listed = expectDone(await workspace.holdfast(['snapshots', '--json'], { env }));
  const snapshots = listed.json(z.array(snapshotSchema));
  expect(new Set(snapshots.map(({ source }) => source))).toEqual(
    new Set(['documents', 'photos', 'ledger', 'odd-names']),
  );
  const times = snapshots.map(({ takenAt }) => Date.parse(takenAt));
  expect(Math.max(...times) - Math.min(...times)).toBeGreaterThan(20 * dayMs);
  expect(Math.max(...times)).toBeLessThanOrEqual(Date.now());
  const { stdout: status } = expectDone(await workspace.holdfast(['status'], { env }));
  expect(status).toContain('4 of 4 sources within the allowed age.');
  expectDone(await workspace.holdfast(['check'], { env }));
  demo.signal('SIGTERM');
  const ended = await demo.finished;
  expect(ended.code, ended.stderr).toBe(0);
  expect(existsSync(dirname(home))).toBe(false);
  expect(existsSync(join(workspace.home, 'holdfast'))).toBe(false);
});
