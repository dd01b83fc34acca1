/**
 * The repositories the console works with. Each stays open once somebody has entered its password: then only its keys
 * are in memory, and the password itself nowhere but in a secret store, where that was asked for.
 */
import { randomBytes } from 'node:crypto';
import { basename } from 'node:path';
import type { Caller, RepositoryAccess } from '../../../shared/contract/common.ts';
import type { RepositoryReach } from '../../../shared/contract/repository-access.ts';
import type { ConnectionState } from '../../../shared/contract/repositories.ts';
import { HoldfastError, toHoldfastError } from '../../../shared/model/errors.ts';
import { parseLocation } from '../../../shared/model/location.ts';
import {
  checkAccess,
  secretsFor,
  type AccessSecret,
  type AccessSettings,
} from '../../../shared/model/repository-access.ts';
import { forgetDerived } from '../platform/derived-keys.ts';
import type { SecretStore } from '../platform/secret-store.ts';
import type { Backend } from '../repository/backend/backend.ts';
import { openBackend, wholeLocation } from '../repository/backend/open-backend.ts';
import { openWithKept } from '../repository/repair/mend-head.ts';
import { keptFolder, keptRepositories, Safekeeping } from '../repository/repair/safekeeping.ts';
import { forgetKeptIndex } from '../repository/kept-index/kept-index.ts';
import { initRepository, openRepository, type Repository } from '../repository/repository.ts';
import type { ConnectionRow } from './connection-file.ts';
import { ConnectionRows } from './connection-rows.ts';
import { probe, withinTime } from './probe.ts';
import { namesOf, Reaches, type AwsAccountOf } from './reach.ts';

export type { ConnectionRow } from './connection-file.ts';

/** A connection and how it stands. A copy. */
export type ConnectionView = ConnectionRow & {
  readonly state: ConnectionState;
  readonly problem: HoldfastError | null;
};

export type NewConnection = {
  readonly location: string;
  readonly password: string;
  readonly reach?: RepositoryReach | undefined;
  readonly name?: string | undefined;
  readonly remember: boolean;
  /** It gets copies, and is never the primary one by itself. */
  readonly asSite?: boolean;
  /** Of a new one, so that it is cut at the same points as another one. */
  readonly chunkerPolynomial?: string;
};

export type ConnectionsOptions = {
  readonly home: string;
  readonly secrets: SecretStore | null;
  readonly awsAccount?: AwsAccountOf;
  /** Refuses what a tenant may not reach, or not with what it would be; by default nothing. */
  readonly refuseBeyond?: (
    tenant: string,
    place: { readonly location: string; readonly settings: AccessSettings; readonly secrets: readonly AccessSecret[] },
  ) => Promise<void>;
  /** Whether a repository is another's than that tenant's, beside what is connected; by default none is. */
  readonly isOthers?: (tenant: string, repository: string) => Promise<boolean>;
  /** Whether what a tenant has connected is still its own; by default always. */
  readonly keeps?: (tenant: string) => Promise<boolean>;
  /** Told after each change of a tenant's connections. */
  readonly onChange: (tenant: string) => void;
  /** See Repository.rescue. */
  readonly rescueFor?: (tenant: string, repository: Repository) => Repository['rescue'];
};

type Standing = {
  repository: Repository | null;
  /** Why it cannot be reached at the moment, or why a remembered password did not open it. */
  problem: HoldfastError | null;
  /** The look at an open one that is under way. */
  probing?: Promise<HoldfastError | null> | null;
};

/** Nothing of the repository is there at the moment, as before its disk is plugged in. */
const absentCodes: ReadonlySet<string> = new Set(['REPOSITORY_UNREACHABLE', 'NOT_A_REPOSITORY']);

export class Connections {
  readonly #options: ConnectionsOptions;
  readonly #reaches: Reaches;
  readonly #standing = new Map<string, Standing>();
  readonly #rows: ConnectionRows;

  constructor(options: ConnectionsOptions) {
    this.#options = options;
    this.#rows = new ConnectionRows(options.home);
    this.#reaches = new Reaches(options.secrets, options.awsAccount);
  }

  async list({ tenant }: Caller): Promise<ConnectionView[]> {
    return (await this.#rows.all()).filter((row) => row.tenant === tenant).map((row) => this.#view(row));
  }

  /** The open repository that a call names. CONNECTION_UNKNOWN, PASSWORD_NEEDED, and what opening throws. */
  async open(caller: Caller, access: RepositoryAccess): Promise<Repository> {
    if (!('id' in access)) {
      const named = await this.#openPlace(await this.place(caller, access), access.password);
      await this.#refuseOthers(caller, named);
      await this.#prepare(caller.tenant, named, await this.#keptOf(named.config.id).holdsHead(named));
      return named;
    }
    const row = await this.#row(caller, access.id);
    const { repository } = this.#standingOf(row.id);
    if (repository !== null) return repository;
    const remembered = await this.#openRemembered(row);
    if (remembered !== null) return remembered;
    throw new HoldfastError('PASSWORD_NEEDED', `The password of ${row.name} has not been entered yet.`);
  }

  /**
   * The place that a call names by its location, reached as the call says, and as a connection to it says. As `openBackend`,
   * and ACCESS_INVALID.
   */
  async place(
    caller: Caller,
    { location, reach }: { readonly location: string; readonly reach?: RepositoryReach | undefined },
  ): Promise<Backend> {
    const whole = wholeLocation(location);
    const own = (await this.#rows.all()).filter(({ tenant }) => tenant === caller.tenant);
    const row = own.find((one) => one.location === whole) ?? null;
    const settings = { ...row?.settings, ...reach?.settings };
    const secrets = [...(row?.secretNames ?? []), ...namesOf(reach?.secrets ?? {})];
    await this.#options.refuseBeyond?.(caller.tenant, { location: whole, settings, secrets });
    return openBackend(whole, this.#reaches.of(caller, whole, row, reach));
  }

  /** Copies of config and keys, so that damage to them does not cost the repository. Nothing fails because that does. */
  async keepHead(repository: Repository): Promise<void> {
    const kept = this.#keptOf(repository.config.id);
    await kept.keepHead(repository).catch(() => undefined);
  }

  /** Where the repository of a call lies, in the one form of it. CONNECTION_UNKNOWN. */
  async locate(caller: Caller, access: RepositoryAccess): Promise<string> {
    return wholeLocation('id' in access ? (await this.#row(caller, access.id)).location : access.location);
  }

  /** Makes a repository and connects it. */
  async create(caller: Caller, request: NewConnection): Promise<ConnectionView> {
    this.#refuseRemembering(request);
    const { chunkerPolynomial } = request;
    const cut = chunkerPolynomial === undefined ? {} : { chunkerPolynomial };
    const repository = await initRepository(await this.place(caller, request), request.password, cut);
    return this.#add(caller, request, repository);
  }

  /** Connects a repository that is there. */
  async connect(caller: Caller, request: NewConnection): Promise<ConnectionView> {
    this.#refuseRemembering(request);
    return this.#add(caller, request, await openRepository(await this.place(caller, request), request.password));
  }

  async unlock(
    caller: Caller,
    id: string,
    password: string,
    { remember, secrets }: { readonly remember: boolean; readonly secrets: RepositoryReach['secrets'] },
  ): Promise<ConnectionView> {
    this.#refuseRemembering({ remember });
    const locked = await this.#row(caller, id);
    const names = [...new Set([...locked.secretNames, ...namesOf(secrets)])];
    checkAccess(parseLocation(locked.location), locked.settings, names);
    await this.#reaches.keep(id, secrets, false);
    const repository = await this.#openRow({ ...locked, secretNames: names }, password);
    return this.#rows.inTurn(async () => {
      // It may have been disconnected while its password was tried.
      const row = await this.#row(caller, id);
      const remembered = remember || row.remembered;
      if (remembered) await this.#options.secrets?.write(secretName(id), password);
      await this.#reaches.keep(id, secrets, remembered);
      this.#standing.set(id, { repository, problem: null });
      const change = { remembered, secretNames: names, provenAtMs: Date.now() };
      return this.#changeNow(caller, id, (before) => ({ ...before, ...change }));
    });
  }

  async lock(caller: Caller, id: string): Promise<ConnectionView> {
    return this.#rows.inTurn(async () => {
      await this.#reaches.forget(await this.#row(caller, id));
      await this.#options.secrets?.remove(secretName(id));
      this.#standing.set(id, { repository: null, problem: null });
      forgetDerived();
      return this.#changeNow(caller, id, (row) => ({ ...row, remembered: false }));
    });
  }

  /** From now on; what is open is opened anew when it is next asked for. ACCESS_INVALID, NO_SECRET_STORE. */
  async setReach(caller: Caller, id: string, { settings, secrets }: RepositoryReach): Promise<ConnectionView> {
    return this.#rows.inTurn(async () => {
      const { location, remembered, secretNames } = await this.#row(caller, id);
      const names = [...new Set([...secretNames, ...namesOf(secrets)])].filter((name) =>
        secretsFor(parseLocation(location).kind).includes(name),
      );
      checkAccess(parseLocation(location), settings, settings.account === undefined ? names : namesOf(secrets));
      await this.#reaches.keep(id, secrets, remembered);
      this.#standing.set(id, { repository: null, problem: null });
      return this.#changeNow(caller, id, (row) => ({ ...row, settings, secretNames: names }));
    });
  }

  /** WRONG_PASSWORD. */
  async prove(caller: Caller, id: string, password: string): Promise<ConnectionView> {
    await this.#openRow(await this.#row(caller, id), password);
    return this.#change(caller, id, (row) => ({ ...row, provenAtMs: Date.now() }));
  }

  async rename(caller: Caller, id: string, name: string): Promise<ConnectionView> {
    return this.#change(caller, id, (row) => ({ ...row, name }));
  }

  async makePrimary(caller: Caller, id: string): Promise<ConnectionView> {
    await this.#row(caller, id);
    await this.#rows.inTurn(() =>
      this.#rows.change((rows) =>
        rows.map((row) => (row.tenant === caller.tenant ? { ...row, primary: row.id === id } : row)),
      ),
    );
    this.#options.onChange(caller.tenant);
    return this.#view(await this.#row(caller, id));
  }

  async disconnect(caller: Caller, id: string): Promise<void> {
    await this.#rows.inTurn(() => this.#disconnectNow(caller, id));
    this.#options.onChange(caller.tenant);
  }

  async #disconnectNow(caller: Caller, id: string): Promise<void> {
    const gone = await this.#row(caller, id);
    const { primary } = gone;
    await this.#options.secrets?.remove(secretName(id));
    await this.#reaches.forget(gone);
    // Another connection may be of the same repository: that one loads it anew.
    await forgetKeptIndex(gone.repository);
    forgetDerived();
    this.#standing.delete(id);
    await this.#rows.change((rows) => {
      const rest = rows.filter((row) => row.id !== id);
      const next = primary ? rest.find(({ tenant, site }) => tenant === caller.tenant && !site)?.id : undefined;
      return rest.map((row) => (row.id === next ? { ...row, primary: true } : row));
    });
  }

  /** Opens what is remembered and finds out which places answer: whether all do. Never rejects. */
  async look(): Promise<boolean> {
    const rows = await this.#rows.all().catch(() => []);
    await Promise.all(rows.map((row) => this.#lookAt(row)));
    return !rows.some(({ id }) => absentCodes.has(this.#standingOf(id).problem?.code ?? ''));
  }

  async #lookAt(row: ConnectionRow): Promise<void> {
    const standing = this.#standingOf(row.id);
    const before = standing.problem?.code ?? null;
    if (standing.repository === null) {
      if (!row.remembered || (await this.#openRemembered(row)) === null) return;
    } else {
      // A place that hangs is asked once: each question takes a thread until it is answered.
      standing.probing ??= probe(standing.repository).finally(() => (standing.probing = null));
      standing.problem = await withinTime(standing.probing);
    }
    if (before !== (standing.problem?.code ?? null)) this.#options.onChange(row.tenant);
  }

  async #add(caller: Caller, request: NewConnection, repository: Repository): Promise<ConnectionView> {
    const location = wholeLocation(request.location);
    await this.#refuseOthers(caller, repository);
    await this.#prepare(caller.tenant, repository);
    const id = randomBytes(8).toString('hex');
    const now = Date.now();
    return this.#rows.inTurn(async () => {
      await this.#refuseOthers(caller, repository);
      const own = (await this.#rows.all()).filter(({ tenant }) => tenant === caller.tenant);
      const other = own.find((row) => row.repository === repository.config.id && row.location === location);
      if (other !== undefined)
        throw new HoldfastError('CONNECTION_EXISTS', `${location} is connected already, as ${other.name}.`);
      const row: ConnectionRow = {
        id,
        tenant: caller.tenant,
        actor: caller.actor,
        name: request.name ?? freeName(own, basename(location) || location),
        location,
        settings: request.reach?.settings ?? {},
        secretNames: [...namesOf(request.reach?.secrets ?? {})],
        repository: repository.config.id,
        primary: request.asSite !== true && !own.some(({ primary }) => primary),
        site: request.asSite === true,
        remembered: request.remember,
        provenAtMs: now,
        addedAtMs: now,
      };
      if (request.remember) await this.#options.secrets?.write(secretName(id), request.password);
      await this.#reaches.keep(id, request.reach?.secrets ?? {}, request.remember);
      await this.#rows.change((rows) => [...rows, row]);
      this.#standing.set(id, { repository, problem: null });
      this.#options.onChange(caller.tenant);
      return this.#view(row);
    });
  }

  /** Null where nothing is remembered, or what is remembered does not open it; the reason is kept then. */
  async #openRemembered(row: ConnectionRow): Promise<Repository | null> {
    const { secrets, onChange } = this.#options;
    if (!row.remembered || secrets === null) return null;
    const standing = this.#standingOf(row.id);
    const before = standing.problem?.code;
    try {
      const password = await secrets.read(secretName(row.id));
      if (password === null) return null;
      standing.repository = await this.#openRow(row, password);
      standing.problem = null;
      onChange(row.tenant);
      return standing.repository;
    } catch (error) {
      standing.problem = toHoldfastError(error);
      if (standing.problem.code !== before) onChange(row.tenant);
      return null;
    }
  }

  /** Another repository under the same path is not the one that was connected: REPOSITORY_REPLACED. */
  async #openRow(row: ConnectionRow, password: string): Promise<Repository> {
    const { location, repository: expected, name, tenant } = row;
    const { settings, secretNames: secrets } = row;
    // What it was given may have been taken back since.
    await this.#options.refuseBeyond?.(tenant, { location, settings, secrets });
    const access = this.#reaches.of(row, location, row, undefined);
    const repository = await openWithKept(await openBackend(location, access), password, this.#keptOf(expected));
    if (repository.config.id === expected) {
      await this.#prepare(tenant, repository);
      return repository;
    }
    const what = `At ${location} lies another repository than the one that was connected as ${name}.`;
    throw new HoldfastError('REPOSITORY_REPLACED', what);
  }

  /** Which repository it is, a damaged config does not say: the copies that are kept are tried. */
  async #openPlace(backend: Backend, password: string): Promise<Repository> {
    try {
      return await openRepository(backend, password);
    } catch (error) {
      for (const id of await keptRepositories(this.#options.home)) {
        const opened = await openWithKept(backend, password, this.#keptOf(id)).catch(() => null);
        if (opened !== null) return opened;
      }
      throw error;
    }
  }

  /**
   * What one tenant works with, no other does: their data, and what is the same in both, are kept apart. REPOSITORY_REFUSED,
   * which says nothing of whose it is.
   */
  async #refuseOthers({ tenant }: Caller, { config: { id } }: Repository): Promise<void> {
    const { keeps, isOthers } = this.#options;
    const others = (await this.#rows.all()).filter((row) => row.repository === id && row.tenant !== tenant);
    let isTaken = (await isOthers?.(tenant, id)) === true;
    for (const other of others) isTaken ||= (await keeps?.(other.tenant)) !== false;
    if (isTaken) throw new HoldfastError('REPOSITORY_REFUSED', 'This repository cannot be used here.');
  }

  #keptOf(repository: string): Safekeeping {
    return new Safekeeping(keptFolder(this.#options.home, repository));
  }

  async #prepare(tenant: string, repository: Repository, isKept = false): Promise<void> {
    repository.rescue = this.#options.rescueFor?.(tenant, repository) ?? null;
    if (!isKept) await this.keepHead(repository);
  }

  async #row({ tenant }: Caller, id: string): Promise<ConnectionRow> {
    const found = (await this.#rows.all()).find((row) => row.id === id && row.tenant === tenant);
    if (found === undefined) throw new HoldfastError('CONNECTION_UNKNOWN', `No repository is connected as ${id}.`);
    return found;
  }

  async #change(caller: Caller, id: string, change: (row: ConnectionRow) => ConnectionRow): Promise<ConnectionView> {
    return this.#rows.inTurn(() => this.#changeNow(caller, id, change));
  }

  async #changeNow(caller: Caller, id: string, change: (row: ConnectionRow) => ConnectionRow): Promise<ConnectionView> {
    await this.#row(caller, id);
    await this.#rows.change((rows) => rows.map((row) => (row.id === id ? change(row) : row)));
    this.#options.onChange(caller.tenant);
    return this.#view(await this.#row(caller, id));
  }

  #view(row: ConnectionRow): ConnectionView {
    const { repository, problem } = this.#standingOf(row.id);
    const state = problem !== null ? 'unreachable' : repository === null ? 'locked' : 'open';
    return { ...row, state, problem };
  }

  #standingOf(id: string): Standing {
    const standing = this.#standing.get(id) ?? { repository: null, problem: null };
    this.#standing.set(id, standing);
    return standing;
  }

  #refuseRemembering({ remember }: { readonly remember: boolean }): void {
    if (!remember || this.#options.secrets !== null) return;
    throw new HoldfastError('NO_SECRET_STORE', 'This engine has no place where a password could be kept.');
  }
}

function secretName(id: string): string {
  return `repository ${id}`;
}

function freeName(rows: readonly ConnectionRow[], wish: string): string {
  const taken = new Set(rows.map(({ name }) => name));
  const base = wish.slice(0, 90);
  for (let number = 1; ; number++) {
    const name = number === 1 ? base : `${base} ${number}`;
    if (!taken.has(name)) return name;
  }
}
