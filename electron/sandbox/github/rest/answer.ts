/** What a REST call is answered with, and the refusals in GitHub's words. */
import { type Token } from '../access.ts';

export type Answer = {
  readonly status: number;
  /** JSON; undefined for none. */
  readonly body?: unknown;
  readonly headers?: Readonly<Record<string, string>>;
};

const documentation = 'https://docs.github.com/rest';

/** Thrown by a handler; becomes the answer. */
export class Refusal extends Error {
  readonly answer: Answer;

  constructor(
    status: number,
    message: string,
    more: { readonly body?: object; readonly headers?: Answer['headers'] } = {},
  ) {
    super(message);
    this.answer = {
      status,
      body: { message, ...more.body, documentation_url: documentation, status: String(status) },
      ...(more.headers && { headers: more.headers }),
    };
  }
}

export const ok = (body: unknown, headers?: Answer['headers']): Answer => ({
  status: 200,
  body,
  ...(headers && { headers }),
});
export const created = (body: unknown): Answer => ({ status: 201, body });
export const noContent: Answer = { status: 204 };

export const badCredentials = (): Refusal => new Refusal(401, 'Bad credentials');
export const needsAuthentication = (): Refusal => new Refusal(401, 'Requires authentication');
export const notFound = (): Refusal => new Refusal(404, 'Not Found');

/** `field` and `code` as in GitHub's validation errors, such as `already_exists`. */
export function invalid(resource: string, field: string, code: string, message = 'Validation Failed'): Refusal {
  return new Refusal(422, message, { body: { errors: [{ resource, field, code }] } });
}

export function notAccessible(token: Token, needed: string): Refusal {
  const by = token.kind === 'installation' || token.kind === 'app' ? 'integration' : 'personal access token';
  return new Refusal(403, `Resource not accessible by ${by}`, { headers: { 'x-accepted-github-permissions': needed } });
}
