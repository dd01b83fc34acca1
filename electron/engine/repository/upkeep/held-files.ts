/** Files that the place of a repository lets nobody remove yet: what they are is found out before a prune plans on them. */
import type { Retention, StoredFile } from '../backend/backend.ts';
import { isAsleep } from '../../../../shared/model/s3-archive.ts';
import type { PackTable } from './pack-table.ts';
import type { PackChoice } from './prune-plan.ts';

const askedAtOnce = 32;

export type Unheld = {
  readonly choice: PackChoice;
  readonly unlisted: readonly StoredFile[];
  /** How many packs stay for now, and until when all of them can go. */
  readonly heldPacks: number;
  readonly untilMs: number;
};

/** What can go now: neither held itself, nor listed by an index file that is held. */
export async function withoutHeld(
  retention: Retention,
  table: PackTable,
  choice: PackChoice,
  unlisted: readonly StoredFile[],
): Promise<Unheld> {
  const held = new Set<string>();
  let untilMs = 0;
  const ask = async (type: 'data' | 'index', name: string): Promise<boolean> => {
    const until = await retention.heldUntilMs({ type, name });
    if (until === null || until <= Date.now()) return false;
    untilMs = Math.max(untilMs, until);
    return true;
  };
  const wanted = [...choice.dead, ...choice.repack];
  const listing = new Set(wanted);
  if (wanted.length > 0) {
    await forEach([...table.indexFiles], async ([name, file]) => {
      const packs = file.packs.filter((pack) => listing.has(pack));
      if (packs.length > 0 && (await ask('index', name))) for (const pack of packs) held.add(table.id(pack));
    });
  }
  const names = [...wanted.map((pack) => table.id(pack)), ...unlisted.map(({ name }) => name)];
  await forEach(
    names.filter((name) => !held.has(name)),
    async (name) => {
      if (await ask('data', name)) held.add(name);
    },
  );
  const goes = (pack: number): boolean => !held.has(table.id(pack));
  return {
    choice: { ...choice, dead: choice.dead.filter(goes), repack: choice.repack.filter(goes) },
    unlisted: unlisted.filter(({ name }) => !held.has(name)),
    heldPacks: held.size,
    untilMs,
  };
}

/** Nothing is copied out of a pack that lies in an archive: it goes once nothing in it is needed. */
export function withoutAsleep(table: PackTable, choice: PackChoice, files: readonly StoredFile[]): PackChoice {
  const asleep = new Set(files.filter(isAsleep).map(({ name }) => name));
  return asleep.size === 0
    ? choice
    : { ...choice, repack: choice.repack.filter((pack) => !asleep.has(table.id(pack))) };
}

async function forEach<Item>(items: readonly Item[], work: (item: Item) => Promise<void>): Promise<void> {
  const waiting = items.values();
  await Promise.all(
    Array.from({ length: askedAtOnce }, async () => {
      for (const item of waiting) await work(item);
    }),
  );
}
