/** Whatever went wrong on the way to an answer, in the words of an error report. */
import { ORPCError } from '@orpc/client';
import type { ErrorCode, ErrorReport } from '../../shared/model/errors.ts';

/** What a screen shows; beside the codes of the engine those of the way to it. */
export type Problem = Omit<ErrorReport, 'code'> & { readonly code: ErrorCode | ClientCode };

/** Never the engine's: it was not reached, or did not let this page in. */
export type ClientCode = 'NOT_CONNECTED' | 'NOT_SIGNED_IN' | 'NOT_ALLOWED' | 'TOO_MANY_REQUESTS' | 'NOT_UNDERSTOOD';

const own: Readonly<Record<ClientCode, Omit<Problem, 'code'>>> = {
  NOT_CONNECTED: {
    message: 'The engine does not answer.',
    meaning: 'What runs in it may well go on; this page cannot see it at the moment.',
    action: 'Wait: the connection is tried again by itself. If it stays away, check that `holdfast serve` runs.',
  },
  NOT_SIGNED_IN: {
    message: 'This browser is not signed in to the engine.',
    meaning: 'The sign-in was never made here, has expired, or the engine was started anew; nothing was changed.',
    action: 'Open the link that `holdfast serve` prints. Each link works once.',
  },
  NOT_ALLOWED: {
    message: 'The engine does not allow this to whoever is signed in here.',
    meaning: 'Nothing was changed.',
    action: 'Ask somebody with more rights, or sign in with a token that has them.',
  },
  TOO_MANY_REQUESTS: {
    message: 'The engine was asked too often in a short time.',
    meaning: 'Nothing was changed.',
    action: 'Try again in a minute.',
  },
  NOT_UNDERSTOOD: {
    message: 'The engine did not understand the question.',
    meaning: 'Page and engine may be of different versions; nothing was changed.',
    action: 'Reload the page.',
  },
};

export function clientProblem(code: ClientCode, message?: string): Problem {
  const words = own[code];
  return { code, ...words, message: message ?? words.message };
}

/** An answer that is none, as it is thrown to queries. */
export class ProblemError extends Error {
  override readonly name = 'ProblemError';
  readonly problem: Problem;

  constructor(problem: Problem, options?: { cause?: unknown }) {
    super(problem.message, options);
    this.problem = problem;
  }
}

/** The problem in anything that was thrown by a call. Nothing of it is a stack. */
export function problemOf(error: unknown): Problem {
  if (error instanceof ProblemError) return error.problem;
  if (error instanceof ORPCError) return problemOfAnswer(error as ORPCError<string, unknown>);
  // A fetch that found nobody, a stream that broke off.
  return clientProblem('NOT_CONNECTED');
}

export function isAborted(error: unknown): boolean {
  return error instanceof Error && error.name === 'AbortError';
}

function problemOfAnswer(error: ORPCError<string, unknown>): Problem {
  const report = reportIn(error.data);
  if (report !== null) return report;
  const code = codeOfStatus(error.status);
  // The words of a schema tell what to correct; other words are of the transport.
  return code === 'NOT_UNDERSTOOD' ? clientProblem(code, wrongInput(error.data)) : clientProblem(code);
}

function codeOfStatus(status: number): ClientCode {
  if (status === 401) return 'NOT_SIGNED_IN';
  if (status === 403) return 'NOT_ALLOWED';
  if (status === 429) return 'TOO_MANY_REQUESTS';
  return status >= 400 && status < 500 ? 'NOT_UNDERSTOOD' : 'NOT_CONNECTED';
}

/** A report lies in the data itself or under `report`. */
function reportIn(data: unknown): Problem | null {
  if (!isRecord(data)) return null;
  if (isRecord(data['report'])) return reportIn(data['report']);
  const { code, message, meaning, action } = data;
  const isReport = [code, message, meaning, action].every((word) => typeof word === 'string');
  // A code that this page does not know is of a newer engine; its words are as good.
  return isReport ? ({ code, message, meaning, action } as Problem) : null;
}

function wrongInput(data: unknown): string | undefined {
  if (!isRecord(data) || !Array.isArray(data['issues'])) return undefined;
  const words = data['issues'].flatMap((issue: unknown) =>
    isRecord(issue) && typeof issue['message'] === 'string' ? [issue['message']] : [],
  );
  return words.length === 0 ? undefined : `The engine cannot use this: ${words.slice(0, 3).join('; ')}.`;
}

function isRecord(value: unknown): value is Record<string, unknown> {
  return typeof value === 'object' && value !== null;
}
