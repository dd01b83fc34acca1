/** A folder of papers with a week of history: what end-to-end tests browse, compare and restore. */
import { randomBytes } from 'node:crypto';
import { readFileSync } from 'node:fs';
import { mkdir, rm, utimes, writeFile } from 'node:fs/promises';
import { dirname, join } from 'node:path';
import { openEngine, type ContractClient } from '../../electron/engine/engine.ts';
import { toTheEnd } from '../support/client.ts';
import { createQuickly } from '../support/quick-keys.ts';
import type { Workspace } from '../support/workspace.ts';
import { noHooks } from '../../shared/model/hooks.ts';

const dayMs = 24 * 3_600_000;

/** Null: it was removed. */
type Day = { readonly daysAgo: number; readonly files: Readonly<Record<string, string | null>> };

export const papers: readonly Day[] = [
  {
    daysAgo: 6,
    files: {
      'report.txt': 'first draft of the report',
      'plan.txt': 'one plan',
      'old.txt': 'of no use any more',
      'notes/todo.txt': 'write the report',
    },
  },
  { daysAgo: 4, files: { 'report.txt': 'second draft, which is the good one', 'figures.csv': '1,2,3\n4,5,6\n' } },
  { daysAgo: 2, files: { 'report.txt': 'third draft', 'old.txt': null, 'plan.txt': 'quite another plan' } },
];

export const papersOf = (workspace: Workspace, ...parts: string[]): string => workspace.path('papers', ...parts);

/** Protects the papers as `papers`, once for each day. */
export async function preparePapers(workspace: Workspace): Promise<void> {
  await withHistory(workspace, async (client, setNow) => {
    const folder = await workspace.folder('papers');
    await registerFolder(client, workspace, 'papers', folder);
    for (const { daysAgo, files } of papers) {
      const atMs = Date.now() - daysAgo * dayMs;
      await writeFiles(folder, files, atMs);
      setNow(atMs);
      await protect(client, workspace, 'papers');
    }
  });
}

const letterCount = 60;

/** Quiet days of letters, protected as `letters`, and a day ago one on which all of them were encrypted: it is suspect. */
export async function prepareEncryptedLetters(workspace: Workspace): Promise<void> {
  await withHistory(workspace, async (client, setNow) => {
    const folder = await workspace.folder('letters');
    const numbers = Array.from({ length: letterCount }, (_, number) => number);
    const letter = (number: number, day: number) =>
      writeFile(join(folder, `${number}.txt`), `Letter ${number} of day ${day}. `.repeat(2000));
    await Promise.all(numbers.map((number) => letter(number, 8)));
    await registerFolder(client, workspace, 'letters', folder);
    for (let day = 8; day > 1; day -= 1) {
      await letter(day, day);
      setNow(Date.now() - day * dayMs);
      await protect(client, workspace, 'letters');
    }
    for (const number of numbers) {
      await rm(join(folder, `${number}.txt`));
      await writeFile(join(folder, `${number}.txt.locked`), randomBytes(50_000));
    }
    setNow(Date.now() - dayMs);
    await protect(client, workspace, 'letters');
  });
}

/** Many small files, protected as `pile`. */
export function preparePile(count: number): (workspace: Workspace) => Promise<void> {
  return (workspace) =>
    withHistory(workspace, async (client) => {
      const folder = await workspace.folder('pile');
      for (let from = 0; from < count; from += 1000) {
        const names = Array.from({ length: Math.min(1000, count - from) }, (_, index) => pileName(from + index));
        await Promise.all(names.map((name, index) => writeFile(join(folder, name), `${from + index}`)));
      }
      await registerFolder(client, workspace, 'pile', folder);
      await protect(client, workspace, 'pile');
    });
}

export const pileName = (index: number): string => `item-${String(index).padStart(6, '0')}.txt`;

/** The engine works in the test's process until the console's takes over; its clock is set. */
export async function withHistory(
  workspace: Workspace,
  make: (client: ContractClient, setNow: (ms: number) => void) => Promise<void>,
): Promise<void> {
  let nowMs = Date.now();
  const engine = await openEngine({
    home: join(workspace.home, 'holdfast'),
    caller: { tenant: 'default', actor: 'test' },
    version: versionOfThis(),
    onNotice: () => undefined,
    takenAtMs: () => nowMs,
  });
  try {
    const { repositories } = await engine.client.repositories.list({});
    if (repositories.length === 0) await createQuickly(engine.client, workspace, { name: 'Vault' });
    await make(engine.client, (ms) => {
      nowMs = ms;
    });
  } finally {
    await engine.close();
  }
}

export async function registerFolder(
  client: ContractClient,
  workspace: Workspace,
  name: string,
  folder: string,
): Promise<void> {
  await client.sources.add({
    repository: accessOf(workspace),
    source: {
      kind: 'folder',
      name,
      paths: [folder],
      excludes: [],
      excludeCaches: false,
      excludeLargerThanBytes: null,
      oneFileSystem: false,
      commands: noHooks,
    },
  });
}

export async function protect(client: ContractClient, workspace: Workspace, name: string): Promise<void> {
  await toTheEnd(await client.protection.protect({ repository: accessOf(workspace), registered: name }));
}

export function accessOf({ repository: location, password }: Workspace) {
  return { location, password };
}

async function writeFiles(folder: string, files: Day['files'], atMs: number): Promise<void> {
  for (const [name, content] of Object.entries(files)) {
    const path = join(folder, name);
    if (content === null) {
      await rm(path);
      continue;
    }
    await mkdir(dirname(path), { recursive: true });
    await writeFile(path, content);
    await utimes(path, atMs / 1000, atMs / 1000);
  }
}

function versionOfThis(): string {
  const file = new URL('../../package.json', import.meta.url);
  return (JSON.parse(readFileSync(file, 'utf8')) as { version: string }).version;
}
