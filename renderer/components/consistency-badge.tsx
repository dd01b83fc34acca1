/** Whether a source held still while it was read: a word, and why where it did not. */
import type { Consistency } from '../../shared/model/hooks.ts';
import { Tag } from './page.tsx';
import { StatusBadge } from './status-badge.tsx';
import { visibleText } from './visible-text.ts';

export type Held = { readonly consistency: Consistency | null; readonly consistencyProblem: string | null };

/** Nothing where nothing was asked to hold still. */
export function ConsistencyBadge({ consistency, consistencyProblem }: Held) {
  const why = consistencyProblem === null ? {} : { title: visibleText(consistencyProblem) };
  if (consistency === 'crash') {
    return (
      <StatusBadge tone="part" {...why}>
        crash-consistent
      </StatusBadge>
    );
  }
  if (consistencyProblem !== null) {
    return (
      <StatusBadge tone="part" {...why}>
        hook failed
      </StatusBadge>
    );
  }
  return consistency === null ? null : <Tag>application-consistent</Tag>;
}
