/** Looks through mirrors as a whole, a share of them in each run: what rots on a disk is found before it is needed. */
import type { CheckedMirror } from '../../../../shared/model/mirror-checks.ts';
import { inParallel } from '../parallel.ts';
import { mirrorsBelow, readCheckNote, saveCheckNote, type MirrorOnDisk } from './check-notes.ts';
import { dueChecks, type CheckFacts } from './due-checks.ts';
import { verifyMirror } from './verify.ts';

export type ChecksRequest = {
  /** The folder of the source. */
  readonly root: string;
  readonly everyMs: number;
  readonly signal: AbortSignal;
  readonly nowMs: () => number;
  /** Mirrors, by path below the folder, that this run has found out about already. */
  readonly known: ReadonlySet<string>;
  readonly onMirror: (path: string) => void;
};

export type MirrorOnCheck = MirrorOnDisk & Pick<CheckedMirror, 'at' | 'how' | 'problems'>;

/** Each reads as fast as a disk gives. */
const checkedAtOnce = 2;
const readAtOnce = 16;

/** In no order. Damage is an answer, whatever it is: CANCELLED and GIT_MISSING are raised alone. */
export async function checkMirrors(request: ChecksRequest): Promise<readonly MirrorOnCheck[]> {
  const { root, everyMs, nowMs, known, signal, onMirror } = request;
  const mirrors: (MirrorOnDisk & CheckFacts)[] = [];
  await inParallel(await mirrorsBelow(root), readAtOnce, async (mirror) => {
    mirrors.push({ ...mirror, ...(await factsOf(mirror)) });
  });
  const due = dueChecks(mirrors, { everyMs, nowMs: nowMs() });
  const checked: MirrorOnCheck[] = [];
  await inParallel(
    due.filter(({ path }) => !known.has(path)),
    checkedAtOnce,
    async ({ path, folder, meta }) => {
      onMirror(path);
      const { problems } = await verifyMirror(folder, { full: true, signal });
      const note = { at: new Date(nowMs()).toISOString(), how: 'full' as const, problems };
      await saveCheckNote(meta, note);
      checked.push({ path, folder, meta, ...note });
    },
  );
  return checked;
}

async function factsOf({ meta }: MirrorOnDisk): Promise<CheckFacts> {
  const note = await readCheckNote(meta);
  if (note === null) return { checkedAtMs: null, isDamaged: false, wasRead: false };
  const { at, how, problems } = note;
  return { checkedAtMs: Date.parse(at), isDamaged: problems.length > 0, wasRead: how === 'full' };
}
