/**
 * Reads what is damaged in one repository from the others that are open, while somebody waits for it; and has the damage
 * repaired a moment later.
 */
import type { Caller } from '../../../../shared/contract/common.ts';
import { Donors } from '../../repository/repair/donors.ts';
import type { Replica } from '../../repository/repair/repair.ts';
import type { Repository } from '../../repository/repository.ts';
import type { BlobRescue } from '../../repository/rescue.ts';

export type ReadThroughPorts = {
  /** Where else its content may be, who is asked first at the beginning. */
  readonly replicas: (caller: Caller, repository: Repository) => Promise<readonly Replica[]>;
  /** Blobs that were damaged or missing in that repository, once nobody has asked for more for a while. */
  readonly onDamage: (tenant: string, repository: Repository, blobs: readonly string[]) => void;
};

/** Replicas stay open, and locked against pruning, while more is asked for. */
const idleMs = 30_000;
const actor = 'read-through';
/** Of more, the packs of these are reason enough to look. */
const mostBlobs = 10_000;

export class ReadThrough {
  readonly #ports: ReadThroughPorts;
  readonly #open = new Map<Repository, OpenDonors>();

  constructor(ports: ReadThroughPorts) {
    this.#ports = ports;
  }

  of(tenant: string, repository: Repository): BlobRescue {
    return async (type, id, why) => {
      const open = this.#open.get(repository) ?? this.#begin(tenant, repository);
      open.users += 1;
      // A place that does not answer is not damaged.
      if (why !== 'REPOSITORY_UNREACHABLE' && open.blobs.size < mostBlobs) open.blobs.add(id);
      try {
        return await (await open.donors).load(type, id);
      } finally {
        open.users -= 1;
        open.timer.refresh();
      }
    };
  }

  async close(): Promise<void> {
    await Promise.all([...this.#open.keys()].map((repository) => this.#end(repository)));
  }

  #begin(tenant: string, repository: Repository): OpenDonors {
    const caller: Caller = { tenant, actor };
    const donors = this.#ports.replicas(caller, repository).then((replicas) => new Donors(replicas, () => undefined));
    const look = (): void => {
      if (open.users > 0) open.timer.refresh();
      else
        void this.#end(repository).then(() =>
          open.blobs.size === 0 ? undefined : this.#ports.onDamage(tenant, repository, [...open.blobs]),
        );
    };
    const open: OpenDonors = { donors, users: 0, blobs: new Set(), timer: setTimeout(look, idleMs).unref() };
    this.#open.set(repository, open);
    return open;
  }

  async #end(repository: Repository): Promise<void> {
    const open = this.#open.get(repository);
    if (open === undefined) return;
    this.#open.delete(repository);
    clearTimeout(open.timer);
    await (await open.donors).close();
  }
}

type OpenDonors = {
  readonly donors: Promise<Donors>;
  users: number;
  readonly blobs: Set<string>;
  readonly timer: NodeJS.Timeout;
};
