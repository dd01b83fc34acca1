/** Which sources were kept as they have to be, and are no longer: what was never so is told on the screen, not by alerts. Pure. */
import type { Condition } from './alerts.ts';
import type { FindingRule } from './compliance.ts';

/** By the name of the source: rules that were met once, and those of them that are missed now, in words. */
export type ComplianceMarks = Readonly<
  Record<
    string,
    {
      readonly met: readonly FindingRule[];
      readonly lost: readonly { readonly rule: FindingRule; readonly words: string }[];
    }
  >
>;

export type ComplianceLook = {
  readonly source: string;
  readonly met: readonly FindingRule[];
  readonly missed: readonly FindingRule[];
  readonly words: Readonly<Record<string, string>>;
};

/** Sources that are gone are forgotten. */
export function afterLook(before: ComplianceMarks, looks: readonly ComplianceLook[]): ComplianceMarks {
  return Object.fromEntries(
    looks.map(({ source, met, missed, words }) => {
      const known = Object.hasOwn(before, source) ? (before[source]?.met ?? []) : [];
      const ever = [...new Set([...known, ...met])];
      const lost = missed.filter((rule) => ever.includes(rule)).map((rule) => ({ rule, words: words[rule] ?? '' }));
      return [source, { met: ever, lost }];
    }),
  );
}

/** What is rehearsed has alerts of its own, and so have runs that failed or are late: their gaps stay for weeks. */
export function conditionsOfCompliance(marks: ComplianceMarks): Condition[] {
  return Object.entries(marks).flatMap(([source, { lost }]) => {
    const told = lost.filter(({ rule }) => rule !== 'drilled' && rule !== 'retention');
    const [first] = told;
    if (first === undefined) return [];
    return [
      {
        rule: 'compliance-lost' as const,
        kind: 'source' as const,
        subject: source,
        occasion: told.map(({ rule }) => rule).join(' '),
        level: 'warning' as const,
        title: `${source} is not kept any more as it has to be`,
        detail: told.map(({ words }) => words).join(' '),
        todo: `See what is missing: holdfast compliance --source "${source}".`,
      },
    ];
  });
}
