/** The lines of a log that are shown. */
import type { JobLogLine } from '../../../shared/contract/jobs.ts';

export type LogFilter = { readonly level: 'all' | 'problems' | 'errors'; readonly text: string };

export function filteredLines(lines: readonly JobLogLine[], { level, text }: LogFilter): readonly JobLogLine[] {
  const words = text.toLowerCase().split(/\s+/).filter(Boolean);
  return lines.filter((line) => {
    if (level === 'errors' && line.level !== 'error') return false;
    if (level === 'problems' && line.level === 'info') return false;
    const haystack = `${line.message} ${line.path ?? ''} ${line.code ?? ''}`.toLowerCase();
    return words.every((word) => haystack.includes(word));
  });
}

export function countLevels(lines: readonly JobLogLine[]): { readonly warnings: number; readonly errors: number } {
  const count = (level: JobLogLine['level']) => lines.filter((line) => line.level === level).length;
  return { warnings: count('warning'), errors: count('error') };
}

/** As text, to be handed to somebody: a line each, in the order of time. */
export function logText(lines: readonly JobLogLine[]): string {
  return lines
    .map(({ at, level, code, message, path }) => [at, level, code, message, path].filter(Boolean).join(' '))
    .join('\n');
}
