/** The refusals of EC2, in its words. */
import { type AuthProblem } from '../identity/signature.ts';
import { Refusal } from '../service.ts';

export const refused = (code: string, message: string): Refusal => new Refusal(400, code, message);

export const missingParameter = (name: string): Refusal =>
  refused('MissingParameter', `The request must contain the parameter ${name}`);

export const invalidParameter = (name: string, value: string): Refusal =>
  refused('InvalidParameterValue', `Value (${value}) for parameter ${name} is invalid.`);

/** `kind` as in `InvalidVolume`. */
export const notFound = (kind: string, id: string): Refusal =>
  refused(`${kind}.NotFound`, `The ${nameOf(kind)} '${id}' does not exist.`);

export const incorrectState = (message: string): Refusal => refused('IncorrectState', message);

export const dryRun = (): Refusal =>
  new Refusal(412, 'DryRunOperation', 'Request would have succeeded, but DryRun flag is set.');

export const throttled = (): Refusal => new Refusal(503, 'RequestLimitExceeded', 'Request limit exceeded.');

const notValid = 'AWS was not able to validate the provided access credentials';
const words: Readonly<Record<AuthProblem, readonly [number, string, string]>> = {
  missing: [400, 'MissingAuthenticationToken', 'Request is missing Authentication Token'],
  malformed: [400, 'AuthFailure', notValid],
  'unknown-key': [401, 'AuthFailure', notValid],
  'bad-token': [401, 'AuthFailure', notValid],
  'expired-token': [400, 'RequestExpired', 'Request has expired.'],
  mismatch: [401, 'AuthFailure', notValid],
  skewed: [400, 'RequestExpired', 'Request has expired.'],
};

export function unproven(problem: AuthProblem): Refusal {
  return new Refusal(...words[problem]);
}

function nameOf(kind: string): string {
  return kind
    .replace(/^Invalid/, '')
    .replace(/ID$/, ' ID')
    .toLowerCase();
}
