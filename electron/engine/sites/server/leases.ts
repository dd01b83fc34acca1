/**
 * This home as the witness of leases between other consoles. What is granted is on the disk before anybody hears of it; when a
 * lease was renewed is not, so a witness that begins anew lets a whole duration pass before it gives one to somebody else.
 */
import { timingSafeEqual } from 'node:crypto';
import type { Caller } from '../../../../shared/contract/common.ts';
import { HoldfastError } from '../../../../shared/model/errors.ts';
import { witness, type KeptLease, type LeaseAnswer, type LeaseRequest } from '../../../../shared/model/lease.ts';
import { hashOfSecret, newSecretText } from '../../platform/secret-text.ts';
import { readLeases, writeLeases, type LeaseRow } from './lease-file.ts';

/** Until somebody has it: who takes it says how long it lasts. */
const unheld = { holder: null, token: 0, durationMs: 60_000, paused: null };

export type Witnessed = { readonly row: LeaseRow; readonly answer: LeaseAnswer };

export class Leases {
  readonly #home: string;
  /** Of the time of day: for people. */
  readonly #dayMs: () => number;
  /** A clock that never jumps ahead; that it stands still while the machine sleeps is the safe side. */
  readonly #tickMs: () => number;
  readonly #startMs: number;
  readonly #renewed = new Map<string, number>();
  #rows: Promise<readonly LeaseRow[]> | null = null;
  #turn: Promise<unknown> = Promise.resolve();

  constructor(home: string, dayMs: () => number, tickMs: () => number = () => performance.now()) {
    this.#home = home;
    this.#dayMs = dayMs;
    this.#tickMs = tickMs;
    this.#startMs = tickMs();
  }

  async list({ tenant }: Caller): Promise<readonly Witnessed[]> {
    return (await this.#load()).filter((row) => row.tenant === tenant).map((row) => this.#seen(row));
  }

  /** LEASE_EXISTS. The passwords are nowhere but in the answer. */
  async add(
    { tenant, actor }: Caller,
    name: string,
    holders: readonly string[],
  ): Promise<Witnessed & { readonly passwords: Readonly<Record<string, string>> }> {
    const passwords = Object.fromEntries(holders.map((holder) => [holder, newSecretText()]));
    const row: LeaseRow = {
      tenant,
      actor,
      name,
      createdAtMs: this.#dayMs(),
      holders: Object.entries(passwords).map(([holder, password]) => ({ name: holder, hash: hashOfSecret(password) })),
      lease: unheld,
    };
    await this.#inTurn(async (rows) => {
      if (rows.some((one) => one.name === name))
        throw new HoldfastError('LEASE_EXISTS', `A lease is called ${name} already.`);
      await this.#write([...rows, row]);
      // Nobody has ever had it: nobody is to be waited for.
      this.#renewed.set(name, this.#tickMs() - unheld.durationMs);
    });
    return { ...this.#seen(row), passwords };
  }

  /** LEASE_UNKNOWN. */
  async remove({ tenant }: Caller, name: string): Promise<Witnessed> {
    return this.#inTurn(async (rows) => {
      const row = rows.find((one) => one.tenant === tenant && one.name === name);
      if (row === undefined) throw new HoldfastError('LEASE_UNKNOWN', `No lease is kept here as ${name}.`);
      await this.#write(rows.filter((one) => one !== row));
      const removed = this.#seen(row);
      this.#renewed.delete(name);
      return removed;
    });
  }

  /** Whether the password is that of a holder of the lease. */
  async knows(name: string, holder: string, password: string): Promise<boolean> {
    const given = Buffer.from(hashOfSecret(password));
    const row = (await this.#load()).find((one) => one.name === name);
    const known = row?.holders.find((one) => one.name === holder);
    // As long for a name that nobody has.
    return timingSafeEqual(given, Buffer.from(known?.hash ?? hashOfSecret(''))) && known !== undefined;
  }

  /** Null: there is no such lease any more. */
  async ask(name: string, holder: string, request: LeaseRequest): Promise<LeaseAnswer | null> {
    return this.#inTurn(async (rows) => {
      const row = rows.find((one) => one.name === name);
      if (row === undefined) return null;
      const { lease, answer, isChange } = witness(this.#kept(row), holder, request, this.#tickMs());
      const { renewedAtMs, ...lasting } = lease;
      if (isChange) await this.#write(rows.map((one) => (one === row ? { ...row, lease: lasting } : one)));
      this.#renewed.set(name, renewedAtMs);
      return answer;
    });
  }

  /** Who has it, late or not; null: nobody, or there is no such lease. */
  async holderOf(name: string): Promise<string | null> {
    return (await this.#load()).find((row) => row.name === name)?.lease.holder ?? null;
  }

  #seen(row: LeaseRow): Witnessed {
    return { row, answer: witness(this.#kept(row), '', { action: 'look' }, this.#tickMs()).answer };
  }

  #kept({ name, lease }: LeaseRow): KeptLease {
    return { ...lease, renewedAtMs: this.#renewed.get(name) ?? this.#startMs };
  }

  async #write(rows: readonly LeaseRow[]): Promise<void> {
    await writeLeases(this.#home, rows);
    this.#rows = Promise.resolve(rows);
  }

  #load(): Promise<readonly LeaseRow[]> {
    this.#rows ??= readLeases(this.#home).catch((error: unknown) => {
      this.#rows = null;
      throw error;
    });
    return this.#rows;
  }

  async #inTurn<Result>(work: (rows: readonly LeaseRow[]) => Promise<Result>): Promise<Result> {
    const begin = async (): Promise<Result> => work(await this.#load());
    const mine = this.#turn.then(begin, begin);
    this.#turn = mine.catch(() => undefined);
    return mine;
  }
}
