/** Which sources run next by themselves. */
import type { SourceState } from '../../../shared/contract/live.ts';

/** `at` is ISO-8601 UTC; `periods` are those that are due together. */
export type Due = { readonly key: string; readonly at: string; readonly periods: readonly string[] };

/** The soonest first. What is paused is not among them. */
export function nextDue(sources: readonly SourceState[]): readonly Due[] {
  return sources
    .flatMap(({ key, next, pause }) => (next === null || pause !== null ? [] : [{ key, ...next }]))
    .sort((a, b) => Date.parse(a.at) - Date.parse(b.at) || a.key.localeCompare(b.key));
}
