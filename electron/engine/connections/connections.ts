/**
 * The repositories the console works with. Each stays open once somebody has entered its password: then only its keys
 * are in memory, and the password itself nowhere but in a secret store, where that was asked for.
 */
import { randomBytes } from 'node:crypto';
import { basename } from 'node:path';
import type { Caller, RepositoryAccess } from '../../../shared/contract/common.ts';
import type { ConnectionState } from '../../../shared/contract/repositories.ts';
import { HoldfastError, toHoldfastError } from '../../../shared/model/errors.ts';
import type { SecretStore } from '../platform/secret-store.ts';
import { configHandle } from '../repository/backend/backend.ts';
import { openBackend, wholeLocation } from '../repository/backend/open-backend.ts';
import { openWithKept } from '../repository/repair/mend-head.ts';
import { keptFolder, keptRepositories, Safekeeping } from '../repository/repair/safekeeping.ts';
import { initRepository, openRepository, type Repository } from '../repository/repository.ts';
import { readConnections, writeConnections, type ConnectionRow } from './connection-file.ts';

export type { ConnectionRow } from './connection-file.ts';

/** A connection and how it stands. A copy. */
export type ConnectionView = ConnectionRow & {
  readonly state: ConnectionState;
  readonly problem: HoldfastError | null;
};

export type NewConnection = {
  readonly location: string;
  readonly password: string;
  readonly name?: string | undefined;
  readonly remember: boolean;
};

export type ConnectionsOptions = {
  readonly home: string;
  readonly secrets: SecretStore | null;
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

/** A place that does not answer must not keep the look at all others waiting. */
const answerWithinMs = 10_000;

/** Nothing of the repository is there at the moment, as before its disk is plugged in. */
const absentCodes: ReadonlySet<string> = new Set(['REPOSITORY_UNREACHABLE', 'NOT_A_REPOSITORY']);

export class Connections {
  readonly #options: ConnectionsOptions;
  readonly #standing = new Map<string, Standing>();
  #rows: Promise<ConnectionRow[]> | null = null;
  #turn: Promise<unknown> = Promise.resolve();

  constructor(options: ConnectionsOptions) {
    this.#options = options;
  }

  async list({ tenant }: Caller): Promise<ConnectionView[]> {
    return (await this.#load()).filter((row) => row.tenant === tenant).map((row) => this.#view(row));
  }

  /** The open repository that a call names. CONNECTION_UNKNOWN, PASSWORD_NEEDED, and what opening throws. */
  async open(caller: Caller, access: RepositoryAccess): Promise<Repository> {
    if (!('id' in access)) return this.#openPlace(access.location, access.password);
    const row = await this.#row(caller, access.id);
    const { repository } = this.#standingOf(row.id);
    if (repository !== null) return repository;
    const remembered = await this.#openRemembered(row);
    if (remembered !== null) return remembered;
    throw new HoldfastError('PASSWORD_NEEDED', `The password of ${row.name} has not been entered yet.`);
  }

  /** Where the repository of a call lies, in the one form of it. CONNECTION_UNKNOWN. */
  async locate(caller: Caller, access: RepositoryAccess): Promise<string> {
    return wholeLocation('id' in access ? (await this.#row(caller, access.id)).location : access.location);
  }

  /** Makes a repository and connects it. */
  async create(caller: Caller, request: NewConnection): Promise<ConnectionView> {
    this.#refuseRemembering(request);
    const repository = await initRepository(await openBackend(request.location), request.password);
    return this.#add(caller, request, repository);
  }

  /** Connects a repository that is there. */
  async connect(caller: Caller, request: NewConnection): Promise<ConnectionView> {
    this.#refuseRemembering(request);
    return this.#add(caller, request, await openRepository(await openBackend(request.location), request.password));
  }

  async unlock(caller: Caller, id: string, password: string, remember: boolean): Promise<ConnectionView> {
    this.#refuseRemembering({ remember });
    const repository = await this.#openRow(await this.#row(caller, id), password);
    return this.#inTurn(async () => {
      // It may have been disconnected while its password was tried.
      const row = await this.#row(caller, id);
      const remembered = remember || row.remembered;
      if (remembered) await this.#options.secrets?.write(secretName(id), password);
      this.#standing.set(id, { repository, problem: null });
      return this.#changeNow(caller, id, (before) => ({ ...before, remembered, provenAtMs: Date.now() }));
    });
  }

  async lock(caller: Caller, id: string): Promise<ConnectionView> {
    return this.#inTurn(async () => {
      await this.#row(caller, id);
      await this.#options.secrets?.remove(secretName(id));
      this.#standing.set(id, { repository: null, problem: null });
      return this.#changeNow(caller, id, (row) => ({ ...row, remembered: false }));
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
    await this.#edit((rows) =>
      rows.map((row) => (row.tenant === caller.tenant ? { ...row, primary: row.id === id } : row)),
    );
    this.#options.onChange(caller.tenant);
    return this.#view(await this.#row(caller, id));
  }

  async disconnect(caller: Caller, id: string): Promise<void> {
    await this.#inTurn(() => this.#disconnectNow(caller, id));
    this.#options.onChange(caller.tenant);
  }

  async #disconnectNow(caller: Caller, id: string): Promise<void> {
    const { primary } = await this.#row(caller, id);
    await this.#options.secrets?.remove(secretName(id));
    this.#standing.delete(id);
    await this.#editNow((rows) => {
      const rest = rows.filter((row) => row.id !== id);
      const next = primary ? rest.find(({ tenant }) => tenant === caller.tenant)?.id : undefined;
      return rest.map((row) => (row.id === next ? { ...row, primary: true } : row));
    });
  }

  /** Opens what is remembered and finds out which places answer: whether all do. Never rejects. */
  async look(): Promise<boolean> {
    const rows = await this.#load().catch(() => []);
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
    await this.#prepare(caller.tenant, repository);
    const id = randomBytes(8).toString('hex');
    const now = Date.now();
    return this.#inTurn(async () => {
      const own = (await this.#load()).filter(({ tenant }) => tenant === caller.tenant);
      const other = own.find((row) => row.repository === repository.config.id && row.location === location);
      if (other !== undefined)
        throw new HoldfastError('CONNECTION_EXISTS', `${location} is connected already, as ${other.name}.`);
      const row: ConnectionRow = {
        id,
        tenant: caller.tenant,
        actor: caller.actor,
        name: request.name ?? freeName(own, basename(location) || location),
        location,
        repository: repository.config.id,
        primary: !own.some(({ primary }) => primary),
        remembered: request.remember,
        provenAtMs: now,
        addedAtMs: now,
      };
      if (request.remember) await this.#options.secrets?.write(secretName(id), request.password);
      await this.#editNow((rows) => [...rows, row]);
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
  async #openRow(
    { location, repository: expected, name, tenant }: ConnectionRow,
    password: string,
  ): Promise<Repository> {
    const repository = await openWithKept(await openBackend(location), password, this.#keptOf(expected));
    if (repository.config.id === expected) {
      await this.#prepare(tenant, repository);
      return repository;
    }
    const what = `At ${location} lies another repository than the one that was connected as ${name}.`;
    throw new HoldfastError('REPOSITORY_REPLACED', what);
  }

  /** Which repository it is, a damaged config does not say: the copies that are kept are tried. */
  async #openPlace(location: string, password: string): Promise<Repository> {
    const backend = await openBackend(location);
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

  #keptOf(repository: string): Safekeeping {
    return new Safekeeping(keptFolder(this.#options.home, repository));
  }

  /** Copies of config and keys, so that damage to them does not cost the repository. Nothing fails because that does. */
  async #prepare(tenant: string, repository: Repository): Promise<void> {
    repository.rescue = this.#options.rescueFor?.(tenant, repository) ?? null;
    await this.#keptOf(repository.config.id)
      .keepHead(repository)
      .catch(() => undefined);
  }

  async #row({ tenant }: Caller, id: string): Promise<ConnectionRow> {
    const found = (await this.#load()).find((row) => row.id === id && row.tenant === tenant);
    if (found === undefined) throw new HoldfastError('CONNECTION_UNKNOWN', `No repository is connected as ${id}.`);
    return found;
  }

  async #change(caller: Caller, id: string, change: (row: ConnectionRow) => ConnectionRow): Promise<ConnectionView> {
    return this.#inTurn(() => this.#changeNow(caller, id, change));
  }

  async #changeNow(caller: Caller, id: string, change: (row: ConnectionRow) => ConnectionRow): Promise<ConnectionView> {
    await this.#row(caller, id);
    await this.#editNow((rows) => rows.map((row) => (row.id === id ? change(row) : row)));
    this.#options.onChange(caller.tenant);
    return this.#view(await this.#row(caller, id));
  }

  async #edit(change: (rows: readonly ConnectionRow[]) => readonly ConnectionRow[]): Promise<void> {
    await this.#inTurn(() => this.#editNow(change));
  }

  /** In memory only once it is on disk. */
  async #editNow(change: (rows: readonly ConnectionRow[]) => readonly ConnectionRow[]): Promise<void> {
    const rows = [...change(await this.#load())];
    await writeConnections(this.#options.home, rows);
    this.#rows = Promise.resolve(rows);
  }

  /** One after the other: what is unlocked in one call may be disconnected in another. */
  async #inTurn<Result>(work: () => Promise<Result>): Promise<Result> {
    const mine = this.#turn.then(work, work);
    this.#turn = mine.catch(() => undefined);
    return mine;
  }

  #load(): Promise<ConnectionRow[]> {
    this.#rows ??= readConnections(this.#options.home).catch((error: unknown) => {
      this.#rows = null;
      throw error;
    });
    return this.#rows;
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

/** What keeps an open repository from being reached; null while nothing does. */
async function probe({ backend }: Repository): Promise<HoldfastError | null> {
  try {
    await backend.load(configHandle);
    return null;
  } catch (error) {
    const { code, message } = toHoldfastError(error);
    if (code !== 'STORED_FILE_MISSING') return new HoldfastError('REPOSITORY_UNREACHABLE', message, { cause: error });
    return new HoldfastError('REPOSITORY_UNREACHABLE', `There is no repository at ${backend.location} now.`);
  }
}

async function withinTime(answer: Promise<HoldfastError | null>): Promise<HoldfastError | null> {
  const late = Promise.withResolvers<HoldfastError>();
  const timer = setTimeout(() => {
    const what = `It has not answered for ${answerWithinMs / 1000} seconds.`;
    late.resolve(new HoldfastError('REPOSITORY_UNREACHABLE', what));
  }, answerWithinMs);
  try {
    return await Promise.race([answer, late.promise]);
  } finally {
    clearTimeout(timer);
  }
}
