import {
  errorCatalog,
  HoldfastError,
  innermostError,
  toHoldfastError,
  type ErrorCode,
  type ErrorReport,
} from '../../shared/model/errors.ts';
import type { Output } from './output.ts';

/** 0 done, 1 failed, 2 bad usage, 3 partial. */
export type ExitCode = 0 | 1 | 2 | 3;

export type Failure = { readonly report: ErrorReport; readonly exitCode: ExitCode };

/** A sentence about arguments that cannot be meant. */
export function badUsage(message: string): HoldfastError {
  return new HoldfastError('BAD_USAGE', message);
}

/** The report and the exit code of anything that was thrown, whichever door it came through. */
export function understand(error: unknown): Failure {
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

/** Options by the name their value has in the contract. */
const argumentNames: Readonly<Record<string, string>> = {
  repository: '--repository',
  paths: '<path>',
  source: '--source',
  excludes: '--exclude',
  excludeLargerThanBytes: '--exclude-larger-than',
  tags: '--tag',
  selections: '<snapshot>',
  pattern: '<pattern>',
  path: '<path>',
  before: '<before>',
  after: '<after>',
  limit: '--limit',
  snapshot: '<snapshot>',
  target: '--to',
  overwrite: '--overwrite',
  readDataPercent: '--read-data-subset',
  key: '<key>',
  newPassword: 'the new password',
};

/** Input that the contract refuses: oRPC's BAD_REQUEST with the schema's issues, or the schema's own error. */
function inputSentence(error: unknown): string | null {
  if (!(error instanceof Error)) return null;
  const fromDoor = property(error, 'code') === 'BAD_REQUEST' ? property(property(error, 'data'), 'issues') : undefined;
  const fromSchema = /^\$?ZodError$/.test(error.name) ? property(error, 'issues') : undefined;
  const issues = fromDoor ?? fromSchema;
  if (!Array.isArray(issues)) return null;
  const path = property(issues[0], 'path');
  const field: unknown = Array.isArray(path) ? path[0] : undefined;
  const name = typeof field === 'string' ? (argumentNames[field] ?? field) : 'the arguments';
  const reason = property(issues[0], 'message');
  return `Not usable for ${name}: ${typeof reason === 'string' ? reason : 'not as the command expects it'}.`;
}

function property(value: unknown, name: string): unknown {
  if (typeof value !== 'object' || value === null) return undefined;
  return (value as Readonly<Record<string, unknown>>)[name];
}

function isErrorCode(value: unknown): value is ErrorCode {
  return typeof value === 'string' && Object.hasOwn(errorCatalog, value);
}
