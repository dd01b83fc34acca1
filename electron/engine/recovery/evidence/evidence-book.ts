/**
 * What this console records: evidence of runs, drills and repairs, and what operators have asked for. A record that cannot
 * be written holds up nothing: it waits for the next one, and `trouble` says so until then.
 */
import type { Caller } from '../../../../shared/contract/common.ts';
import { boundDraft, type AuditRecord, type ChainLog, type EvidenceDraft } from '../../../../shared/model/evidence.ts';
import type { Catalog } from '../../catalog/catalog.ts';
import type { EvidenceRow } from '../../catalog/evidence.ts';
import type { SecretStore } from '../../platform/secret-store.ts';
import { Chain, type ChainHead, type FormerChain } from './chain.ts';
import { evidenceFolder, formerFolder, makeFolder, tenantFolder } from './chain-files.ts';
import { openSigningKey, type KeyAbout, type SigningKey } from './signing-key.ts';

export type EvidenceBookOptions = {
  readonly home: string;
  readonly catalog: Catalog;
  readonly secrets: SecretStore | null;
  /** Whether this engine stays: a key that it makes may go into the secret store. */
  readonly stays: boolean;
  readonly nowMs: () => number;
  readonly about: Readonly<Record<string, string>>;
  /** The head that a recovered configuration has brought along, for the first entry of a new chain. */
  readonly former: (tenant: string, log: ChainLog) => Promise<FormerChain | null>;
  /** A record of that tenant was written. */
  readonly onRecord: (tenant: string) => void;
};

/** The first 16 digits of the hash of its entry. */
export type EvidenceId = string;

/** About 64 MiB of what operators have asked for: more than 100,000 calls. */
const auditSegments = 64;

export class EvidenceBook {
  readonly #options: EvidenceBookOptions;
  readonly #chains = new Map<string, Promise<Chain>>();
  #key: Promise<SigningKey> | null = null;
  #trouble: string | null = null;

  constructor(options: EvidenceBookOptions) {
    this.#options = options;
  }

  /** Why the newest entries could not be written; null: they were. */
  get trouble(): string | null {
    return this.#trouble;
  }

  /** Null where it could not be written, which holds up nobody. */
  async record(given: EvidenceDraft): Promise<EvidenceId | null> {
    const draft = boundDraft(given);
    const caller = { tenant: draft.tenant, actor: draft.actor };
    try {
      const chain = await this.#chain(draft.tenant, 'evidence');
      const head = await chain.append('record', draft);
      this.#trouble = null;
      // The list is made anew from the chains wherever it lacks something.
      await this.#options.catalog.write('evidence.add', caller, { rows: [rowOf(head, draft)] }).catch(() => undefined);
      this.#options.onRecord(draft.tenant);
      return idOf(head.hash);
    } catch (error) {
      this.#note(error);
      return null;
    }
  }

  async audit(record: AuditRecord): Promise<void> {
    try {
      const chain = await this.#chain(record.tenant, 'audit');
      await chain.append('record', record);
      this.#trouble = null;
    } catch (error) {
      this.#note(error);
    }
  }

  async key(): Promise<KeyAbout> {
    return (await this.#signingKey()).about;
  }

  /** Of the chains that are written for a tenant. */
  async heads({ tenant }: Pick<Caller, 'tenant'>): Promise<readonly ChainHead[]> {
    const chains = await Promise.all([this.#chain(tenant, 'evidence'), this.#chain(tenant, 'audit')]);
    return chains.map(({ head }) => head);
  }

  async close(): Promise<void> {
    for (const chain of this.#chains.values()) await chain.then((one) => one.close()).catch(() => undefined);
  }

  #note(error: unknown): void {
    this.#trouble = error instanceof Error ? error.message : String(error);
  }

  #signingKey(): Promise<SigningKey> {
    const { home, secrets, stays, nowMs } = this.#options;
    this.#key ??= (async () => {
      const folder = evidenceFolder(home);
      await makeFolder(folder);
      return openSigningKey({ folder, secrets, stays }, nowMs());
    })();
    return tried(this.#key, () => (this.#key = null));
  }

  #chain(tenant: string, log: ChainLog): Promise<Chain> {
    const name = `${log} ${tenant}`;
    const opened = this.#chains.get(name) ?? this.#open(tenant, log);
    this.#chains.set(name, opened);
    return tried(opened, () => this.#chains.delete(name));
  }

  async #open(tenant: string, log: ChainLog): Promise<Chain> {
    const { home, nowMs, about, former } = this.#options;
    return Chain.open({
      folder: tenantFolder(home, tenant),
      formerFolder: formerFolder(home, tenant),
      log,
      key: await this.#signingKey(),
      nowMs,
      about: { ...about, tenant },
      former: () => former(tenant, log),
      maximumSegments: log === 'audit' ? auditSegments : null,
    });
  }
}

export function idOf(hash: string): EvidenceId {
  return hash.slice(0, 16);
}

export function rowOf(
  { chain, seq, hash }: Pick<ChainHead, 'chain' | 'seq' | 'hash'>,
  draft: EvidenceDraft,
): EvidenceRow {
  const { actor, kind, title, subject, result, startedAt, endedAt } = draft;
  const times = { startedAtMs: Date.parse(startedAt), endedAtMs: Date.parse(endedAt) };
  return { id: idOf(hash), author: actor, chain, seq, kind, title, subject, result, ...times };
}

/** What failed is tried again by whoever asks next. */
async function tried<Result>(attempt: Promise<Result>, forget: () => void): Promise<Result> {
  try {
    return await attempt;
  } catch (error) {
    forget();
    throw error;
  }
}
