/** Which notices are new, and which have been dismissed. */
import type { Notice } from '../../shared/contract/live.ts';

/** Those that were not there before; none the first time, when all would be. Oldest first. */
export function freshNotices(notices: readonly Notice[], seen: ReadonlySet<string> | null): readonly Notice[] {
  if (seen === null) return [];
  return notices.filter(({ id }) => !seen.has(id)).sort((a, b) => a.at.localeCompare(b.at));
}

/** Ids as they were written; nothing where the text is something else. */
export function dismissedFrom(text: string | null): ReadonlySet<string> {
  try {
    const value: unknown = JSON.parse(text ?? '[]');
    return new Set(Array.isArray(value) ? value.filter((id) => typeof id === 'string') : []);
  } catch {
    return new Set();
  }
}
