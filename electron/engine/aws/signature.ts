/** AWS's Signature Version 4 of requests without a body, where the kit's own machinery costs more than what is asked for. */
import { createHmac, createSecretKey, hash, type KeyObject } from 'node:crypto';
import type { AwsCredentialIdentity } from '@aws-sdk/types';

export type SigningScope = { readonly region: string; readonly service: string };

export type UnsignedRequest = {
  readonly method: string;
  /** Encoded, as it is sent. */
  readonly path: string;
  /** Encoded, sorted by name. */
  readonly query: string;
  /** By names in small letters; all of them are signed. */
  readonly headers: Readonly<Record<string, string>>;
};

/** Keys for a day are derived once. */
export class RequestSigner {
  readonly #scope: SigningScope;
  #derived: { readonly from: string; readonly key: KeyObject } | null = null;

  constructor(scope: SigningScope) {
    this.#scope = scope;
  }

  /** The headers with those that sign them. Source: AWS General Reference, "Create a signed AWS API request". */
  sign(
    { method, path, query, headers }: UnsignedRequest,
    { accessKeyId, secretAccessKey, sessionToken }: AwsCredentialIdentity,
    nowMs: number,
  ): Record<string, string> {
    const time = new Date(nowMs).toISOString().replaceAll(/[-:]|\.\d+/g, '');
    const signed: Record<string, string> = {
      ...headers,
      'x-amz-content-sha256': emptyHash,
      'x-amz-date': time,
      ...(sessionToken !== undefined && { 'x-amz-security-token': sessionToken }),
    };
    const names = Object.keys(signed).toSorted();
    const lines = names.map((name) => `${name}:${signed[name]?.trim().replaceAll(/ +/g, ' ')}\n`).join('');
    const canonical = [method, path, query, lines, names.join(';'), emptyHash].join('\n');
    const day = time.slice(0, 8);
    const scope = `${day}/${this.#scope.region}/${this.#scope.service}/aws4_request`;
    const text = ['AWS4-HMAC-SHA256', time, scope, hash('sha256', canonical, 'hex')].join('\n');
    const signature = createHmac('sha256', this.#key(secretAccessKey, day)).update(text).digest('hex');
    const authorization = `AWS4-HMAC-SHA256 Credential=${accessKeyId}/${scope}, SignedHeaders=${names.join(';')}, Signature=${signature}`;
    return { ...signed, authorization };
  }

  /** As an object of Node.js: to take up a key that is bytes costs six times what signing does (measured). */
  #key(secret: string, day: string): KeyObject {
    const from = `${day} ${secret}`;
    if (this.#derived?.from !== from) {
      const { region, service } = this.#scope;
      const key = [day, region, service, 'aws4_request'].reduce(
        (above, step) => createHmac('sha256', above).update(step).digest(),
        Buffer.from(`AWS4${secret}`),
      );
      this.#derived = { from, key: createSecretKey(key) };
    }
    return this.#derived.key;
  }
}

/** Of nothing. */
const emptyHash = hash('sha256', '', 'hex');
