/** The part of a run that looks through mirrors as a whole, and what it says of those that are damaged. */
import { join } from 'node:path';
import type { CheckedMirror } from '../../../../shared/model/mirror-checks.ts';
import type { Prepared, PrepareContext } from '../source.ts';
import { repairFound, type BringMirror } from './bring-mirror.ts';
import { checkMirrors } from './check-mirrors.ts';
import { metaOf, readCheckNote, type MirrorOnDisk } from './check-notes.ts';

export type LookThrough = {
  readonly context: PrepareContext;
  /** The folder of the source, and what it is called in a snapshot. */
  readonly root: string;
  readonly name: string;
  readonly everyMs: number;
  /** Mirrors, by path below the folder, that were found damaged while they were fetched; that is told already. */
  readonly damaged: ReadonlySet<string>;
  readonly onMirror: (path: string) => void;
  /** What one is made anew from. */
  readonly repairOf: (mirror: MirrorOnDisk) => Promise<BringMirror>;
};

export type LookedThrough = {
  readonly checkedMirrors: readonly CheckedMirror[];
  /** In the snapshot. */
  readonly damaged: ReadonlySet<string>;
};

/** Damage to one mirror keeps nothing from the others. */
export async function lookThrough(request: LookThrough): Promise<LookedThrough> {
  const { context, root, name, everyMs, damaged: known, onMirror, repairOf } = request;
  const { signal, nowMs, log } = context;
  const pathOf = (path: string): string => `/${name}/${path}`;
  const checked = await checkMirrors({ root, everyMs, signal, nowMs, known, onMirror });
  const checkedMirrors: CheckedMirror[] = [];
  for (const mirror of checked.toSorted((a, b) => (a.path < b.path ? -1 : 1))) {
    const { path, at, how, problems } = mirror;
    const repaired = problems.length > 0 && (await repairFound(await repairOf(mirror)));
    checkedMirrors.push({ path: pathOf(path), at, how, problems, repaired });
  }
  const bad = checkedMirrors.filter(({ problems, repaired }) => problems.length > 0 && !repaired);
  for (const { path, problems } of bad) {
    context.onIssue({ path, code: 'GIT_MIRROR_DAMAGED', message: `The mirror is damaged: ${problems.join(' · ')}` });
    tellDamage(context, path, problems[0]);
  }
  for (const path of known) {
    const note = await readCheckNote(join(root, metaOf(path)));
    tellDamage(context, pathOf(path), note?.problems[0]);
  }
  const found = checkedMirrors.filter(({ problems }) => problems.length > 0).length;
  if (checked.length > 0)
    log(`${checked.length} mirrors were looked through, ${found} were damaged, ${found - bad.length} are repaired.`);
  return { checkedMirrors, damaged: new Set([...bad.map(({ path }) => path), ...[...known].map(pathOf)]) };
}

function tellDamage({ onFinding, nowMs }: PrepareContext, item: string, problem = 'It cannot be read.'): void {
  onFinding({ kind: 'damaged', item, problem, sinceMs: nowMs() });
}

/** What is damaged is not complete, and a wiki belongs to its repository. */
export function withDamage(
  items: Prepared['items'],
  { checkedMirrors, damaged }: LookedThrough,
): Pick<Prepared, 'items' | 'checkedMirrors'> {
  const bad = new Set([...damaged].map((path) => path.replace(/\.wiki\.git$/, '.git')));
  const known = new Set(items.map(({ path }) => path));
  const others = [...bad].filter((path) => !known.has(path)).map((path) => ({ path, complete: false }));
  return {
    items: [...items.map((item) => ({ ...item, complete: item.complete && !bad.has(item.path) })), ...others],
    checkedMirrors,
  };
}
