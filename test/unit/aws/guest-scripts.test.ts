/** Scripts for instances, run by the shell of this machine: what is frozen thaws, by the engine or by itself. */
import { spawnSync } from 'node:child_process';
import { existsSync, mkdtempSync, readFileSync, rmSync } from 'node:fs';
import { join } from 'node:path';
import { tmpdir } from 'node:os';
import { setTimeout as sleep } from 'node:timers/promises';
import { afterEach, beforeEach, expect, test } from 'vitest';
import {
  freezingScript,
  thawedByItself,
  thawingScript,
  type GuestScript,
} from '../../../electron/engine/aws/guest-scripts.ts';

let folder: string;
beforeEach(() => void (folder = mkdtempSync(join(tmpdir(), "holdfast-guest's-"))));
afterEach(() => rmSync(folder, { recursive: true, force: true }));

const note = (word: string): string => `echo "${word} $HOLDFAST_RUN" >> '${folder.replaceAll("'", `'\\''`)}/notes'`;
const of = (script: string): GuestScript => ({
  kind: 'ssm',
  script,
  run: 'run-1',
  variables: { HOLDFAST_RUN: "it's 1" },
});
const run = (script: string): number | null => spawnSync('/bin/sh', ['-c', script]).status;
const notes = (): string[] =>
  existsSync(join(folder, 'notes')) ? readFileSync(join(folder, 'notes'), 'utf8').trim().split('\n') : [];
const marks = (): string => join(folder, 'marks');

async function untilNoted(count: number): Promise<void> {
  while (notes().length < count) await sleep(20);
}

test('what is thawed in time is thawed once', async () => {
  const guard = { thaw: note('guard'), fromBeginSeconds: 1, fromFrozenSeconds: 1 };
  expect(run(freezingScript(of(note('freeze')), guard, marks()))).toBe(0);
  expect(run(thawingScript(of(note('thaw')), true, marks()))).toBe(0);
  expect(existsSync(join(marks(), 'run-1'))).toBe(false);
  // A second guard, to be told apart from one that would have thawed by now.
  run(freezingScript({ ...of('true'), run: 'run-2' }, { ...guard, fromFrozenSeconds: 1 }, marks()));
  await untilNoted(3);
  expect(notes().slice(0, 2)).toEqual(["freeze it's 1", "thaw it's 1"]);
  expect(notes()).toHaveLength(3);
});

test('without the script after, it thaws by itself, which that one then says', async () => {
  const guard = { thaw: note('guard'), fromBeginSeconds: 60, fromFrozenSeconds: 1 };
  expect(run(freezingScript(of(note('freeze')), guard, marks()))).toBe(0);
  await untilNoted(2);
  expect(notes()[1]).toMatch(/^guard/);
  expect(run(thawingScript(of(note('thaw')), true, marks()))).toBe(thawedByItself);
  expect(notes()[2]).toMatch(/^thaw/);
});

test('a script that freezes and hangs is thawed from its beginning on', async () => {
  const guard = { thaw: note('guard'), fromBeginSeconds: 1, fromFrozenSeconds: 60 };
  const hangs = `${note('freeze')}; while ! grep -q guard '${folder.replaceAll("'", `'\\''`)}/notes'; do sleep 0.05; done; exit 3`;
  expect(run(freezingScript(of(hangs), guard, marks()))).toBe(3);
  expect(notes()).toHaveLength(2);
});

test('one that fails says how', () => {
  expect(run(freezingScript(of('exit 9'), null, marks()))).toBe(9);
  expect(run(thawingScript(of('exit 9'), false, marks()))).toBe(9);
});

test('nothing of a script or a name ends a string of PowerShell early', () => {
  const guard = { thaw: `'; Stop-Computer; '`, fromBeginSeconds: 60, fromFrozenSeconds: 30 };
  const text = freezingScript({ ...of(`"'; Remove-Item C:\\`), kind: 'ssm-powershell', run: `a'; b` }, guard);
  expect(text).not.toContain('Stop-Computer');
  expect(text).not.toContain('Remove-Item C:');
  expect(text).toContain(String.raw`'Holdfast\a___b'`);
});
