/** Numbers as they are printed: never better than they are. */
import type { PlaceName, Series } from '../results.ts';
import { isWhole, spreadOf, type Spread } from './summary.ts';

export const placeTitles: Readonly<Record<PlaceName, string>> = { ram: 'In memory', disk: 'On disk' };
export const failedWord = 'failed';

/** As in `1.59`: rounded down, so that 1.599 does not pass for 1.6. */
export function ratioText(ratio: number | null): string {
  return ratio === null ? '–' : (Math.floor(ratio * 100) / 100).toFixed(2);
}

/** As in `1.031`: rounded up. */
export function sizeRatioText(ratio: number | null): string {
  return ratio === null ? '–' : (Math.ceil(ratio * 1000) / 1000).toFixed(3);
}

export function verdict(isMet: boolean | null): string {
  if (isMet === null) return 'not measured';
  return isMet ? 'met' : '**not met**';
}

/** As in `5.02 (4.98–5.11)`. */
export function wallText(series: Series): string {
  return seriesText(
    series,
    (sample) => sample.wallSeconds,
    ({ median, least, most }) => `${median.toFixed(2)} (${least.toFixed(2)}–${most.toFixed(2)})`,
  );
}

export function cpuText(series: Series): string {
  return seriesText(
    series,
    (sample) => sample.cpuSeconds,
    ({ median }) => median.toFixed(2),
  );
}

/** The highest of all rounds. */
export function peakText(series: Series): string {
  return seriesText(
    series,
    (sample) => sample.peakBytes,
    ({ most }) => megabytes(most),
  );
}

export function megabytes(bytes: number | null | undefined): string {
  return bytes === null || bytes === undefined ? '–' : String(Math.ceil(bytes / 1e6));
}

function seriesText(
  series: Series,
  value: (sample: Series['samples'][number]) => number,
  say: (spread: Spread) => string,
): string {
  if (series.failures.length > 0) return failedWord;
  const spread = isWhole(series) ? spreadOf(series.samples.map(value)) : null;
  return spread === null ? '–' : say(spread);
}
