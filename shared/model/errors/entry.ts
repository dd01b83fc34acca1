/** What a code of failure says, and how it is written down. */
export type ErrorEntry = {
  /** What it means for the operator's data. */
  readonly meaning: string;
  /** What to do next. */
  readonly action: string;
  /** Exit code of the command line: 1 failed, 2 bad usage, 3 partial. */
  readonly exitCode: 1 | 2 | 3;
};

export const failed = (meaning: string, action: string): ErrorEntry => ({ meaning, action, exitCode: 1 });
export const misused = (meaning: string, action: string): ErrorEntry => ({ meaning, action, exitCode: 2 });
