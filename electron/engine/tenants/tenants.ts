/** Who the tenants of this home are: in memory once they were read, changed by one at a time. */
import type { Caller } from '../../../shared/contract/common.ts';
import { HoldfastError } from '../../../shared/model/errors.ts';
import { noGrants, ownerTenant, type TenantGrants, type TenantState } from '../../../shared/model/tenants.ts';
import { Bounds } from './bounds.ts';
import { readTenants, writeTenants, type OfferRow, type TenantFile, type TenantRow } from './tenant-file.ts';

export type { OfferRow, TenantRow } from './tenant-file.ts';

export type NewTenant = Pick<TenantRow, 'tenant' | 'title' | 'description'>;

/** More would have to be looked through by somebody. */
const maximumTenants = 500;
const maximumOffers = 5_000;

export class Tenants {
  readonly #home: string;
  readonly #nowMs: () => number;
  #file: Promise<TenantFile> | null = null;
  #turn: Promise<unknown> = Promise.resolve();

  constructor(home: string, nowMs: () => number) {
    this.#home = home;
    this.#nowMs = nowMs;
  }

  /** In the order in which they were made. TENANTS_DAMAGED. */
  async list(): Promise<readonly TenantRow[]> {
    return (await this.#read()).tenants;
  }

  /** TENANT_UNKNOWN. */
  async find(tenant: string): Promise<TenantRow> {
    const found = (await this.list()).find((row) => row.tenant === tenant);
    if (found === undefined) throw unknownTenant(tenant);
    return found;
  }

  /** The owner of the home is always active. */
  async standing(tenant: string): Promise<TenantState | 'unknown'> {
    if (tenant === ownerTenant) return 'active';
    return (await this.list()).find((row) => row.tenant === tenant)?.state ?? 'unknown';
  }

  /** Of those, the ones for which something is done by itself. Whom a damaged file does not name gets nothing done. */
  async activeOf(tenants: readonly string[]): Promise<readonly string[]> {
    const rows = await this.list().catch(() => []);
    const active = new Set(rows.flatMap(({ tenant, state }) => (state === 'active' ? [tenant] : [])));
    return tenants.filter((tenant) => tenant === ownerTenant || active.has(tenant));
  }

  /** All others that are not retired, with the owner of the home. None where it has no tenants. */
  async othersThan(tenant: string): Promise<readonly string[]> {
    const rows = await this.list();
    if (rows.length === 0) return [];
    const kept = rows.flatMap(({ tenant: one, state }) => (state === 'retired' ? [] : [one]));
    return [ownerTenant, ...kept].filter((one) => one !== tenant);
  }

  /** What of this machine a tenant may use, asked anew each time: what was taken back counts at once. */
  boundsOf(tenant: string): Bounds {
    return new Bounds(tenant, () => this.#grantsOf(tenant));
  }

  /** TENANT_EXISTS, also for one that was retired: its data may still be about. BAD_USAGE where there are too many. */
  async add({ actor }: Caller, { tenant, title, description }: NewTenant): Promise<TenantRow> {
    const atMs = this.#nowMs();
    const stamps = { addedBy: actor, addedAtMs: atMs, stateBy: actor, stateAtMs: atMs };
    const row: TenantRow = {
      tenant,
      title,
      description,
      state: 'active',
      reason: '',
      grants: freshGrants(),
      ...stamps,
    };
    await this.#change((file) => {
      if (tenant === ownerTenant || file.tenants.some((one) => one.tenant === tenant))
        throw new HoldfastError('TENANT_EXISTS', `There is a tenant ${tenant} already.`);
      if (file.tenants.length >= maximumTenants)
        throw new HoldfastError('BAD_USAGE', `There are ${file.tenants.length} tenants, as many as can be.`);
      return { ...file, tenants: [...file.tenants, row] };
    });
    return row;
  }

  /** TENANT_UNKNOWN. */
  async update(tenant: string, change: Partial<Pick<TenantRow, 'title' | 'description' | 'grants'>>) {
    return this.#changeOne(tenant, (row) => ({ ...row, ...change }));
  }

  /** TENANT_UNKNOWN, TENANT_CLOSED for one that was retired. */
  async setState({ actor }: Caller, tenant: string, state: TenantState, reason: string): Promise<TenantRow> {
    return this.#changeOne(tenant, (row) => {
      if (row.state === 'retired' && state !== 'retired')
        throw new HoldfastError('TENANT_CLOSED', `The tenant ${tenant} was retired, which is not taken back.`);
      return { ...row, state, reason, stateBy: actor, stateAtMs: this.#nowMs() };
    });
  }

  /** Of one tenant, or of all; newest first. */
  async offers(tenant: string | null): Promise<readonly OfferRow[]> {
    const { offers } = await this.#read();
    return offers.filter((row) => tenant === null || row.tenant === tenant).toReversed();
  }

  /** OFFER_NOT_FOUND, also for one that is another tenant's. `tenant` null: whoever's. */
  async offer(tenant: string | null, id: string): Promise<OfferRow> {
    const found = (await this.offers(tenant)).find((row) => row.id === id);
    if (found === undefined) throw new HoldfastError('OFFER_NOT_FOUND', `There is no offer ${id}.`);
    return found;
  }

  /** BAD_USAGE where there are too many. */
  async addOffer(row: OfferRow): Promise<void> {
    await this.#change((file) => {
      if (file.offers.length >= maximumOffers)
        throw new HoldfastError('BAD_USAGE', `There are ${file.offers.length} offers, as many as can be.`);
      return { ...file, offers: [...file.offers, row] };
    });
  }

  /** OFFER_NOT_FOUND. */
  async changeOffer(id: string, change: Partial<Pick<OfferRow, 'withdrawnAtMs' | 'copiedAtMs' | 'copy'>>) {
    await this.#change((file) => ({
      ...file,
      offers: file.offers.map((row) => (row.id === id ? { ...row, ...change } : row)),
    }));
    return this.offer(null, id);
  }

  async #grantsOf(tenant: string): Promise<TenantGrants> {
    return (await this.list()).find((row) => row.tenant === tenant)?.grants ?? noGrants;
  }

  async #changeOne(tenant: string, change: (row: TenantRow) => TenantRow): Promise<TenantRow> {
    await this.#change((file) => {
      if (!file.tenants.some((row) => row.tenant === tenant)) throw unknownTenant(tenant);
      return { ...file, tenants: file.tenants.map((row) => (row.tenant === tenant ? change(row) : row)) };
    });
    return this.find(tenant);
  }

  #read(): Promise<TenantFile> {
    this.#file ??= readTenants(this.#home).catch((error: unknown) => {
      this.#file = null;
      throw error;
    });
    return this.#file;
  }

  /** One after the other; in memory only once it is on disk. */
  async #change(change: (file: TenantFile) => TenantFile): Promise<void> {
    const work = async (): Promise<void> => {
      const file = change(await this.#read());
      await writeTenants(this.#home, file);
      this.#file = Promise.resolve(file);
    };
    const mine = this.#turn.then(work, work);
    this.#turn = mine.catch(() => undefined);
    await mine;
  }
}

function freshGrants(): TenantRow['grants'] {
  return { ...noGrants, folders: [] };
}

function unknownTenant(tenant: string): HoldfastError {
  return new HoldfastError('TENANT_UNKNOWN', `There is no tenant ${tenant} in this home.`);
}
