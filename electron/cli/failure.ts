import {
  errorCatalog,
  HoldfastError,
  innermostError,
  toHoldfastError,
  type ErrorCode,
  type ErrorReport,
} from '../../shared/model/errors.ts';
import { inputSentence, property } from './input-sentence.ts';
import type { Output } from './output.ts';

/** 0 done, 1 failed, 2 bad usage, 3 partial. */
export type ExitCode = 0 | 1 | 2 | 3;

export type Failure = { readonly report: ErrorReport; readonly exitCode: ExitCode };

/** A sentence about arguments that cannot be meant. */
export function badUsage(message: string): HoldfastError {
  return new HoldfastError('BAD_USAGE', message);
}

/**
 * The report and the exit code of anything that was thrown, whichever door it came through. `command` is the one whose
 * help says how it is used.
 */
export function understand(error: unknown, command = 'holdfast'): Failure {
  const { report, exitCode } = understandAnywhere(error);
  if (report.code !== 'BAD_USAGE') return { report, exitCode };
  return { report: { ...report, action: `See \`${command} --help\`.` }, exitCode };
}

function understandAnywhere(error: unknown): Failure {
  const travelled = reportFromDoor(error);
  if (travelled !== null) return failure(travelled);
  const sentence = inputSentence(error);
  const { code, message } = sentence === null ? toHoldfastError(innermostError(error)) : badUsage(sentence);
  const { meaning, action } = errorCatalog[code];
  return failure({ code, message, meaning, action });
}

/** Says what happened, what it means and what to do; with `json` also as the document `{"error": …}`. */
export async function printFailure(output: Output, { report }: Failure): Promise<void> {
  output.say(`Error ${report.code}: ${report.message}`);
  output.say(report.meaning);
  output.say(report.action);
  if (!output.documentStarted) await output.document({ error: report });
}

function failure(report: ErrorReport): Failure {
  return { report, exitCode: errorCatalog[report.code].exitCode };
}

/** A door sends failures as errors whose `data.report` is the report. */
function reportFromDoor(error: unknown): ErrorReport | null {
  const report = property(property(error, 'data'), 'report');
  const [code, message, meaning, action] = ['code', 'message', 'meaning', 'action'].map((name) =>
    property(report, name),
  );
  if (!isErrorCode(code) || typeof message !== 'string') return null;
  if (typeof meaning !== 'string' || typeof action !== 'string') return null;
  return { code, message, meaning, action };
}

function isErrorCode(value: unknown): value is ErrorCode {
  return typeof value === 'string' && Object.hasOwn(errorCatalog, value);
}
