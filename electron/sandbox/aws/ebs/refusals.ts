/** The refusals of the EBS direct APIs. */
import { type AuthProblem } from '../identity/signature.ts';
import { Refusal } from '../service.ts';

export function invalid(reason: string, message: string): Refusal {
  return new Refusal(400, 'ValidationException', message, { fields: { Reason: reason } });
}

export const noSuchSnapshot = (id: string): Refusal =>
  new Refusal(404, 'ResourceNotFoundException', `The snapshot '${id}' does not exist.`, {
    fields: { Reason: 'SNAPSHOT_NOT_FOUND' },
  });

export const throttled = (): Refusal =>
  new Refusal(400, 'RequestThrottledException', 'The number of API requests has exceeded the maximum allowed.', {
    fields: { Reason: 'ACCOUNT_THROTTLED' },
  });

const words: Readonly<Record<AuthProblem, readonly [number, string, string]>> = {
  missing: [403, 'MissingAuthenticationTokenException', 'Missing Authentication Token'],
  malformed: [403, 'IncompleteSignatureException', 'The authorization header is malformed'],
  'unknown-key': [403, 'UnrecognizedClientException', 'The security token included in the request is invalid.'],
  'bad-token': [403, 'UnrecognizedClientException', 'The security token included in the request is invalid.'],
  'expired-token': [403, 'ExpiredTokenException', 'The security token included in the request is expired'],
  mismatch: [
    403,
    'InvalidSignatureException',
    'The request signature we calculated does not match the signature you provided.',
  ],
  skewed: [403, 'InvalidSignatureException', 'Signature expired: the request is too far from the present.'],
};

export function unproven(problem: AuthProblem): Refusal {
  return new Refusal(...words[problem]);
}
