import type { Hold } from '../../../shared/contract/holds.ts';
import type { HoldRow } from '../catalog/holds.ts';
import { readNote } from '../configuration/note.ts';
import { bringBackWhatWasLost, changeConfiguration } from '../configuration/save.ts';
import { caseOfSource, caseWords, holdsInForce, type HoldCase } from '../../../shared/model/hold-cases.ts';
import { HoldfastError, toHoldfastError } from '../../../shared/model/errors.ts';
import { readFact } from '../repository/format/snapshot.ts';
import type { Repository } from '../repository/repository.ts';
import { listSnapshots, resolveReference, type StoredSnapshot } from '../repository/snapshots.ts';
import { openAccess } from './access.ts';
import { handlers, type CallContext } from './context.ts';

export const holdsHandlers = {
  hold: handlers.holds.hold.handler(async ({ input, context }) => {
    const { catalog, caller } = context;
    const repository = await openAccess(context, input.repository);
    const { snapshots } = await listSnapshots(repository);
    const own = snapshots.filter(({ file }) => (readFact(file.tags, 'tenant') ?? caller.tenant) === caller.tenant);
    const { id } = resolveReference(own, input.snapshot, input.source).snapshot;
    const hold = { snapshot: id, reason: input.reason, atMs: Date.now(), case: input.case ?? null };
    const { result, ...saved } = await changeConfiguration(
      context,
      () => Promise.resolve(repository),
      () => catalog.write('holds.hold', caller, hold),
    );
    context.live.changed(context.caller.tenant);
    return { hold: presentHold(result), ...saved };
  }),
  release: handlers.holds.release.handler(async ({ input, context }) => {
    const { catalog, caller } = context;
    if (!/^[0-9a-f]{1,64}$/.test(input.snapshot))
      throw new HoldfastError('HOLD_NOT_FOUND', 'A held snapshot is named by its id or the beginning of it.');
    const { result, ...saved } = await changeConfiguration(
      context,
      () => openAccess(context, input.repository),
      () => catalog.write('holds.release', caller, { beginning: input.snapshot }),
    );
    context.live.changed(context.caller.tenant);
    return { hold: presentHold(result), ...saved };
  }),
};

type FoundHolds = { readonly holds: ReadonlyMap<string, Hold>; readonly notices: readonly string[] };

/** The holds of the caller's tenant by snapshot. Without any, the catalog is not opened. Never throws: it is a detail. */
export async function findHolds(
  context: CallContext,
  repository: Repository,
  snapshots: readonly StoredSnapshot[],
): Promise<FoundHolds> {
  const notices: string[] = [];
  try {
    const note = (await readNote(context.home))?.of(context.caller.tenant) ?? null;
    // With a change under way the number is not certain.
    if (note === null || (note.holds === 0 && !note.unsaved)) return { holds: new Map(), notices };
    await bringBackWhatWasLost(
      context,
      () => Promise.resolve(repository),
      (text) => notices.push(text),
    );
    const { catalog, caller } = context;
    const cases = await catalog.read('holdCases.list', caller, null);
    const rows = holdsInForce(await catalog.read('holds.list', caller, null), cases, context.nowMs());
    const holds = new Map<string, Hold>();
    for (const { id, source } of snapshots) {
      const one = caseOfSource(cases, source, context.nowMs());
      if (one !== null) holds.set(id, holdByCase(id, one));
    }
    for (const row of rows) holds.set(row.snapshot, presentHold(row));
    return { holds, notices };
  } catch (error) {
    return { holds: new Map(), notices: [...notices, `Holds are not shown. ${toHoldfastError(error).message}`] };
  }
}

/** As every snapshot of a source of the case has it. */
export function holdByCase(snapshot: string, one: HoldCase): Hold {
  const { author, openedAtMs, reference } = one;
  return {
    snapshot,
    reason: caseWords(one),
    author,
    since: new Date(openedAtMs).toISOString(),
    case: reference,
  };
}

export function presentHold({ sinceMs, ...hold }: HoldRow): Hold {
  return { ...hold, since: new Date(sinceMs).toISOString() };
}
