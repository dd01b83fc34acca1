/** This home as a site that others push to: its users, their repositories, and the door while it is open. */
import { HoldfastError } from '../../../../shared/model/errors.ts';
import { Leases } from './leases.ts';
import type { SiteLog, SiteServerOptions } from './limits.ts';
import type { SiteAddress, SiteDoor } from './site-door.ts';
import type { SiteUserRow } from './site-file.ts';
import { SiteRepository } from './site-repository.ts';
import { SiteUsers } from './site-users.ts';

export type SiteServerParts = { readonly home: string; readonly nowMs: () => number; readonly log: SiteLog };

export class SiteServer {
  readonly users: SiteUsers;
  /** Between others: this home is their witness. */
  readonly leases: Leases;
  readonly #parts: SiteServerParts;
  readonly #repositories = new Map<string, SiteRepository>();
  #door: SiteDoor | null = null;

  constructor(parts: SiteServerParts) {
    this.#parts = parts;
    this.users = new SiteUsers(parts.home, parts.nowMs);
    this.leases = new Leases(parts.home, parts.nowMs);
  }

  /** Null while nobody is served. */
  get address(): SiteAddress | null {
    return this.#door?.address ?? null;
  }

  /** TLS_REQUIRED, TLS_UNUSABLE, LISTEN_FAILED, SITE_USERS_DAMAGED. */
  async serve(options: SiteServerOptions): Promise<void> {
    const users = await this.users.all();
    // Before anybody is let in: what lies there half is of an engine that is gone.
    for (const user of users) await this.#clear(user);
    const { users: known, leases } = this;
    const parts = this.#parts;
    const repositoryOf = (user: SiteUserRow): SiteRepository => this.repositoryOf(user);
    // Loaded only where it is served.
    const { SiteDoor: door } = await import('./site-door.ts');
    this.#door = await door.open({ ...parts, users: known, leases, repositoryOf }, options);
  }

  repositoryOf(user: Pick<SiteUserRow, 'name' | 'folder'>): SiteRepository {
    const { home, nowMs } = this.#parts;
    const folder = this.users.folderOf(user);
    const key = `${user.name} ${folder}`;
    const known = this.#repositories.get(key) ?? new SiteRepository(home, user.name, folder, nowMs);
    this.#repositories.set(key, known);
    return known;
  }

  /**
   * When the snapshots in a folder came in, by their names, where that folder is one that users push to; else null. Epoch
   * milliseconds.
   */
  async arrivalsAt(folder: string): Promise<ReadonlyMap<string, number> | null> {
    const user = (await this.users.all()).find((row) => this.users.folderOf(row) === folder);
    return user === undefined ? null : this.repositoryOf(user).arrivals.all();
  }

  async close(): Promise<void> {
    const door = this.#door;
    this.#door = null;
    await door?.close();
    await this.users.writeUses().catch(() => undefined);
  }

  /** A disk that is not plugged in keeps nobody else waiting. */
  async #clear(user: SiteUserRow): Promise<void> {
    try {
      await this.repositoryOf(user).clearLeftovers();
    } catch (error) {
      const reason = error instanceof HoldfastError ? error.code : String(error);
      this.#parts.log.warn('What uploads have left could not be looked at.', { user: user.name, reason });
    }
  }
}
