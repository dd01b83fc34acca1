/**
 * Sends to one site, batch after batch, what may be sent to it, until nothing is left or something is in the way. What
 * operators and windows say meanwhile counts at once. It may be ended at any moment: what has arrived is not sent again.
 */
import { HoldfastError, toHoldfastError } from '../../../shared/model/errors.ts';
import type { RetentionTerms } from '../../../shared/model/period-retention.ts';
import type { SyncFigures } from '../../../shared/contract/sync.ts';
import { mustYield } from '../../../shared/model/sync-queue.ts';
import { rateAt } from '../../../shared/model/week-grid.ts';
import type { SyncItemRow } from '../catalog/sync-items.ts';
import type { Voice } from '../jobs/voice.ts';
import type { CopySnapshots } from '../repository/copy/request.ts';
import type { Repository } from '../repository/repository.ts';
import type { QueueScope } from './fill-queue.ts';
import { noFigures, plus } from './figures.ts';
import { sendBatch } from './send-batch.ts';
import { readStanding, sendable, siteObstacle, waitsFor, type SiteStanding } from './standing.ts';

export type PassPorts = QueueScope & {
  readonly copy: CopySnapshots;
  /** What the copying remembers of snapshots it has looked at. */
  readonly memory: string;
  readonly nowMs: () => number;
  readonly zone: () => string;
  readonly openSite: (name: string) => Promise<Repository>;
  /** The repository that protection writes to. */
  readonly openPrimary: () => Promise<Repository>;
  /** Brings what the catalog knows of its snapshots up to date. */
  readonly note: (repository: Repository, signal: AbortSignal) => Promise<void>;
  /** As retention at that repository goes by, but for the rules of the site. */
  readonly terms: (repository: string) => Promise<RetentionTerms>;
  /** Whether somebody waits to have one of the repositories for himself. */
  readonly mustMakeRoom: () => boolean;
};

export type PassResult = {
  readonly sent: number;
  readonly skipped: number;
  readonly failed: number;
  /** Of the site, open when it ended. */
  readonly waiting: number;
  readonly waitsFor: string | null;
  /** Why it ended before its time; null: it did not. */
  readonly problem: HoldfastError | null;
  readonly figures: SyncFigures;
};

export type PassVoice = Pick<Voice, 'signal' | 'onProgress' | 'onIssue' | 'onNotice'>;

/** Batches end, so that others have their turn in between. */
const batchItems = 200;
const lookEveryMs = 200;
/** So long a job that needs a repository alone waits for the end of a batch. */
const makeRoomAfterMs = 60_000;

export class SitePass {
  readonly #ports: PassPorts;
  readonly #name: string;
  #standing: SiteStanding | null = null;
  #batch: { readonly left: Set<string>; readonly abort: AbortController } | null = null;
  #wantedSinceMs: number | null = null;
  #looking = false;
  #madeRoom = false;

  constructor(ports: PassPorts, name: string) {
    this.#ports = ports;
    this.#name = name;
  }

  /** What was said about the site, its queue or everything may be other now. */
  changed(): void {
    void this.#look().catch(() => undefined);
  }

  /** SITE_UNKNOWN. What keeps the site from answering is in the result. */
  async run(job: string, voice: PassVoice): Promise<PassResult> {
    const timer = setInterval(() => this.#watch(), lookEveryMs);
    const counts = { sent: 0, skipped: 0, failed: 0, figures: noFigures };
    try {
      const problem = await this.#sendAll(job, voice, counts).then(
        () => null,
        (error: unknown) => {
          voice.signal.throwIfAborted();
          return toHoldfastError(error);
        },
      );
      return { ...counts, ...(await this.#whatIsLeft()), problem };
    } finally {
      clearInterval(timer);
      await this.#ports.catalog.write('syncItems.putBack', this.#ports.caller, { site: this.#name });
    }
  }

  async #sendAll(
    job: string,
    voice: PassVoice,
    counts: { sent: number; skipped: number; failed: number; figures: SyncFigures },
  ): Promise<void> {
    const { catalog, caller, openSite, openPrimary, note } = this.#ports;
    const to = await openSite(this.#name);
    await note(to, voice.signal);
    for (;;) {
      voice.signal.throwIfAborted();
      const standing = await this.#readStanding();
      const next = this.#madeRoom ? [] : await this.#nextBatch(standing);
      const [first] = next;
      if (first === undefined) return;
      const from = first.origin === null ? await openPrimary() : await openSite(first.origin);
      await note(from, voice.signal);
      const atMs = this.#ports.nowMs();
      const begun = new Set(
        await catalog.write('syncItems.begin', caller, { items: next.map(({ item }) => item), job, atMs }),
      );
      const items = next.filter(({ item }) => begun.has(item));
      if (items.length === 0) continue;
      const result = await this.#send(standing, from, to, items, voice);
      counts.sent += result.sent;
      counts.skipped += result.skipped;
      counts.failed += result.failed;
      counts.figures = plus(counts.figures, result.figures);
      if (result.problem !== null) throw result.problem;
    }
  }

  /** Of one origin, since they are read from one repository. */
  async #nextBatch(standing: SiteStanding): Promise<readonly SyncItemRow[]> {
    const { catalog, caller, nowMs, zone } = this.#ports;
    const items = await catalog.read('syncItems.open', caller, { site: this.#name });
    const ready = sendable(items, standing, nowMs(), zone());
    const [first] = ready;
    if (first === undefined) return [];
    const before = ready.findIndex((item) => item.origin !== first.origin || item.atOnce !== first.atOnce);
    return ready.slice(0, Math.min(before < 0 ? ready.length : before, batchItems));
  }

  async #send(
    standing: SiteStanding,
    from: Repository,
    to: Repository,
    items: readonly SyncItemRow[],
    voice: PassVoice,
  ): Promise<Awaited<ReturnType<typeof sendBatch>>> {
    const abort = new AbortController();
    const left = new Set(items.map(({ item }) => item));
    this.#batch = { left, abort };
    this.#wantedSinceMs = null;
    const atOnce = items.every((item) => item.atOnce);
    try {
      return await sendBatch({
        ...this.#ports,
        site: standing.site,
        from,
        to,
        items,
        voice: { ...voice, signal: AbortSignal.any([voice.signal, abort.signal]) },
        isInterrupted: () => abort.signal.aborted && !voice.signal.aborted,
        throttle: () => this.#throttle(atOnce),
        onArrived: (item) => left.delete(item),
      });
    } finally {
      this.#batch = null;
    }
  }

  /** Bytes a second; null: as fast as it goes. A window that closes ends the batch, so that nothing is asked of zero. */
  #throttle(atOnce: boolean): number | null {
    const { nowMs, zone } = this.#ports;
    if (this.#standing === null) return null;
    const rate = rateAt(this.#standing.site.definition.grid, nowMs(), zone());
    if (rate !== 'off') return rate === 'full' ? null : rate;
    if (!atOnce) this.#interrupt('Its window has closed.');
    return null;
  }

  /** Several times a second: the clock alone may have closed a window. */
  #watch(): void {
    const batch = this.#batch;
    if (batch === null || this.#standing === null) return;
    const { nowMs, zone, mustMakeRoom } = this.#ports;
    if (siteObstacle(this.#standing, nowMs()) !== null) this.#interrupt('It was told to wait.');
    else if (rateAt(this.#standing.site.definition.grid, nowMs(), zone()) === 'off') this.changed();
    if (!mustMakeRoom()) this.#wantedSinceMs = null;
    else this.#wantedSinceMs ??= performance.now();
    if (this.#wantedSinceMs === null || performance.now() - this.#wantedSinceMs <= makeRoomAfterMs) return;
    this.#madeRoom = true;
    this.#interrupt('It makes room for somebody who needs a repository alone.');
  }

  async #look(): Promise<void> {
    const batch = this.#batch;
    if (batch === null || this.#looking) return;
    this.#looking = true;
    try {
      const { catalog, caller, nowMs, zone } = this.#ports;
      const standing = await this.#readStanding();
      const items = await catalog.read('syncItems.open', caller, { site: this.#name });
      const left = [...batch.left];
      const mayGoOn = items
        .filter(({ item }) => batch.left.has(item))
        .map((item) => ({ ...item, state: 'queued' as const }));
      const isAllowed = sendable(mayGoOn, standing, nowMs(), zone()).length === mayGoOn.length;
      if (!isAllowed || mustYield(items, left, nowMs())) this.#interrupt('Others go first, or it was told to wait.');
    } finally {
      this.#looking = false;
    }
  }

  async #readStanding(): Promise<SiteStanding> {
    const standing = await readStanding(this.#ports, this.#name, this.#ports.nowMs());
    if (standing === null) throw new HoldfastError('SITE_UNKNOWN', `No site is known as ${this.#name}.`);
    this.#standing = standing;
    return standing;
  }

  async #whatIsLeft(): Promise<Pick<PassResult, 'waiting' | 'waitsFor'>> {
    const { catalog, caller, nowMs, zone } = this.#ports;
    const items = await catalog.read('syncItems.open', caller, { site: this.#name });
    const waiting = items.filter(({ state }) => state !== 'failed').length;
    const why = this.#standing === null || waiting === 0 ? null : waitsFor(this.#standing, nowMs(), zone());
    return { waiting, waitsFor: why };
  }

  #interrupt(why: string): void {
    this.#batch?.abort.abort(new HoldfastError('CANCELLED', why));
  }
}
