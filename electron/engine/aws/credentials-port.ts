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
    void reply(port, credentials);
  });
}

async function reply(port: MessagePort, credentials: AwsCredentialIdentityProvider): Promise<void> {
  port.postMessage(await answerOf(credentials));
}

async function answerOf(credentials: AwsCredentialIdentityProvider): Promise<CredentialsReply> {
  try {
    const { accessKeyId, secretAccessKey, sessionToken, expiration } = await credentials();
    const more = {
      ...(sessionToken !== undefined && { sessionToken }),
      ...(expiration !== undefined && { expiration }),
    };
    return { identity: { accessKeyId, secretAccessKey, ...more } };
  } catch (error) {
    return { identity: null, message: toHoldfastError(error).message };
  }
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
