/** Lets a thread ask for credentials, which the main thread gets and renews. */
import type { MessagePort } from 'node:worker_threads';
import type { AwsCredentialIdentity, AwsCredentialIdentityProvider } from '@aws-sdk/types';
import { toHoldfastError } from '../../../shared/model/errors.ts';

type CredentialsReply =
  | { readonly identity: AwsCredentialIdentity }
  | { readonly identity: null; readonly message: string };

/** The main thread's end. */
export function serveCredentials(port: MessagePort, credentials: AwsCredentialIdentityProvider): void {
  port.on('message', () => {
    credentials().then(
      ({ accessKeyId, secretAccessKey, sessionToken, expiration }) => {
        const more = {
          ...(sessionToken !== undefined && { sessionToken }),
          ...(expiration !== undefined && { expiration }),
        };
        port.postMessage({ identity: { accessKeyId, secretAccessKey, ...more } } satisfies CredentialsReply);
      },
      (error: unknown) => {
        const { message } = toHoldfastError(error);
        port.postMessage({ identity: null, message } satisfies CredentialsReply);
      },
    );
  });
}

/** The thread's end. Answers come in the order of the requests, or in any: all are good. */
export function credentialsOver(port: MessagePort): AwsCredentialIdentityProvider {
  const waiting: PromiseWithResolvers<AwsCredentialIdentity>[] = [];
  port.on('message', (reply: CredentialsReply) => {
    const waiter = waiting.shift();
    if (reply.identity !== null) waiter?.resolve(reply.identity);
    else waiter?.reject(Object.assign(new Error(reply.message), { name: 'CredentialsProviderError' }));
  });
  return () => {
    const answer = Promise.withResolvers<AwsCredentialIdentity>();
    waiting.push(answer);
    port.postMessage(null);
    return answer.promise;
  };
}
