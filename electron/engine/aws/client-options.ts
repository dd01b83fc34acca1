/**
 * How every client of AWS's kit is made. All of them wait longer where AWS says that it is asked too much (adaptive retry), since
 * its limits are shared with everybody else in the account.
 */
import type { AwsAccess, AwsPatience } from './access.ts';

export const connectMs = 10_000;
export const usualIdleMs = 60_000;
const usualAttempts = 10;
const socketsAtOnce = 64;

/** `region`: that of the access where it is not given. */
export function clientOptions(
  { credentials, endpoint, region: own }: AwsAccess,
  { attempts = usualAttempts, idleMs = usualIdleMs }: AwsPatience = {},
  region = own,
) {
  const sockets = { maxSockets: socketsAtOnce, keepAlive: true };
  return {
    region,
    ...(credentials === undefined ? {} : { credentials }),
    ...(endpoint === null ? {} : { endpoint }),
    maxAttempts: attempts,
    retryMode: 'adaptive',
    requestHandler: {
      connectionTimeout: connectMs,
      socketTimeout: idleMs,
      httpAgent: sockets,
      httpsAgent: sockets,
    },
  } as const;
}
