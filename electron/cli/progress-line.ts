import type { Progress } from '../../shared/contract/common.ts';
import { percentOf, type Measure } from '../../shared/model/progress.ts';
import { formatBytes, formatCount, formatDuration, formatRate } from '../../shared/model/units.ts';
import { columnsOf, plural, shorten, visible } from './display.ts';

export type ProgressView = {
  readonly progress: Progress;
  /** What the rate counts. */
  readonly measure: Measure;
  readonly perSecond: number | null;
  readonly estimateMs: number | null;
  /** Time since anything moved. */
  readonly idleMs: number;
};

const BAR_COLUMNS = 20;
const MIN_ITEM_COLUMNS = 12;
const GAP = '  ';
const IDLE_WORTH_SAYING_MS = 10_000;

/** One line that fits the columns: what matters less is left out, the current item gets the room that is left. */
export function liveLine(view: ProgressView, columns: number): string {
  const percent = percentOf(view.progress);
  const item = view.progress.currentItem === null ? null : visible(view.progress.currentItem);
  // What has the lowest rank goes first.
  const candidates: { text: string | null; rank: number }[] = [
    { text: visible(view.progress.phase), rank: 10 },
    { text: percent === null ? null : bar(percent), rank: 1 },
    { text: percent === null ? null : `${percent} %`, rank: 9 },
    { text: itemsText(view.progress, '/'), rank: 2 },
    { text: bytesText(view.progress, ' / '), rank: 5 },
    { text: rateText(view), rank: 4 },
    { text: estimateText(view), rank: 6 },
    { text: idleText(view), rank: 7 },
    { text: problemsText(view.progress), rank: 8 },
    { text: item === null ? null : shorten(item, MIN_ITEM_COLUMNS), rank: 3 },
  ];
  let parts = candidates.filter(({ text }) => text !== null);
  const joined = (): string => parts.map(({ text }) => text).join(GAP);
  while (parts.length > 1 && columnsOf(joined()) > columns) {
    const least = parts.reduce((a, b) => (b.rank < a.rank ? b : a));
    parts = parts.filter((part) => part !== least);
  }
  if (item === null || parts.at(-1) !== candidates.at(-1)) return shorten(joined(), columns);
  parts = parts.slice(0, -1);
  const facts = joined() + GAP;
  return facts + shorten(item, columns - columnsOf(facts));
}

/** The same facts as a sentence of a log. */
export function plainLine(view: ProgressView): string {
  const percent = percentOf(view.progress);
  const facts = [
    percent === null ? null : `${percent} %`,
    itemsText(view.progress, ' of '),
    bytesText(view.progress, ' of '),
    rateText(view),
    estimateText(view),
    idleText(view),
    problemsText(view.progress),
  ];
  return `${view.progress.phase}: ${facts.filter((fact) => fact !== null).join(', ')}`;
}

function bar(percent: number): string {
  const filled = Math.floor((percent / 100) * BAR_COLUMNS);
  return `[${'#'.repeat(filled)}${'.'.repeat(BAR_COLUMNS - filled)}]`;
}

function itemsText({ doneItems, totalItems }: Progress, separator: string): string | null {
  if (totalItems === null) return doneItems === 0 ? null : plural(formatCount(doneItems), 'item');
  const total = Math.max(totalItems, doneItems);
  return `${formatCount(doneItems)}${separator}${plural(formatCount(total), 'item')}`;
}

function bytesText({ doneBytes, totalBytes }: Progress, separator: string): string | null {
  if (totalBytes === null || totalBytes === 0) return doneBytes === 0 ? null : formatBytes(doneBytes);
  return `${formatBytes(doneBytes)}${separator}${formatBytes(Math.max(totalBytes, doneBytes))}`;
}

function rateText({ perSecond, measure }: ProgressView): string | null {
  if (perSecond === null || perSecond <= 0) return null;
  if (measure === 'bytes') return formatRate(perSecond);
  return perSecond < 0.5 ? null : `${formatCount(perSecond)} items/s`;
}

function estimateText({ estimateMs }: ProgressView): string | null {
  return estimateMs === null ? null : `${formatDuration(Math.ceil(estimateMs / 1000) * 1000)} left`;
}

function idleText({ idleMs }: ProgressView): string | null {
  return idleMs < IDLE_WORTH_SAYING_MS ? null : `nothing moved for ${formatDuration(idleMs)}`;
}

function problemsText({ issues }: Progress): string | null {
  return issues === 0 ? null : plural(formatCount(issues), 'problem');
}
