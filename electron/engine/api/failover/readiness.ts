/** How a console stands that stands by: what it knows of the owner, of the witness, and of the copies it would go on with. */
import { hostname } from 'node:os';
import type { Peer } from '../../../../shared/contract/peers.ts';
import type { StandbyReadiness } from '../../../../shared/model/automatic-failover.ts';
import { toHoldfastError } from '../../../../shared/model/errors.ts';
import { isGoodPoint, lossesBetween, type HeldPoint, type SourceLoss } from '../../../../shared/model/failover.ts';
import type { LeaseAnswer } from '../../../../shared/model/lease.ts';
import { frozenBy } from '../../configuration/held.ts';
import { recoverConfiguration } from '../../configuration/recover.ts';
import { probe } from '../../connections/probe.ts';
import type { Repository } from '../../repository/repository.ts';
import type { AutomaticRow, SeenOwner } from '../../sites/failover/automatic-file.ts';
import type { CallContext } from '../context.ts';
import { noteQuietly } from '../site-upkeep.ts';

/** Alerts of the owner after which what it has is not to be gone on with unseen. */
const guardRules: ReadonlySet<string> = new Set(['suspect', 'source-emptied', 'retention-review', 'frozen']);

type Standing = AutomaticRow & { readonly standby: NonNullable<AutomaticRow['standby']> };

export type Readiness = { readonly facts: StandbyReadiness; readonly losses: readonly SourceLoss[] };

/** Everything is looked at now. `witness` is what it said, or why it says nothing. */
export async function readinessOf(
  context: CallContext,
  row: Standing,
  witness: { readonly answer: LeaseAnswer | null; readonly problem: string | null },
): Promise<Readiness> {
  const { connections, caller, catalog, nowMs } = context;
  const { standby, promotion, seen } = row;
  const connection = (await connections.list(caller)).find(({ id }) => id === standby.replica);
  const replica = await lookAtReplica(context, standby.replica);
  const held =
    connection === undefined ? [] : await catalog.read('heldAt.list', caller, { repository: connection.repository });
  const registered = await catalog.read('registeredSources.list', caller, null).catch(() => []);
  const failed = promotion !== null && !promotion.isDone && promotion.problem !== null;
  return {
    facts: {
      nowMs: nowMs(),
      witness: {
        problem: witness.problem,
        host: new URL(row.url).hostname,
        holder: witness.answer?.holder ?? null,
        me: row.holder,
      },
      owner: await ownerOf(context, standby.peer),
      replica: {
        name: connection?.name ?? standby.replica,
        problem: replica.problem,
        remembered: connection?.remembered ?? false,
        sources: replica.sources.map((name) => ({ name, newestGoodMs: newestOf(held, name) })),
        maxAgeMs: standby.maxAgeMs,
      },
      ownSources: registered.map(({ name }) => name).filter((name) => !replica.sources.includes(name)),
      holds: [
        ...replica.holds,
        ...(seen?.guards ?? []),
        ...(await ownHolds(context)),
        ...(failed ? ['The last time it came to nothing, and nobody has acknowledged that.'] : []),
      ],
    },
    losses: lossesBetween(pointsOf(seen, held), held).filter(({ lossMs, missing }) => lossMs !== 0 || missing > 0),
  };
}

/** What was last heard of the owner, where that says something new; null: nothing does. */
export function seenIn({ reading }: Peer, before: SeenOwner | null): SeenOwner | null {
  if (reading === null) return null;
  const sources = reading.sources.list.map(({ name, newestGoodAt }) => ({
    name,
    newestGoodMs: newestGoodAt === null ? null : Date.parse(newestGoodAt),
  }));
  const guards = reading.alerts.list
    .filter(({ rule }) => rule !== null && guardRules.has(rule))
    .map(({ title }) => `The owner had an alert: ${title}.`);
  const isKnown =
    before !== null && JSON.stringify([before.sources, before.guards]) === JSON.stringify([sources, guards]);
  return isKnown ? null : { atMs: Date.parse(reading.at), sources, guards };
}

type Replica = {
  readonly problem: string | null;
  readonly sources: readonly string[];
  readonly holds: readonly string[];
};

async function lookAtReplica(context: CallContext, id: string): Promise<Replica> {
  try {
    const repository = await context.connections.open(context.caller, { id });
    const away = await probe(repository);
    if (away !== null) throw away;
    await noteQuietly(context, repository, { signal: new AbortController().signal, onNotice: () => undefined });
    return { problem: null, sources: await sourcesIn(context, repository), holds: await freezeIn(context, repository) };
  } catch (error) {
    return { problem: toHoldfastError(error).message, sources: [], holds: [] };
  }
}

async function sourcesIn(context: CallContext, repository: Repository): Promise<readonly string[]> {
  const request = { repository, console: undefined, replace: true, dryRun: true, credentials: undefined };
  return (await recoverConfiguration(context, request)).sources;
}

async function freezeIn(context: CallContext, repository: Repository): Promise<string[]> {
  const freeze = await frozenBy(context, repository, () => undefined);
  return freeze === null ? [] : [`${freeze.author} has frozen everything: ${freeze.reason}.`];
}

async function ownHolds({ catalog, caller, nowMs }: CallContext): Promise<string[]> {
  const pauses = await catalog.read('pauses.list', caller, { nowMs: nowMs() });
  return pauses
    .filter(({ scope }) => scope === 'tenant')
    .map(({ reason }) => `An operator has paused this console: ${reason}.`);
}

async function ownerOf({ peers, caller }: CallContext, id: string): Promise<StandbyReadiness['owner']> {
  const peer = (await peers.list(caller)).find((one) => one.id === id);
  if (peer === undefined) return null;
  return { name: peer.name, host: new URL(peer.url).hostname, state: ownerState(peer) };
}

/** One that refuses is there. */
export function ownerState({ state }: Pick<Peer, 'state'>): 'answers' | 'silent' | 'unknown' {
  return state === 'answering' || state === 'refused' ? 'answers' : state;
}

function newestOf(held: readonly HeldPoint[], name: string): number | null {
  const good = held.filter((point) => point.source === name && isGoodPoint(point)).map(({ takenAtMs }) => takenAtMs);
  return good.length === 0 ? null : Math.max(...good);
}

/** What the owner said that it has: of each source its newest, which is there where something of that time is. */
function pointsOf(seen: SeenOwner | null, held: readonly HeldPoint[]): HeldPoint[] {
  return (seen?.sources ?? []).flatMap(({ name, newestGoodMs }): HeldPoint[] => {
    if (newestGoodMs === null) return [];
    const same = held.find((point) => point.source === name && point.takenAtMs === newestGoodMs);
    const original = same?.original ?? `${hostname()} has not got it`;
    return [{ original, source: name, takenAtMs: newestGoodMs, status: 'complete' }];
  });
}
