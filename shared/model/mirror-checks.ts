/** What is noted of a mirror when it was looked through: `verified.json` beside it, on this machine and in snapshots. */

export const checkWays = ['full', 'connectivity', 'received'] as const;

export type CheckNote = {
  /** ISO-8601 UTC. */
  readonly at: string;
  /**
   * `full`: every object was read and held against its name. `received`: so it was as it came with the first copy.
   * `connectivity`: whether all that refs lead to is there; noted only where it is not.
   */
  readonly how: (typeof checkWays)[number];
  /** What is damaged, in words; empty: it is sound. */
  readonly problems: readonly string[];
};

/** What a run has looked through as a whole. */
export type CheckedMirror = CheckNote & {
  /** In the snapshot, such as `/acme/api.git`. */
  readonly path: string;
  /** Damaged, and sound again: it was made anew. */
  readonly repaired: boolean;
};

/** How old the last full check of a mirror may get. */
export const verifyEveryDays = { least: 1, most: 365, usual: 7 } as const;

const mostProblems = 20;
const longestProblem = 1_000;

/** Null for anything else: a snapshot may hold any file under that name. */
export function parseCheckNote(text: string): CheckNote | null {
  try {
    const { version, at, how, problems } = JSON.parse(text) as Record<string, unknown>;
    const way = checkWays.find((one) => one === how);
    if (version !== 1 || typeof at !== 'string' || !isTime(at) || way === undefined || !Array.isArray(problems))
      return null;
    const words = problems.filter((problem) => typeof problem === 'string').slice(0, mostProblems);
    return { at, how: way, problems: words.map((problem) => problem.slice(0, longestProblem)) };
  } catch {
    return null;
  }
}

export function encodeCheckNote({ at, how, problems }: CheckNote): string {
  return `${JSON.stringify({ version: 1, at, how, problems })}\n`;
}

function isTime(text: string): boolean {
  return /^\d{4}-\d\d-\d\dT\d\d:\d\d:\d\d(?:\.\d+)?Z$/.test(text) && !Number.isNaN(Date.parse(text));
}
