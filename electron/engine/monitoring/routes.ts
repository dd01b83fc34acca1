/** The routes of this home: kept in a file, their secrets in the secret store. One change after the other. */
import { randomBytes } from 'node:crypto';
import type { Caller } from '../../../shared/contract/common.ts';
import { routeSecretsSchema, type RouteDefinition, type RouteSecrets } from '../../../shared/contract/routes.ts';
import { HoldfastError } from '../../../shared/model/errors.ts';
import type { SecretStore } from '../platform/secret-store.ts';
import { checkRoute } from './route-check.ts';
import { readRoutes, writeRoutes, type RouteRow } from './route-file.ts';

export type RoutesOptions = {
  readonly home: string;
  readonly secrets: SecretStore | null;
  readonly nowMs: () => number;
  /** Whether this engine can show notifications of a desktop, and for which tenant. */
  readonly desktopOf: string | null;
};

/** The one route that a desktop has without being asked. */
export const desktopRoute = '00000000000000d1';

const mostRoutes = 50;
const desktopDefault: RouteDefinition = {
  name: 'Desktop',
  enabled: true,
  target: { kind: 'desktop' },
  atLeast: 'warning',
  remindEveryMs: 24 * 3_600_000,
  timeoutMs: 10_000,
  retries: 0,
};

export class Routes {
  readonly #options: RoutesOptions;
  #turn: Promise<unknown> = Promise.resolve();

  constructor(options: RoutesOptions) {
    this.#options = options;
  }

  /** In the order in which they were added. ROUTES_DAMAGED. */
  async list({ tenant }: Pick<Caller, 'tenant'>): Promise<readonly RouteRow[]> {
    const own = (await readRoutes(this.#options.home)).filter((row) => row.tenant === tenant);
    const { desktopOf } = this.#options;
    // One that was kept by a desktop means nothing to an engine without one.
    if (desktopOf !== tenant) return own.filter(({ definition: { target } }) => target.kind !== 'desktop');
    return own.some(({ id }) => id === desktopRoute) ? own : [desktopRow(tenant), ...own];
  }

  /** Whose they are; none where the file cannot be read. */
  async tenants(): Promise<readonly string[]> {
    const rows = await readRoutes(this.#options.home).catch(() => []);
    return rows.map(({ tenant }) => tenant);
  }

  /** By id or name. ROUTE_UNKNOWN. */
  async find(caller: Pick<Caller, 'tenant'>, id: string): Promise<RouteRow> {
    const rows = await this.list(caller);
    const found = rows.find((row) => row.id === id) ?? rows.find(({ definition: { name } }) => name === id);
    if (found !== undefined) return found;
    throw new HoldfastError('ROUTE_UNKNOWN', `Alerts are not told by a route ${id}.`);
  }

  /** Null where they cannot be had: without the store they were kept in, or where it lost them. */
  async secretsOf({ id, definition: { target } }: RouteRow): Promise<RouteSecrets | null> {
    if (target.kind === 'desktop') return {};
    const text = (await this.#options.secrets?.read(secretName(id))) ?? null;
    if (text === null) return target.kind === 'mail' && target.user === null ? {} : null;
    return routeSecretsSchema.parse(JSON.parse(text));
  }

  async add(caller: Caller, definition: RouteDefinition, secrets: RouteSecrets): Promise<RouteRow> {
    return this.#inTurn(async () => {
      if (definition.target.kind === 'desktop')
        throw new HoldfastError(
          'ROUTE_INVALID',
          'A desktop makes its own route; there is one where there is a desktop.',
        );
      const rows = await readRoutes(this.#options.home);
      if (rows.length >= mostRoutes)
        throw new HoldfastError('ROUTE_INVALID', `There are ${rows.length} routes already, as many as can be.`);
      await this.#refuseSameName(caller, definition, null);
      const nowMs = this.#options.nowMs();
      const id = randomBytes(8).toString('hex');
      const { tenant, actor } = caller;
      const stamp = { id, tenant, actor, createdAtMs: nowMs, updatedAtMs: nowMs };
      const row = { ...stamp, definition, ...(await this.#keep(id, definition, secrets)) };
      await writeRoutes(this.#options.home, [...rows, row]);
      return row;
    });
  }

  /** What `secrets` leaves out stays, but for what would be handed to another host. */
  async update(caller: Caller, id: string, definition: RouteDefinition, secrets: RouteSecrets): Promise<RouteRow> {
    return this.#inTurn(async () => {
      const before = await this.find(caller, id);
      const kind = before.definition.target.kind;
      if (definition.target.kind !== kind)
        throw new HoldfastError('ROUTE_INVALID', `It is of kind ${kind}, which stays: add a route of the other kind.`);
      await this.#refuseSameName(caller, definition, before.id);
      const kept = await this.#keptSecrets(before, definition, secrets);
      const view = await this.#keep(before.id, definition, { ...kept, ...withoutGaps(secrets) });
      const row: RouteRow = { ...before, definition, ...view, updatedAtMs: this.#options.nowMs() };
      const rows = await readRoutes(this.#options.home);
      await writeRoutes(this.#options.home, [...rows.filter((one) => !isSame(one, row)), row]);
      return row;
    });
  }

  async remove(caller: Caller, id: string): Promise<RouteRow> {
    return this.#inTurn(async () => {
      const row = await this.find(caller, id);
      if (row.definition.target.kind === 'desktop')
        throw new HoldfastError('ROUTE_INVALID', 'It belongs to this desktop; it can be switched off.');
      const rows = await readRoutes(this.#options.home);
      await writeRoutes(
        this.#options.home,
        rows.filter((one) => !isSame(one, row)),
      );
      await this.#options.secrets?.remove(secretName(row.id));
      return row;
    });
  }

  /** A password that was entered for one server is not sent to another one, whoever changes the route. */
  async #keptSecrets(before: RouteRow, { target }: RouteDefinition, given: RouteSecrets): Promise<RouteSecrets> {
    const kept = (await this.secretsOf(before)) ?? {};
    const from = before.definition.target;
    if (target.kind === 'mail' && from.kind === 'mail') {
      const isElsewhere = target.host !== from.host || target.port !== from.port || target.security !== from.security;
      if (isElsewhere || target.user === null) return {};
    }
    if (target.kind !== 'mail') {
      const isElsewhere = given.url !== undefined && new URL(given.url).origin !== before.origin;
      const { url, ...rest } = kept;
      const { password: _password, ...withoutPassword } = rest;
      const isOpen = target.kind !== 'webhook' || target.authentication === 'none';
      const own = isOpen ? withoutPassword : rest;
      return { ...(isElsewhere ? {} : own), ...(url === undefined ? {} : { url }) };
    }
    return kept;
  }

  async #keep(
    id: string,
    definition: RouteDefinition,
    secrets: RouteSecrets,
  ): Promise<Pick<RouteRow, 'origin' | 'headerNames' | 'hasPassword'>> {
    checkRoute(definition, secrets);
    const store = this.#options.secrets;
    const headers = secrets.headers ?? [];
    const isSecret = secrets.url !== undefined || secrets.password !== undefined || headers.length > 0;
    if (isSecret && store === null)
      throw new HoldfastError(
        'NO_SECRET_STORE',
        'Addresses, passwords and tokens of routes are kept in a secret store.',
      );
    if (isSecret) await store?.write(secretName(id), JSON.stringify(secrets));
    else await store?.remove(secretName(id));
    return {
      origin: secrets.url === undefined ? null : new URL(secrets.url).origin,
      headerNames: headers.map(({ name }) => name),
      hasPassword: secrets.password !== undefined,
    };
  }

  async #refuseSameName(caller: Caller, { name }: RouteDefinition, except: string | null): Promise<void> {
    const taken = (await this.list(caller)).some((row) => row.definition.name === name && row.id !== except);
    if (taken) throw new HoldfastError('ROUTE_EXISTS', `A route is called ${name} already.`);
  }

  async #inTurn<Result>(work: () => Promise<Result>): Promise<Result> {
    const mine = this.#turn.then(work, work);
    this.#turn = mine;
    return mine;
  }
}

function desktopRow(tenant: string): RouteRow {
  const stamp = { id: desktopRoute, tenant, actor: 'desktop', createdAtMs: 0, updatedAtMs: 0 };
  return { ...stamp, definition: desktopDefault, origin: null, headerNames: [], hasPassword: false };
}

function isSame(a: RouteRow, b: RouteRow): boolean {
  return a.id === b.id && a.tenant === b.tenant;
}

function withoutGaps({ url, password, headers }: RouteSecrets): RouteSecrets {
  return {
    ...(url === undefined ? {} : { url }),
    ...(password === undefined ? {} : { password }),
    ...(headers === undefined ? {} : { headers }),
  };
}

function secretName(id: string): string {
  return `route ${id}`;
}
