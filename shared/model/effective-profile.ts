/** Which profile counts for a source, and where that comes from. */
import type { AssignmentScope } from './profile.ts';

export type ProfileAssignment = {
  readonly scope: AssignmentScope;
  /** Name of a source, a tag, or '' for the tenant. */
  readonly subject: string;
  /** Id of the profile. */
  readonly profile: string;
};

/**
 * Its own before one of its tags before that of the tenant; of several tags the one that comes first in the alphabet.
 * Null where nothing was given to it.
 */
export function effectiveProfile<Assignment extends ProfileAssignment>(
  source: { readonly name: string; readonly tags: readonly string[] },
  assignments: readonly Assignment[],
): Assignment | null {
  const given = (scope: AssignmentScope, subject: string): Assignment | undefined =>
    assignments.find((one) => one.scope === scope && one.subject === subject);
  return (
    given('source', source.name) ??
    source.tags
      .toSorted(byCodeUnits)
      .map((tag) => given('tag', tag))
      .find((one) => one !== undefined) ??
    given('tenant', '') ??
    null
  );
}

/** The same on every machine, whatever its language. */
function byCodeUnits(one: string, other: string): number {
  return one < other ? -1 : one > other ? 1 : 0;
}
