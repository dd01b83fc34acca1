/**
 * Asks the witness again and again, for every tenant that has a lease: renews what this console has, and looks at what the one
 * has that it stands by for. What it may do is known at any moment without asking.
 */
import { setTimeout as sleep } from 'node:timers/promises';
import type { Caller } from '../../../../shared/contract/common.ts';
import { HoldfastError, toHoldfastError } from '../../../../shared/model/errors.ts';
import {
  beginHolding,
  heard,
  nextRequest,
  powerOf,
  type Holding,
  type LeaseAnswer,
  type LeaseRequest,
  type Power,
  type StandbyDecision,
} from '../../../../shared/model/lease.ts';
import { sleepCountingMs } from '../../platform/sleep-counting-clock.ts';
import type { SecretStore } from '../../platform/secret-store.ts';
import { WitnessClient, type WitnessAddress } from './ask-witness.ts';
import { readAutomatic, wantsLease, writeAutomatic, type AutomaticRow } from './automatic-file.ts';

export type LeaseKeeperOptions = {
  readonly home: string;
  readonly secrets: SecretStore | null;
  /** Whether this engine stays: else it asks when it is asked. */
  readonly stays: boolean;
  readonly onChange: (tenant: string) => void;
  /** What one that stands by does about an answer; null: the witness did not answer. */
  readonly decide: (row: AutomaticRow, answer: LeaseAnswer | null) => Promise<StandbyDecision>;
  /** It has the lease. Until it is over the lease is renewed. */
  readonly promote: (row: AutomaticRow, token: number) => Promise<void>;
};

export type LeaseView = {
  /** Null: it has no lease, and stands by. */
  readonly power: Power | null;
  readonly answer: LeaseAnswer | null;
  /** Milliseconds since the witness answered, or since it is asked; null: it is not. */
  readonly heardMs: number | null;
  readonly problem: HoldfastError | null;
  /** Of one that stands by. */
  readonly decision: StandbyDecision | null;
};

type Kept = {
  readonly client: WitnessClient;
  readonly stop: AbortController;
  holding: Holding | null;
  answer: LeaseAnswer | null;
  /** When it last answered; before it has, since when it is asked. */
  heardAtMs: number;
  problem: HoldfastError | null;
  decision: StandbyDecision | null;
  isPromoting: boolean;
  wake: () => void;
};

/** So often in the time of a lease it is asked, and for so long an answer is waited for. */
const asksPerLease = 5;

export class LeaseKeeper {
  readonly #options: LeaseKeeperOptions;
  readonly #kept = new Map<string, Kept>();
  #rows: Promise<readonly AutomaticRow[]> | null = null;
  #turn: Promise<unknown> = Promise.resolve();
  #isClosed = false;

  constructor(options: LeaseKeeperOptions) {
    this.#options = options;
  }

  async start(): Promise<void> {
    for (const row of await this.#load()) this.#begin(row);
  }

  /** The machine has slept: they are asked now. */
  hurry(): void {
    for (const { wake } of this.#kept.values()) wake();
  }

  close(): void {
    this.#isClosed = true;
    for (const { stop } of this.#kept.values()) stop.abort();
  }

  /** Null: no lease is asked of the tenant. AUTOMATIC_DAMAGED. */
  async power({ tenant }: Pick<Caller, 'tenant'>): Promise<Power | null> {
    const row = await this.row(tenant);
    if (row === null) return null;
    if (!this.#options.stays) return this.#powerOnce(row);
    const holding = this.#kept.get(tenant)?.holding ?? null;
    // What it stands by for is the business of another.
    return holding === null ? 'nothing' : powerOf(holding, sleepCountingMs());
  }

  async row(tenant: string): Promise<AutomaticRow | null> {
    return (await this.#load()).find((one) => one.tenant === tenant) ?? null;
  }

  view(tenant: string): LeaseView {
    const kept = this.#kept.get(tenant);
    const nowMs = sleepCountingMs();
    return {
      power: kept?.holding ? powerOf(kept.holding, nowMs) : null,
      answer: kept?.answer ?? null,
      heardMs: kept === undefined ? null : nowMs - kept.heardAtMs,
      problem: kept?.problem ?? null,
      decision: kept?.decision ?? null,
    };
  }

  /** NO_SECRET_STORE, and as asking does: a wrong address, lease or password shows now. */
  async set(row: AutomaticRow, password: string): Promise<void> {
    const { secrets } = this.#options;
    if (secrets === null)
      throw new HoldfastError('NO_SECRET_STORE', 'There is no place where its password could be kept.');
    await askOnce(row, password);
    await secrets.write(secretName(row.tenant), password);
    await this.change(row.tenant, () => row);
    this.#end(row.tenant);
    this.#begin(row);
  }

  async remove(tenant: string): Promise<void> {
    await this.change(tenant, () => null);
    this.#end(tenant);
    await this.#options.secrets?.remove(secretName(tenant));
  }

  /** What is kept of a tenant, on the disk before it counts. */
  async change(tenant: string, change: (row: AutomaticRow | null) => AutomaticRow | null): Promise<void> {
    const work = async (): Promise<void> => {
      const rows = await this.#load();
      const before = rows.find((one) => one.tenant === tenant) ?? null;
      const after = change(before);
      if (after === before) return;
      const next = [...rows.filter((one) => one !== before), ...(after === null ? [] : [after])];
      await writeAutomatic(this.#options.home, next);
      this.#rows = Promise.resolve(next);
    };
    const mine = this.#turn.then(work, work);
    this.#turn = mine.catch(() => undefined);
    await mine;
    this.#options.onChange(tenant);
  }

  /** AUTOMATIC_OFF, and as asking does. */
  async ask(tenant: string, request: LeaseRequest): Promise<LeaseAnswer> {
    const row = await this.row(tenant);
    if (row === null) throw new HoldfastError('AUTOMATIC_OFF', 'No lease is set at this console.');
    const kept = this.#kept.get(tenant);
    const client = kept?.client ?? this.#client(row);
    const answer = await client.ask(request, patienceOf(row));
    if (kept !== undefined) this.#note(kept, answer);
    return answer;
  }

  /** It acts no more before the witness hears of it. WITNESS_UNREACHABLE, LEASE_NOT_HELD. */
  async giveBack(tenant: string): Promise<void> {
    const kept = this.#kept.get(tenant);
    const token = kept?.holding?.token ?? 0;
    if (kept === undefined || token === 0)
      throw new HoldfastError('LEASE_NOT_HELD', 'This console has not got the lease.');
    kept.holding = null;
    await this.ask(tenant, { action: 'release', token });
  }

  #begin(row: AutomaticRow): void {
    if (!this.#options.stays || this.#isClosed) return;
    const kept: Kept = {
      client: this.#client(row),
      stop: new AbortController(),
      holding: wantsLease(row) ? beginHolding(row.holder, row.durationMs, sleepCountingMs(), row.aside !== null) : null,
      answer: null,
      heardAtMs: sleepCountingMs(),
      problem: null,
      decision: null,
      isPromoting: false,
      wake: () => undefined,
    };
    this.#kept.set(row.tenant, kept);
    void this.#run(row.tenant, kept);
  }

  #end(tenant: string): void {
    this.#kept.get(tenant)?.stop.abort();
    this.#kept.delete(tenant);
  }

  async #run(tenant: string, kept: Kept): Promise<void> {
    const { signal } = kept.stop;
    while (!signal.aborted) {
      const row = await this.row(tenant).catch(() => null);
      if (row === null) return;
      await this.#beat(row, kept).catch((error: unknown) => (kept.problem = toHoldfastError(error)));
      const woken = new Promise<void>((resolve) => (kept.wake = resolve));
      const rest = sleep(row.durationMs / asksPerLease, undefined, { signal, ref: false }).catch(() => undefined);
      await Promise.race([woken, rest]);
    }
  }

  async #beat(row: AutomaticRow, kept: Kept): Promise<void> {
    const { holding } = kept;
    const request: LeaseRequest = holding === null ? { action: 'look' } : nextRequest(holding);
    const before = this.#standing(kept);
    const answer = await this.#hear(row, kept, request);
    if (holding === null && !kept.isPromoting) await this.#stand(row, kept, answer);
    await this.#noteAside(row, kept);
    if (this.#standing(kept) !== before) this.#options.onChange(row.tenant);
  }

  /** One question at a time, and what comes late is not heard. */
  async #hear(row: AutomaticRow, kept: Kept, request: LeaseRequest): Promise<LeaseAnswer | null> {
    const sentAtMs = sleepCountingMs();
    try {
      const answer = await kept.client.ask(request, patienceOf(row));
      this.#note(kept, answer);
      const { holding } = kept;
      if (holding !== null) kept.holding = heard(holding, request, answer, { sentAtMs, nowMs: sleepCountingMs() });
      return answer;
    } catch (error) {
      kept.problem = toHoldfastError(error);
      return null;
    }
  }

  async #stand(row: AutomaticRow, kept: Kept, answer: LeaseAnswer | null): Promise<void> {
    const decision = (kept.decision = await this.#options.decide(row, answer));
    if (answer === null) return;
    const { token } = answer;
    if (decision.act === 'release') await this.#hear(row, kept, { action: 'release', token });
    if (decision.act !== 'take') return;
    const { durationMs, holder } = row;
    kept.holding = beginHolding(holder, durationMs, sleepCountingMs(), false);
    await this.#hear(row, kept, { action: 'take', token, durationMs });
    const taken: Holding | null = kept.holding;
    if (taken === null || powerOf(taken, sleepCountingMs()) !== 'owner') {
      kept.holding = null;
      return;
    }
    kept.isPromoting = true;
    void this.#options
      .promote(row, taken.token)
      .catch((error: unknown) => (kept.problem = toHoldfastError(error)))
      .then(() => this.#promoted(row.tenant, kept));
  }

  /** What came to nothing is given back. */
  async #promoted(tenant: string, kept: Kept): Promise<void> {
    const row = await this.row(tenant);
    if (row?.promotion?.isDone !== true) await this.giveBack(tenant).catch(() => (kept.holding = null));
    kept.isPromoting = false;
    this.#options.onChange(tenant);
  }

  async #noteAside(row: AutomaticRow, kept: Kept): Promise<void> {
    const { holding } = kept;
    if (holding === null) return;
    const aside = holding.phase === 'aside' ? (holding.seen?.holder ?? row.aside) : null;
    // Until the witness has answered, what is written down stays.
    if (aside !== row.aside && holding.seen !== null)
      await this.change(row.tenant, (now) => (now === null ? null : { ...now, aside }));
  }

  /** An engine of one command holds nothing: it asks whether somebody else does. */
  async #powerOnce(row: AutomaticRow): Promise<Power> {
    if (!wantsLease(row)) return 'nothing';
    const answer = await this.ask(row.tenant, { action: 'look' }).catch(() => null);
    if (answer === null) return row.aside === null ? 'snapshots' : 'nothing';
    const isOthers = answer.holder !== null && answer.holder !== row.holder;
    const aside = isOthers ? answer.holder : null;
    if (aside !== row.aside) await this.change(row.tenant, (now) => (now === null ? null : { ...now, aside }));
    return isOthers ? 'nothing' : 'snapshots';
  }

  #note(kept: Kept, answer: LeaseAnswer): void {
    kept.answer = answer;
    kept.heardAtMs = sleepCountingMs();
    kept.problem = null;
  }

  #standing({ holding, answer, problem, decision }: Kept): string {
    const power = holding === null ? null : powerOf(holding, sleepCountingMs());
    return JSON.stringify([power, answer?.holder, answer?.token, answer?.paused, problem?.code, decision]);
  }

  #client(row: AutomaticRow): WitnessClient {
    return new WitnessClient(row, async () => (await this.#options.secrets?.read(secretName(row.tenant))) ?? null);
  }

  #load(): Promise<readonly AutomaticRow[]> {
    this.#rows ??= readAutomatic(this.#options.home).catch((error: unknown) => {
      this.#rows = null;
      throw error;
    });
    return this.#rows;
  }
}

/** WITNESS_UNREACHABLE, WITNESS_REFUSED, CERTIFICATE_WRONG. */
export function askOnce(
  address: WitnessAddress & { readonly durationMs: number },
  password: string,
): Promise<LeaseAnswer> {
  return new WitnessClient(address, () => Promise.resolve(password)).ask({ action: 'look' }, 10_000);
}

function patienceOf({ durationMs }: AutomaticRow): number {
  return Math.min(10_000, Math.max(500, durationMs / asksPerLease));
}

function secretName(tenant: string): string {
  return `lease of ${tenant}`;
}
