/** A mirror brought up to date, also where it is damaged: then it is repaired first, and that is told. */
import { HoldfastError, toHoldfastError } from '../../../../shared/model/errors.ts';
import type { PartInSnapshot, PrepareContext } from '../source.ts';
import { readHistory } from './lost-history.ts';
import { updateMirror, type MirrorOutcome, type MirrorRequest } from './mirror.ts';
import { repairMirror, type Repaired } from './repair.ts';
import { tellLosses } from './tell-losses.ts';

export type BringMirror = Omit<MirrorRequest, 'url'> & {
  /** Null where no server is known that has it. */
  readonly url: string | null;
  readonly inSnapshots: () => AsyncIterable<PartInSnapshot>;
  readonly onRepaired: (repaired: Repaired) => void;
};

/** Raises what `updateMirror` raises; GIT_MIRROR_DAMAGED where nothing can repair it. */
export async function bringMirror(request: BringMirror & { readonly url: string }): Promise<MirrorOutcome> {
  const since = timeOf(request);
  try {
    return await updateMirror(request);
  } catch (error) {
    if (!(error instanceof HoldfastError) || error.code !== 'GIT_MIRROR_DAMAGED') throw error;
    const repaired = await repair(request, since);
    if (repaired === null) throw error;
    return await updateMirror(request);
  }
}

/** Where a look at it found it damaged. False: nothing can repair it, and it stays as it is. */
export async function repairFound(request: BringMirror): Promise<boolean> {
  const repaired = await repair(request, timeOf(request));
  if (repaired === null) return false;
  // What is not history, such as large files, comes with it. What fails here is told by the next run.
  if (request.url !== null && repaired.snapshot === null)
    await updateMirror({ ...request, url: request.url }).catch((error: unknown) => {
      if (request.signal.aborted) throw toHoldfastError(error);
    });
  return true;
}

async function repair(request: BringMirror, since: string): Promise<Repaired | null> {
  const repaired = await repairMirror(request);
  if (repaired === null) return null;
  // Also what was found lost before the damage was: whoever found it had no more chance to tell.
  const lost = (await readHistory(request.meta)).filter(({ at }) => at >= since);
  request.onRepaired({ ...repaired, lost });
  return repaired;
}

function timeOf({ nowMs }: BringMirror): string {
  return new Date(nowMs()).toISOString();
}

const shownRefs = 3;

/** `item`: its path in the snapshot. */
export function tellRepaired({ onFinding, onNotice, nowMs }: PrepareContext, item: string, repaired: Repaired): void {
  const { aside, snapshot, brought, missing, lost } = repaired;
  const from = snapshot === null ? 'from the server' : `from the snapshot ${snapshot.id.slice(0, 8)}`;
  const over = `${brought} refs that only it had were brought over`;
  const shown = missing.slice(0, shownRefs).join(', ');
  const more = missing.length > shownRefs ? ` and ${missing.length - shownRefs} more` : '';
  const left = missing.length === 0 ? '' : `; of ${shown}${more} something could not be read`;
  onNotice(`${item} was damaged. It was made anew ${from}; ${over}${left}. The damaged one lies in ${aside}.`);
  const takenAtMs = snapshot?.takenAtMs ?? null;
  onFinding({ kind: 'repaired', item, atMs: nowMs(), takenAtMs, brought, missing: missing.slice(0, 20), aside });
  tellLosses({ onFinding }, item, lost);
}
