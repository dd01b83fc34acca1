/** What GitHub refuses, as a failure that has been understood: with the right that is missing, and without any secret. */
import { HoldfastError, innermostError, type ErrorCode } from '../../../../shared/model/errors.ts';

/** A refusal of GitHub, or its silence. */
export class GitHubFailure extends HoldfastError {
  /** Null where there was no answer. */
  readonly status: number | null;
  /** As in `administration=read`; null where GitHub names none. */
  readonly permission: string | null;

  constructor(code: ErrorCode, message: string, status: number | null = null, permission: string | null = null) {
    super(code, message);
    this.status = status;
    this.permission = permission;
  }
}

/** What octokit throws where there was an answer, as far as it is read. */
export type Refused = {
  readonly status: number;
  readonly headers: Readonly<Record<string, string | undefined>>;
  /** What GitHub says, as it came. */
  readonly words: string;
  readonly isBlocked: boolean;
};

const keptWords = 300;

/** Null where octokit's error is of no answer at all. */
export function refusedIn(error: unknown): Refused | null {
  if (!(error instanceof Error) || !('response' in error) || !('status' in error)) return null;
  const { response, status } = error as { response: unknown; status: unknown };
  if (typeof status !== 'number' || typeof response !== 'object' || response === null) return null;
  const { headers, data } = response as { headers?: Record<string, string | undefined>; data?: unknown };
  return { status, headers: headers ?? {}, words: wordsIn(data), isBlocked: isBlock(data) };
}

/** `what`: such as `GET /orgs/acme/repos`. `secrets` are taken out of what is said. */
export function failureOf(error: unknown, what: string, secrets: readonly string[]): HoldfastError {
  const inner = innermostError(error);
  if (inner instanceof HoldfastError) return inner;
  const refused = refusedIn(error);
  if (refused === null) {
    return new GitHubFailure('GITHUB_UNREACHABLE', `No answer to ${what}: ${plain(reasonOf(error), secrets)}.`);
  }
  const { status, headers } = refused;
  const permission = permissionIn(headers['x-accepted-github-permissions']);
  const said = plain(refused.words, secrets);
  const needs = permission === null ? '' : ` It takes the permission ${permission}.`;
  const sso = headers['x-github-sso']?.startsWith('required') === true ? ' It asks for single sign-on.' : '';
  const text = `GitHub answered ${status} to ${what}${said === '' ? '.' : `: ${said}.`}${needs}${sso}`;
  return new GitHubFailure(codeOf(refused), text, status, permission);
}

function codeOf({ status, isBlocked }: Refused): ErrorCode {
  if (status === 401) return 'GITHUB_REFUSED';
  if (status === 451 || isBlocked) return 'GITHUB_BLOCKED';
  if (status === 403) return 'GITHUB_FORBIDDEN';
  if (status === 404 || status === 410) return 'GITHUB_NOT_FOUND';
  if (status === 429) return 'GITHUB_LIMITED';
  if (status === 400 || status === 409 || status === 422) return 'GITHUB_DECLINED';
  return status >= 500 ? 'GITHUB_UNREACHABLE' : 'GITHUB_ANSWER_INVALID';
}

/** GitHub writes alternatives with `;` and what is needed together with `,`. */
function permissionIn(header: string | undefined): string | null {
  return header !== undefined && /^[a-z_]+=[a-z]+(?:[,;] ?[a-z_]+=[a-z]+)*$/.test(header) ? header : null;
}

function isBlock(data: unknown): boolean {
  if (typeof data !== 'object' || data === null) return false;
  return 'block' in data || /access blocked/i.test(wordsIn(data));
}

function wordsIn(data: unknown): string {
  if (typeof data !== 'object' || data === null || !('message' in data)) return '';
  const errors = 'errors' in data && Array.isArray(data.errors) ? data.errors.map((error) => detailOf(error)) : [];
  return [String(data.message), ...errors].filter((words) => words !== '').join('; ');
}

function detailOf(error: unknown): string {
  if (typeof error !== 'object' || error === null) return '';
  const { message, resource, field, code } = error as Record<string, unknown>;
  if (typeof message === 'string') return message;
  return [resource, field, code].filter((part) => typeof part === 'string').join(' ');
}

function reasonOf(error: unknown): string {
  if (!(error instanceof Error)) return String(error);
  const { cause } = error;
  const code = cause instanceof Error && 'code' in cause && typeof cause.code === 'string' ? cause.code : '';
  return error.message === '' ? code || error.name : error.message;
}

/** One line of bounded length. */
function plain(text: string, secrets: readonly string[]): string {
  const without = secrets.reduce(
    (words, secret) => (secret === '' ? words : words.replaceAll(secret, '[removed]')),
    text,
  );
  const line = without.replaceAll(/[\p{Cc}\p{Cf}\s]+/gu, ' ').trim();
  return (line.length > keptWords ? `${line.slice(0, keptWords)}…` : line).replace(/[.\s]+$/, '');
}
