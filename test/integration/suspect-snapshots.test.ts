import { randomBytes } from 'node:crypto';
import { rm, writeFile } from 'node:fs/promises';
import { expect, test } from 'vitest';
import { z } from 'zod';
import { restorePointSchema } from '../../shared/contract/incidents.ts';
import { protectResultSchema, type ProtectResult } from '../../shared/contract/protection.ts';
import { forgetResultSchema } from '../../shared/contract/upkeep.ts';
import { makeWorkspace, type Workspace } from '../support/workspace.ts';

const files = 120;

async function protect(workspace: Workspace): Promise<ProtectResult> {
  const result = await workspace.here(['protect', workspace.path('papers'), '--json']);
  expect(result.code, result.stderr).toBe(0);
  return result.json(protectResultSchema);
}

/** Text, which can be compressed. */
const letter = (file: number, day: number) => `Letter ${file} of day ${day}. `.repeat(2000);

/** A source with a week of quiet days behind it. */
async function quietWeek(workspace: Workspace): Promise<readonly ProtectResult[]> {
  await workspace.folder('papers');
  workspace.init();
  for (let file = 0; file < files; file++) await writeFile(workspace.path('papers', `${file}`), letter(file, 0));
  const days: ProtectResult[] = [];
  for (let day = 1; day <= 7; day++) {
    await writeFile(workspace.path('papers', `${day}`), letter(day, day));
    days.push(await protect(workspace));
  }
  return days;
}

async function encryptEverything(workspace: Workspace): Promise<void> {
  for (let file = 0; file < files; file++) {
    await rm(workspace.path('papers', `${file}`));
    await writeFile(workspace.path('papers', `${file}.locked`), randomBytes(50_000));
  }
}

async function keptBy(workspace: Workspace, ...args: string[]): Promise<number> {
  const result = await workspace.here(['forget', '--keep-last', '1', '--dry-run', '--json', ...args]);
  expect(result.code, result.stderr).toBe(0);
  return result.json(forgetResultSchema).groups.flatMap(({ decisions }) => decisions.filter(({ keep }) => keep)).length;
}

test('a source that was encrypted is noticed, and what was taken before stays until somebody has looked', async () => {
  await using workspace = await makeWorkspace();
  const days = await quietWeek(workspace);
  expect(days.map(({ suspicion }) => suspicion)).toEqual(days.map(() => null));
  expect(await keptBy(workspace)).toBe(1);

  await encryptEverything(workspace);
  const { snapshot, suspicion } = await protect(workspace);
  expect(suspicion).toMatch(/% of the files were changed, replaced or removed .* as encrypted data cannot\.$/);
  expect(await keptBy(workspace)).toBe(8);
  const shown = await workspace.here(['incident']);
  expect(shown.stdout).toContain(snapshot.slice(0, 8));

  // What leads back to before the incident is the day before, and not what was taken in it.
  const points = await workspace.here(['incident', 'restore-points', '--before', '2999-01-01', '--json']);
  expect(points.code, points.stderr).toBe(0);
  const [point] = points.json(z.array(restorePointSchema));
  expect(point).toMatchObject({
    source: workspace.path('papers'),
    snapshot: days.at(-1)?.snapshot,
    passedOver: 1,
    since: 0,
  });
  const before = await workspace.here(['incident', 'restore-points', '--before', days[3]?.takenAt ?? '', '--json']);
  expect(before.json(z.array(restorePointSchema))).toMatchObject([
    { snapshot: days[2]?.snapshot, passedOver: 0, since: 5 },
  ]);

  const cleared = await workspace.here(['incident', 'clear', snapshot.slice(0, 8)]);
  expect(cleared.code, cleared.stderr).toBe(0);
  expect(await keptBy(workspace)).toBe(1);
});

test('the mark is in the snapshot: it outlives the catalog, and other consoles see it', async () => {
  await using workspace = await makeWorkspace();
  await quietWeek(workspace);
  await encryptEverything(workspace);
  const { snapshot } = await protect(workspace);
  await rm(workspace.path('home', 'holdfast'), { recursive: true });
  expect(await keptBy(workspace)).toBe(8);
  const rebuilt = await workspace.here(['rebuild-catalog']);
  expect(rebuilt.code, rebuilt.stderr).toBe(0);
  expect((await workspace.here(['incident'])).stdout).toContain(snapshot.slice(0, 8));
});

test('reading everything again with --force raises no suspicion, and takes none away from later runs', async () => {
  await using workspace = await makeWorkspace();
  await quietWeek(workspace);
  const forced = await workspace.here(['protect', workspace.path('papers'), '--force', '--json']);
  expect(forced.json(protectResultSchema).suspicion).toBeNull();
  await encryptEverything(workspace);
  expect((await protect(workspace)).suspicion).not.toBeNull();
});
