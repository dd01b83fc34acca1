/** What another console says of itself, in one reading. It may be of another version: of its answers only this is looked at. */
import { z } from 'zod';
import type { PeerReading, PeerSource } from '../../../../shared/contract/peers.ts';
import { connectionStateSchema } from '../../../../shared/contract/repositories.ts';
import { roleSchema } from '../../../../shared/contract/tokens.ts';
import { alertLevels } from '../../../../shared/model/alerts.ts';
import { byFreshness, freshnessOf, type Freshness } from '../../../../shared/model/freshness.ts';
import { askPeer, strange, type PeerAddress } from './ask-peer.ts';

const count = z.number().int().nonnegative();
const text = z.string().max(10_000);
const time = z.iso.datetime();

const engineAnswer = z.object({ version: text, startedAt: time });
const meAnswer = z.object({ role: roleSchema });
const planAnswer = z.object({
  active: z.boolean(),
  sources: z.array(
    z.object({
      source: text,
      newestGoodAt: time.nullable(),
      rpoMs: z.number().nullable(),
      paused: z.boolean(),
      waitsFor: text.nullable().default(null),
    }),
  ),
});
const alertsAnswer = z.object({
  alerts: z.array(
    z.object({
      id: text,
      rule: text.nullable().default(null),
      level: z.enum(alertLevels),
      title: text,
      detail: text,
      raisedAt: time,
      acknowledged: z.unknown().nullable(),
    }),
  ),
  total: count.nullable(),
});
const repositoriesAnswer = z.object({
  repositories: z.array(
    z.object({ name: text, location: text, state: connectionStateSchema, primary: z.boolean(), snapshots: count }),
  ),
});
const sitesAnswer = z.object({
  sites: z.array(
    z.object({
      name: text,
      state: text,
      primary: z.boolean(),
      waiting: count,
      failed: count,
      lag: z.array(z.object({ lagMs: z.number().nonnegative().nullable() })),
    }),
  ),
});
const jobsAnswer = z.object({
  jobs: z.array(
    z.object({
      title: text,
      state: text,
      progress: z.object({ percent: z.number().min(0).max(100).nullable() }).nullable(),
    }),
  ),
});

/** The rest is counted, and looked at on that console. */
const listed = { sources: 1000, alerts: 100, sites: 200, running: 20 };
const runningStates: ReadonlySet<string> = new Set(['running', 'cancelling']);

/** PEER_UNREACHABLE, PEER_REFUSED, PEER_STRANGE. `nowMs` is this console's: ages are judged by the clock somebody looks at. */
export async function readPeer(address: PeerAddress, nowMs: number, signal: AbortSignal): Promise<PeerReading> {
  const ask = async <Answer>(
    path: string,
    schema: z.ZodType<Answer>,
    method: 'GET' | 'POST' = 'GET',
  ): Promise<Answer> => {
    const parsed = schema.safeParse(await askPeer(address, { method, path }, signal));
    if (parsed.success) return parsed.data;
    throw strange(`its answer to ${path} is of another form`, parsed.error);
  };
  // One first: where the token is not taken, nothing else is asked.
  const { role } = await ask('/me', meAnswer);
  const [engine, plan, { alerts, total }, { repositories }, { sites }, { jobs }] = await Promise.all([
    ask('/engine', engineAnswer),
    ask('/schedule/plan', planAnswer, 'POST'),
    ask('/alerts/list', alertsAnswer, 'POST'),
    ask('/repositories', repositoriesAnswer),
    ask('/sites/list', sitesAnswer, 'POST'),
    ask('/jobs', jobsAnswer),
  ]);
  return {
    at: new Date(nowMs).toISOString(),
    version: engine.version,
    startedAt: engine.startedAt,
    role,
    active: plan.active,
    sources: summarize(plan.sources, nowMs),
    alerts: {
      total: total ?? alerts.length,
      errors: alerts.filter(({ level }) => level === 'error').length,
      warnings: alerts.filter(({ level }) => level === 'warning').length,
      list: alerts
        .slice(0, listed.alerts)
        .map(({ acknowledged, ...alert }) => ({ ...alert, acknowledged: acknowledged !== null })),
    },
    repositories,
    sites: sites
      .filter(({ primary }) => !primary)
      .slice(0, listed.sites)
      .map(({ name, state, lag, waiting, failed }) => ({ name, state, lagMs: lag[0]?.lagMs ?? null, waiting, failed })),
    running: jobs
      .filter(({ state }) => runningStates.has(state))
      .slice(0, listed.running)
      .map(({ title, state, progress }) => ({ title, state, percent: progress?.percent ?? null })),
  };
}

function summarize(sources: z.infer<typeof planAnswer>['sources'], nowMs: number): PeerReading['sources'] {
  const judged = sources
    .map(({ source, newestGoodAt, rpoMs, paused, waitsFor }): { entry: PeerSource; freshness: Freshness } => {
      const newestGoodAtMs = newestGoodAt === null ? null : Date.parse(newestGoodAt);
      const freshness = freshnessOf({ newestGoodAtMs, rpoMs, paused }, nowMs);
      return { entry: { name: source, freshness: freshness.state, newestGoodAt, rpoMs, waitsFor }, freshness };
    })
    .toSorted((a, b) => byFreshness(a.freshness, b.freshness));
  const entries = judged.map(({ entry }) => entry);
  const having = (state: PeerSource['freshness']): number =>
    entries.filter(({ freshness }) => freshness === state).length;
  const lossOf = ({ newestGoodAt }: PeerSource): number => (newestGoodAt === null ? -1 : Date.parse(newestGoodAt));
  return {
    total: entries.length,
    never: having('never'),
    overdue: having('overdue'),
    paused: having('paused'),
    worst: entries.toSorted((a, b) => lossOf(a) - lossOf(b))[0] ?? null,
    list: entries.slice(0, listed.sources),
  };
}
