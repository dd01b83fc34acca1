import { mkdtemp, rm } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { expect, onTestFinished, test } from 'vitest';
import { FactsReader, type FactsPorts } from '../../../electron/engine/api/alert-facts.ts';
import { writeNote } from '../../../electron/engine/configuration/note.ts';

test('what is about to be made up for is judged by one moment, though the schedule looks while facts are read', async () => {
  const caller = { tenant: 'default', actor: 'test' };
  const home = await mkdtemp(join(tmpdir(), 'holdfast-facts-'));
  onTestFinished(() => rm(home, { recursive: true }));
  await writeNote(home, 'console', caller.tenant, { saved: true, unsaved: false, holds: 0 });
  let hasLooked = false;
  const answers: Readonly<Record<string, unknown>> = {
    'configuration.state': { generation: 1 },
    'registeredSources.list': [{ name: 'papers', addedAt: '2026-11-25T12:00:00Z', tags: [], rpoMs: 60_000 }],
    'sourceOverview.newestGood': { papers: Date.parse('2026-11-25T13:01:00Z') },
    'incidents.open': null,
    'marks.get': null,
  };
  const catalog = {
    read: async (name: string) => {
      // As when a run begins after the plan was asked for: the plan of then says nothing of it.
      hasLooked = true;
      return name in answers ? answers[name] : name.endsWith('.of') ? {} : [];
    },
    write: async () => null,
  } as unknown as FactsPorts['catalog'];
  const reader = new FactsReader({
    home,
    catalog,
    connections: { list: async () => [] } as unknown as FactsPorts['connections'],
    peers: { list: async () => [] } as unknown as FactsPorts['peers'],
    evidence: { trouble: null },
    siteServer: { users: { list: async () => [] } } as unknown as FactsPorts['siteServer'],
    lease: { row: async () => null } as unknown as FactsPorts['lease'],
    nowMs: () => Date.parse('2026-11-25T15:00:00Z'),
    plan: () => [],
    knowsRepositories: () => false,
    isSettled: () => hasLooked,
    wokeAtMs: () => Date.parse('2026-11-25T15:00:00Z'),
  });
  const { sources } = await reader.read(caller);
  expect(sources).toMatchObject([{ name: 'papers', catchingUp: true }]);
});
