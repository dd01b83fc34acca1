/** One batch of items of one origin: leaves out what is not worth it, copies the others, writes down what became of each. */
import type { SyncFigures } from '../../../shared/contract/sync.ts';
import { toHoldfastError, type HoldfastError } from '../../../shared/model/errors.ts';
import { notWorthSending } from '../../../shared/model/sync-plan.ts';
import { afterFailure } from '../../../shared/model/sync-queue.ts';
import type { SyncRule } from '../../../shared/model/sync-rules.ts';
import type { SnapshotAt } from '../catalog/held-at.ts';
import type { SiteRow } from '../catalog/sites.ts';
import type { SyncItemRow, SyncOutcome } from '../catalog/sync-items.ts';
import { encodeFact, readFact } from '../repository/format/snapshot.ts';
import type { CopyProgress, SnapshotOutcome } from '../repository/copy/request.ts';
import type { Repository } from '../repository/repository.ts';
import { asRule, sourceTags } from './fill-queue.ts';
import { figuresOf, minus, noFigures } from './figures.ts';
import type { PassPorts, PassVoice } from './site-pass.ts';

export type BatchRequest = Pick<PassPorts, 'catalog' | 'caller' | 'copy' | 'memory' | 'nowMs' | 'terms'> & {
  readonly site: SiteRow;
  readonly from: Repository;
  readonly to: Repository;
  /** That are being sent, in their order. */
  readonly items: readonly SyncItemRow[];
  readonly voice: PassVoice;
  /** It was ended for others, or to wait: nothing has gone wrong with what is left. */
  readonly isInterrupted: () => boolean;
  readonly throttle: () => number | null;
  readonly onArrived: (item: string) => void;
};

export type BatchResult = {
  readonly sent: number;
  readonly skipped: number;
  readonly failed: number;
  readonly figures: SyncFigures;
  /** What kept the rest from being sent: of the place, not of an item. */
  readonly problem: HoldfastError | null;
};

export async function sendBatch(request: BatchRequest): Promise<BatchResult> {
  const { items, from } = request;
  const here = new Map(
    (await request.catalog.read('heldAt.list', request.caller, { repository: from.config.id })).map((one) => [
      one.original,
      one,
    ]),
  );
  const rules = (await request.catalog.read('sites.rules', request.caller, null)).map(asRule);
  const skipped = await skip(request, here, rules);
  const toSend = items.filter(({ item }) => !skipped.has(item));
  if (toSend.length === 0) return { sent: 0, skipped: skipped.size, failed: 0, figures: noFigures, problem: null };
  const result = await send(request, toSend, here, rules);
  return { ...result, skipped: skipped.size };
}

/** Ids of items that are over: what is gone where it was to be read from, and what would not be kept at the site. */
async function skip(
  request: BatchRequest,
  here: ReadonlyMap<string, SnapshotAt>,
  rules: readonly SyncRule[],
): Promise<ReadonlySet<string>> {
  const { catalog, caller, items, site, to, nowMs, onArrived } = request;
  const reasons = new Map<string, string>();
  for (const { item, snapshot } of items)
    if (!here.has(snapshot)) reasons.set(item, 'It is no longer where it was to be read from.');
  const own = rules.filter((rule) => rule.to === site.definition.name);
  const byRule = items.filter(({ rule, item }) => rule !== null && !reasons.has(item));
  if (byRule.length > 0) {
    const [at, tagsOf, terms] = await Promise.all([
      catalog.read('heldAt.list', caller, { repository: to.config.id }),
      sourceTags(request),
      request.terms(to.config.id),
    ]);
    const candidates = byRule.flatMap(({ snapshot }) => here.get(snapshot) ?? []);
    const gone = notWorthSending(candidates, { rules: own, at, tagsOf }, terms);
    for (const { item, snapshot } of byRule) {
      const why = gone.get(snapshot);
      if (why !== undefined) reasons.set(item, `The site would not keep it: ${why}.`);
    }
  }
  const sent = { repository: to.config.id, outcome: 'skipped' as const };
  const outcomes = [...reasons].map(([item, note]): SyncOutcome => ({
    item,
    state: 'skipped',
    atMs: nowMs(),
    note,
    sent,
  }));
  await catalog.write('syncItems.end', caller, { outcomes });
  for (const { item } of outcomes) onArrived(item);
  return new Set(reasons.keys());
}

async function send(
  request: BatchRequest,
  items: readonly SyncItemRow[],
  here: ReadonlyMap<string, SnapshotAt>,
  rules: readonly SyncRule[],
): Promise<Omit<BatchResult, 'skipped'>> {
  const { copy, from, to, voice, memory, throttle, isInterrupted } = request;
  const byId = new Map(items.map((item) => [here.get(item.snapshot)?.id ?? item.snapshot, item]));
  const record = new Record(request, byId);
  const startedAt = performance.now();
  const end = await copy({
    from,
    to,
    snapshots: [...byId.keys()],
    signal: voice.signal,
    memory,
    throttle,
    tags: (id, tags) => tagsAtSite(byId.get(id), rules, from, tags),
    onNotice: voice.onNotice,
    onProgress: (progress) => {
      record.progress = progress;
      voice.onProgress(asProgress(progress, record.failed));
    },
    onSnapshot: (outcome) => record.note(outcome),
  }).then(
    () => null,
    (error: unknown) => toHoldfastError(error),
  );
  await record.written();
  const { sent, failed, figures } = record;
  if (end === null) await noteSpeed(request, figures.sentNetBytes, performance.now() - startedAt);
  if (end === null || isInterrupted() || voice.signal.aborted) return { sent, failed, figures, problem: null };
  await record.failRest(end);
  return { sent, failed, figures, problem: end };
}

/** Nothing was read from there so far perhaps: then this is all that is known of the line. */
async function noteSpeed(
  { catalog, caller, to, nowMs }: BatchRequest,
  bytes: number,
  durationMs: number,
): Promise<void> {
  const sample = { repository: to.config.id, work: 'sync' as const, bytes, durationMs, atMs: nowMs() };
  await catalog.write('placeSpeeds.note', caller, sample).catch(() => undefined);
}

/** A copy says where it was taken, and what rules want of its name; nothing of it can be taken for something else. */
function tagsAtSite(
  item: SyncItemRow | undefined,
  rules: readonly SyncRule[],
  from: Repository,
  tags: readonly string[],
): readonly string[] {
  const prefix = rules.find(({ id }) => id === item?.rule)?.prefix ?? '';
  const origin = readFact(tags, 'origin') === undefined ? [encodeFact('origin', from.config.id)] : [];
  return [...origin, ...(prefix === '' || item === undefined ? [] : [`${prefix}${item.source}`.replaceAll(',', '_')])];
}

/** Writes down what becomes of each, one after the other, as soon as it is known. */
class Record {
  progress: CopyProgress | null = null;
  sent = 0;
  failed = 0;
  readonly #request: BatchRequest;
  readonly #left: Map<string, SyncItemRow>;
  #counted = noFigures;
  #writing: Promise<unknown> = Promise.resolve();

  constructor(request: BatchRequest, byId: ReadonlyMap<string, SyncItemRow>) {
    this.#request = request;
    this.#left = new Map(byId);
  }

  get figures(): SyncFigures {
    return this.progress === null ? noFigures : figuresOf(this.progress.figures);
  }

  note(outcome: SnapshotOutcome): void {
    const item = this.#left.get(outcome.id);
    if (item === undefined) return;
    this.#left.delete(outcome.id);
    const all = this.figures;
    const figures = minus(all, this.#counted);
    this.#counted = all;
    if (outcome.state === 'failed') this.failed += 1;
    else this.sent += 1;
    if (outcome.state === 'failed')
      this.#request.voice.onIssue({
        path: `${item.source} ${item.snapshot.slice(0, 8)}`,
        code: outcome.code,
        message: outcome.message,
      });
    this.#write([{ ...this.#end(item, outcome), figures, throttle: this.#request.throttle() }]);
    this.#request.onArrived(item.item);
  }

  /** The place did not take them: they are tried again. */
  async failRest(error: HoldfastError): Promise<void> {
    const rest = [...this.#left.values()];
    this.#left.clear();
    this.#write(rest.map((item) => ({ ...this.#again(item, true), error })));
    await this.written();
  }

  async written(): Promise<void> {
    await this.#writing;
  }

  #end(item: SyncItemRow, outcome: SnapshotOutcome): SyncOutcome {
    const { nowMs, to } = this.#request;
    if (outcome.state === 'failed') {
      const { code, message } = outcome;
      return { ...this.#again(item, false), error: { code, message } };
    }
    const note = outcome.state === 'present' ? 'It was there already.' : null;
    const sent = { repository: to.config.id, outcome: 'sent' as const };
    return { item: item.item, state: 'done', atMs: nowMs(), sentAs: outcome.copy, note, sent };
  }

  #again(item: SyncItemRow, ofThePlace: boolean): SyncOutcome {
    const { nowMs, site } = this.#request;
    const atMs = nowMs();
    return { item: item.item, atMs, ...afterFailure(item, site.definition.retry, { nowMs: atMs, ofThePlace }) };
  }

  #write(outcomes: readonly SyncOutcome[]): void {
    const { catalog, caller } = this.#request;
    this.#writing = this.#writing.then(() => catalog.write('syncItems.end', caller, { outcomes }));
  }
}

export function asProgress(
  { phase, doneSnapshots, totalSnapshots, missingBytes, figures }: CopyProgress,
  issues: number,
) {
  return {
    phase: phaseWords[phase],
    doneItems: doneSnapshots,
    totalItems: totalSnapshots,
    doneBytes: figures.sentBytes,
    totalBytes: missingBytes === null ? null : figures.sentBytes + missingBytes,
    currentItem: null,
    issues,
  };
}

const phaseWords: Readonly<{ [Phase in CopyProgress['phase']]: string }> = {
  comparing: 'Comparing',
  walking: 'Finding what is missing',
  copying: 'Sending',
  // The last packs travel then, which may be all of them.
  finishing: 'Sending',
};
