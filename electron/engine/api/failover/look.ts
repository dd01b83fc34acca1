/** How things stand at both ends of a move of protection: what answers, what only one of them holds, who else writes there. */
import type { Move } from '../../../../shared/contract/failover.ts';
import { toHoldfastError } from '../../../../shared/model/errors.ts';
import {
  leftBehind,
  lossesBetween,
  moveChecks,
  type HeldPoint,
  type MoveCheck,
} from '../../../../shared/model/failover.ts';
import { passiveWords, takenOverBy } from '../../configuration/ownership.ts';
import { probe } from '../../connections/probe.ts';
import { claimAgainst } from '../../repository/configuration.ts';
import type { Repository } from '../../repository/repository.ts';
import { loadSnapshots } from '../../repository/snapshots.ts';
import type { CallContext } from '../context.ts';
import { knownSites, openSite } from '../site-access.ts';
import { noteQuietly } from '../site-upkeep.ts';

type Ends = Pick<Move, 'from' | 'to'>;

/** As things are now; what the one that is left holds is known from before where it does not answer. */
export async function lookAtMove(context: CallContext, { from, to }: Ends, signal: AbortSignal) {
  const { catalog, caller } = context;
  const quiet = { signal, onNotice: () => undefined };
  const [left, target] = await Promise.all([openNow(context, from), openNow(context, to)]);
  for (const { repository } of [left, target])
    if (repository !== null) await noteQuietly(context, repository, quiet).catch(() => undefined);
  const [here, there] = await Promise.all(
    [from, to].map(({ repository }) => catalog.read('heldAt.list', caller, { repository })),
  );
  const [held, heldThere] = [(here ?? []).map(asPoint), (there ?? []).map(asPoint)];
  const losses = lossesBetween(held, heldThere);
  const site = (await knownSites(context)).find(({ definition }) => definition.repository === to.repository);
  const checks: readonly MoveCheck[] = moveChecks({
    from: { name: from.name, answers: left.repository !== null },
    to: {
      name: to.name,
      problem: target.problem,
      isAppendOnly: site?.definition.appendOnly ?? false,
      cutsAlike:
        left.repository === null ||
        target.repository === null ||
        left.repository.config.chunkerPolynomial === target.repository.config.chunkerPolynomial,
    },
    claim: await claimThere(context, target.repository),
    losses,
  });
  return { checks, losses, missing: leftBehind(held, heldThere) };
}

function asPoint({ original, source, takenAtMs, status }: HeldPoint): HeldPoint {
  return { original, source, takenAtMs, status };
}

/** Whether another console has taken over, there or as far as this one has seen. */
async function claimThere(context: CallContext, target: Repository | null): Promise<string | null> {
  const { catalog, caller } = context;
  const known = await takenOverBy(context);
  if (known !== null) return passiveWords(known);
  const state = target === null ? null : await catalog.read('configuration.state', caller, null);
  if (target === null || state === null) return null;
  const { snapshots } = await loadSnapshots(target);
  const claim = claimAgainst(snapshots, caller.tenant, state);
  return claim === null ? null : passiveWords(claim);
}

type Opened =
  | { readonly repository: Repository; readonly problem: null }
  | { readonly repository: null; readonly problem: string };

/** What was opened before may be away by now: it is asked. */
export async function openNow(context: CallContext, { connection, repository: id }: Move['from']): Promise<Opened> {
  try {
    const site = (await knownSites(context)).find(({ definition }) => definition.repository === id);
    if (site !== undefined) return { repository: await openSite(context, site), problem: null };
    const repository = await context.connections.open(context.caller, { id: connection });
    const problem = await probe(repository);
    return problem === null ? { repository, problem } : { repository: null, problem: problem.message };
  } catch (error) {
    return { repository: null, problem: toHoldfastError(error).message };
  }
}
