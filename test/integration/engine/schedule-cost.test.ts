/** What the scheduler asks the catalog for, counted: its cost must not grow with the number of sources unseen. */
import { mkdir } from 'node:fs/promises';
import { join } from 'node:path';
import { expect, test, vi } from 'vitest';
import { loadSources } from '../../../electron/engine/api/scheduled-runs.ts';
import { Catalog } from '../../../electron/engine/catalog/catalog.ts';
import { writeNote } from '../../../electron/engine/configuration/note.ts';
import { RunHistory } from '../../../electron/engine/protection/run-history.ts';
import { Scheduler } from '../../../electron/engine/protection/scheduler.ts';
import { presets } from '../../../shared/model/profile-presets.ts';
import { makeWorkspace } from '../../support/workspace.ts';
import { noHooks } from '../../../shared/model/hooks.ts';

const caller = { tenant: 'default', actor: 'test' };
const begin = Date.parse('2026-11-25T12:10:00Z');
const count = 300;

const plain = {
  kind: 'folder' as const,
  excludes: [],
  excludeCaches: false,
  excludeLargerThanBytes: null,
  oneFileSystem: false,
  commands: noHooks,
  tags: [],
  rpoMs: null,
};

const hourly = {
  id: 'hourly',
  name: 'Hourly',
  rule: { kind: 'hourly' as const, minute: 0 },
  keep: { count: 2, unit: 'days' as const },
  minimum: 1,
  missed: 'catchUp' as const,
  quiesce: false,
  locked: false,
};

/** A catalog with many sources on one hourly profile. */
async function fill(home: string, catalog: Catalog): Promise<void> {
  const console = '0'.repeat(16);
  await writeNote(home, console, caller.tenant, { saved: false, unsaved: true, holds: 0 });
  await catalog.write('configuration.begin', caller, { console });
  for (let at = 0; at < count; at++) {
    const source = { ...plain, name: `source-${at}`, paths: [`/srv/${at}`] };
    await catalog.write('registeredSources.add', caller, { source, atMs: begin });
  }
  const definition = { ...presets.standard, zone: 'UTC', periods: [hourly] };
  const { profile } = await catalog.write('profiles.add', caller, { definition, atMs: begin });
  const assignment = { scope: 'tenant' as const, subject: '', profile, assignedAtMs: begin };
  await catalog.write('profiles.assign', caller, assignment);
}

test(`with ${count} sources a tick at rest asks the catalog once, and a run asks for its own source alone`, async () => {
  await using workspace = await makeWorkspace();
  const home = join(workspace.home, 'holdfast');
  await mkdir(home);
  const catalog = new Catalog({ home });
  try {
    await fill(home, catalog);
    let nowMs = begin;
    const running: (() => void)[] = [];
    const history = new RunHistory(catalog, () => nowMs);
    const scheduler = new Scheduler(
      {
        nowMs: () => nowMs,
        tenants: () => Promise.resolve([caller.tenant]),
        revision: async () => (await catalog.read('configuration.state', caller, null))?.revision ?? 0,
        load: (_tenant, names) => loadSources({ home, catalog, caller }, names, nowMs),
        obstacle: () => Promise.resolve(null),
        run: async (_tenant, source, profile, { periods, occurrenceMs }) => {
          const run = await history.ask(caller, { source, profile, periods, occurrenceMs, late: false });
          await new Promise<void>((resolve) => void running.push(resolve));
          await catalog.write('protectionRuns.end', caller, { run, state: 'complete', endedAtMs: nowMs });
          return true;
        },
        miss: () => Promise.resolve(),
        onChange: () => undefined,
      },
      1,
    );
    const read = vi.spyOn(catalog, 'read');
    const write = vi.spyOn(catalog, 'write');
    const asked = (): readonly string[] => read.mock.calls.splice(0).map(([name]) => name);

    await scheduler.tick();
    expect(scheduler.plan(caller.tenant)).toHaveLength(count);
    expect(asked().length, 'reads at the start').toBeLessThan(20);

    for (let tick = 0; tick < 20; tick++) {
      nowMs += 15_000;
      await scheduler.tick();
      expect(asked(), 'reads of a tick at rest').toEqual(['configuration.state']);
    }
    expect(write, 'writes at rest').not.toHaveBeenCalled();

    // All are due now, and one has its turn.
    nowMs = Date.parse('2026-11-25T13:00:00Z');
    await scheduler.tick();
    await vi.waitFor(() => expect(running).toHaveLength(1));
    expect(asked(), 'reads for all that is due').toEqual(['configuration.state']);
    running.shift()?.();
    await vi.waitFor(() => expect(running).toHaveLength(1));
    const afterRun = asked();
    expect(afterRun.length, `reads after a run: ${afterRun.join(', ')}`).toBeLessThan(12);
    expect(afterRun).not.toContain('registeredSources.list');
    scheduler.close();
    running.shift()?.();
  } finally {
    await catalog.close();
  }
});
