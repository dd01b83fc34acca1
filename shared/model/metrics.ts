/** Figures for a program that watches many machines, and the text format of Prometheus in which it reads them. Pure. */

export type Sample = { readonly labels: Record<string, string>; readonly value: number };

/** A name of letters and underscores; a unit, where there is one, is its last word (`_seconds`, `_bytes`). */
export type Metric = { readonly name: string; readonly help: string; readonly samples: Sample[] };

export const metricsMediaType = 'text/plain; version=0.0.4; charset=utf-8';

/** All are gauges: how things are now. One without samples is left out, for nothing is known of it. */
export function metricsText(metrics: readonly Metric[]): string {
  return metrics
    .filter(({ samples }) => samples.length > 0)
    .flatMap(({ name, help, samples }) => [
      `# HELP ${name} ${escapeHelp(help)}`,
      `# TYPE ${name} gauge`,
      ...samples.map(({ labels, value }) => `${name}${labelsText(labels)} ${value}`),
    ])
    .map((line) => `${line}\n`)
    .join('');
}

function labelsText(labels: Sample['labels']): string {
  const pairs = Object.entries(labels).map(([name, value]) => `${name}="${escapeValue(value)}"`);
  return pairs.length === 0 ? '' : `{${pairs.join(',')}}`;
}

function escapeHelp(text: string): string {
  return text.replaceAll('\\', '\\\\').replaceAll('\n', '\\n');
}

function escapeValue(text: string): string {
  return escapeHelp(text).replaceAll('"', '\\"');
}
