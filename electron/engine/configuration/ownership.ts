/**
 * Each source has one console that writes: whoever recovers another's configuration takes over from it, and says so in the
 * repository. A console that finds itself taken over writes and removes nothing there any more, until somebody takes the
 * sources back.
 */
import { z } from 'zod';
import type { Catalog } from '../catalog/catalog.ts';
import type { ConfigurationState } from '../catalog/configuration.ts';
import { HoldfastError } from '../../../shared/model/errors.ts';
import { claimAgainst, type Claim } from '../repository/configuration.ts';
import type { StoredSnapshot } from '../repository/snapshots.ts';
import { readNote } from './note.ts';
import type { ConfigurationScope } from './save.ts';

const markName = 'taken over';
const markSchema = z.object({
  console: z.string(),
  hostname: z.string(),
  epoch: z.number(),
  savedAtMs: z.number(),
});

type Knowing = Pick<ConfigurationScope, 'caller'> & { readonly catalog: Catalog };

/** Who has taken over from this console, as far as it has seen; null: nobody has. */
export async function takenOverBy({ catalog, caller }: Knowing): Promise<Claim | null> {
  const [state, text] = await Promise.all([
    catalog.read('configuration.state', caller, null),
    catalog.read('marks.get', caller, { name: markName }),
  ]);
  if (state === null || text === null) return null;
  const claim = readMark(text);
  return claim === null || claim.epoch <= state.epoch ? null : claim;
}

/**
 * CONSOLE_PASSIVE. To be asked before anything is written into a repository or taken out of it, with the snapshots that are
 * there then: so whoever was away learns of it before it does harm.
 */
export async function refuseWhenTakenOver(
  scope: ConfigurationScope,
  snapshots: readonly StoredSnapshot[],
  onTakenOver: () => void,
): Promise<void> {
  const { catalog, caller } = scope;
  const state = await ownState(scope);
  if (state === null) return;
  const claim = claimAgainst(snapshots, caller.tenant, state);
  if (claim === null) return;
  const known = await takenOverBy(scope);
  if (known === null || known.epoch < claim.epoch) {
    await catalog.write('marks.set', caller, { name: markName, value: JSON.stringify(claim) });
    onTakenOver();
  }
  throw new HoldfastError('CONSOLE_PASSIVE', passiveWords(claim));
}

/** A home without a configuration protects for nobody but itself; and no run fails because a catalog cannot be read. */
async function ownState({ catalog, caller, home }: ConfigurationScope): Promise<ConfigurationState | null> {
  const note = await readNote(home);
  if (note === null || note.of(caller.tenant) === null) return null;
  return catalog.read('configuration.state', caller, null).catch(() => null);
}

export function passiveWords({ console, hostname, savedAtMs }: Claim): string {
  const when = new Date(savedAtMs).toISOString().slice(0, 16).replace('T', ' ');
  return `The console ${console.slice(0, 8)} on ${hostname} has taken over from this one (${when} UTC).`;
}

/** Null where it is damaged: the next look at a repository finds it out again. */
function readMark(text: string): Claim | null {
  try {
    return markSchema.parse(JSON.parse(text));
  } catch {
    return null;
  }
}
