/**
 * How every client of AWS's kit is made. All of them wait longer where AWS says that it is asked too much (adaptive retry), since
 * its limits are shared with everybody else in the account.
 */
import type { AwsAccess, AwsPatience } from './access.ts';
import { retryPersistently } from './persistent-retry.ts';

export const connectMs = 10_000;
export const usualIdleMs = 60_000;
const usualAttempts = 10;
const socketsAtOnce = 64;

type Retried = { readonly config: Parameters<typeof retryPersistently>[0] };
type ClientOptions = ReturnType<typeof optionsOf>;

/** `region`: that of the access where it is not given. */
export function makeClient<Client extends Retried>(
  make: (options: ClientOptions) => Client,
  access: AwsAccess,
  { attempts = usualAttempts, idleMs = usualIdleMs }: AwsPatience = {},
  region = access.region,
): Client {
  const client = make(optionsOf(access, { attempts, idleMs }, region));
  retryPersistently(client.config, attempts);
  return client;
}

function optionsOf({ credentials, endpoint }: AwsAccess, { attempts, idleMs }: Required<AwsPatience>, region: string) {
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
