/**
 * Reads data of a place that may go away in the middle: then what is asked for comes from elsewhere, and the place is asked
 * again now and then. Where nobody else has a piece, the place is waited for as long as it may take.
 */
import { setTimeout as sleep } from 'node:timers/promises';
import { HoldfastError, toHoldfastError } from '../../../shared/model/errors.ts';
import { configHandle, type Backend } from './backend/backend.ts';
import { delegate } from './backend/delegate.ts';
import type { BlobType } from './blob-index.ts';
import type { BlobReader } from './blob-reader.ts';
import type { BlobRescue, Rescued } from './rescue.ts';

export type SteadyOptions = {
  /** Who else may have what cannot be read; null: nobody. */
  readonly elsewhere: BlobRescue | null;
  readonly onNotice: (text: string) => void;
  /** How long an answer may take before it is looked whether the place answers at all. */
  readonly patienceMs?: number;
  /** How long that may take. */
  readonly probeMs?: number;
  /** How long a place that has gone is left alone. */
  readonly againMs?: number;
};

const defaultPatienceMs = 15_000;
const defaultProbeMs = 5_000;
const defaultAgainMs = 60_000;
/** What a folder says whose disk was taken away. */
const goneCodes: ReadonlySet<string> = new Set(['STORED_FILE_MISSING', 'IO_ERROR', 'PLACE_UNUSABLE', 'NO_PERMISSION']);

export class SteadyReads {
  /** As the one it was made of; only reading data differs. */
  readonly backend: Backend;
  /** Null where there is nobody to ask. */
  readonly rescue: BlobRescue | null;
  readonly #options: SteadyOptions;
  readonly #place: Backend;
  #awaySince: number | null = null;
  #patient: BlobReader | null = null;

  constructor(place: Backend, options: SteadyOptions) {
    this.#place = place;
    this.#options = options;
    const { elsewhere } = options;
    this.rescue = elsewhere === null ? null : (type, id, why) => this.#fromElsewhere(elsewhere, type, id, why);
    this.backend =
      elsewhere === null
        ? place
        : {
            ...delegate(place),
            load: (handle, range) =>
              handle.type === 'data' ? this.#load(() => place.load(handle, range)) : place.load(handle, range),
          };
  }

  /** Whether the place does not answer as far as anybody knows. */
  get isAway(): boolean {
    return this.#awaySince !== null;
  }

  /** By whom a piece is read that nobody else has. It must ask nobody else, and wait as long as it takes. */
  waitBy(reader: BlobReader): void {
    this.#patient = reader;
  }

  async #load<Result>(read: () => Promise<Result>): Promise<Result> {
    const { againMs = defaultAgainMs } = this.#options;
    if (this.#awaySince !== null && Date.now() - this.#awaySince < againMs) throw this.#gone();
    const before = this.#awaySince;
    const reading = read();
    reading.catch(() => undefined);
    try {
      const result = await this.#watched(reading);
      // What was on its way when the place went says nothing of whether it is back.
      if (this.#awaySince === before) this.#awaySince = null;
      return result;
    } catch (error) {
      const { code } = toHoldfastError(error);
      if (code === 'REPOSITORY_UNREACHABLE' || (goneCodes.has(code) && !(await this.#answers()))) this.#leave();
      throw this.isAway ? this.#gone() : error;
    }
  }

  /** A slow answer is waited for while the place answers at all. */
  async #watched<Result>(reading: Promise<Result>): Promise<Result> {
    const { patienceMs = defaultPatienceMs } = this.#options;
    for (;;) {
      const late = new AbortController();
      const waited = sleep(patienceMs, 'late' as const, { signal: late.signal }).catch(() => 'late' as const);
      const first = await Promise.race([reading.then((result) => ({ result })), waited]);
      late.abort();
      if (first !== 'late') return first.result;
      if (!(await this.#answers())) throw this.#gone();
    }
  }

  async #answers(): Promise<boolean> {
    const { probeMs = defaultProbeMs } = this.#options;
    const late = new AbortController();
    const waited = sleep(probeMs, false, { signal: late.signal }).catch(() => false);
    const answered = this.#place.load(configHandle).then(
      () => true,
      () => false,
    );
    const answers = await Promise.race([answered, waited]);
    late.abort();
    return answers;
  }

  #leave(): void {
    if (this.#awaySince === null)
      this.#options.onNotice(`${this.#place.location} does not answer any more. What it holds is asked for elsewhere.`);
    this.#awaySince = Date.now();
  }

  #gone(): HoldfastError {
    return new HoldfastError('REPOSITORY_UNREACHABLE', `${this.#place.location} does not answer any more.`);
  }

  async #fromElsewhere(
    elsewhere: BlobRescue,
    type: BlobType,
    id: string,
    why: Parameters<BlobRescue>[2],
  ): Promise<Rescued | null> {
    const found = await elsewhere(type, id, why);
    if (found !== null || why !== 'REPOSITORY_UNREACHABLE' || this.#patient === null) return found;
    return { plain: await this.#patient.load(type, id), from: null };
  }
}
