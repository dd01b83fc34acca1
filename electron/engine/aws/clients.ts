/**
 * The clients of one account: made when they are first asked for, one for each service and region. All of them wait longer
 * where AWS says that it is asked too much (adaptive retry), since its limits are shared with everybody else in the account.
 */
import { EBSClient } from '@aws-sdk/client-ebs';
import { EC2Client } from '@aws-sdk/client-ec2';
import { S3Client } from '@aws-sdk/client-s3';
import { STSClient } from '@aws-sdk/client-sts';
import type { AwsAccess, AwsPatience } from './access.ts';
import { retryPersistently } from './persistent-retry.ts';

const usualAttempts = 10;
const usualIdleMs = 60_000;
const connectMs = 10_000;
const socketsAtOnce = 64;

export class AwsClients implements Disposable {
  readonly #access: AwsAccess;
  readonly #patience: Required<AwsPatience>;
  readonly #made = new Map<string, { destroy(): void }>();

  constructor(access: AwsAccess, { attempts = usualAttempts, idleMs = usualIdleMs }: AwsPatience = {}) {
    this.#access = access;
    this.#patience = { attempts, idleMs };
  }

  /** Of the access itself. */
  get region(): string {
    return this.#access.region;
  }

  get endpoint(): string | null {
    return this.#access.endpoint;
  }

  /** `region`: that of the access where it is not given. */
  ec2(region = this.region): EC2Client {
    return this.#client('ec2', region, (options) => new EC2Client(options));
  }

  ebs(region = this.region): EBSClient {
    return this.#client('ebs', region, (options) => new EBSClient(options));
  }

  sts(region = this.region): STSClient {
    return this.#client('sts', region, (options) => new STSClient(options));
  }

  s3(region = this.region): S3Client {
    const isElsewhere = this.#access.endpoint !== null;
    return this.#client(
      's3',
      region,
      (options) =>
        new S3Client({
          ...options,
          // Stores that only speak like S3 may know neither checksums nor buckets as names of hosts.
          ...(isElsewhere
            ? {
                forcePathStyle: true,
                requestChecksumCalculation: 'WHEN_REQUIRED',
                responseChecksumValidation: 'WHEN_REQUIRED',
              }
            : { followRegionRedirects: true }),
        }),
    );
  }

  [Symbol.dispose](): void {
    for (const client of this.#made.values()) client.destroy();
    this.#made.clear();
  }

  #client<Client extends Retried>(service: string, region: string, make: (options: ClientOptions) => Client): Client {
    const key = `${service} ${region}`;
    const known = this.#made.get(key) as Client | undefined;
    if (known !== undefined) return known;
    const client = make(optionsOf(this.#access, this.#patience, region));
    retryPersistently(client.config, this.#patience.attempts);
    this.#made.set(key, client);
    return client;
  }
}

type Retried = { destroy(): void; readonly config: Parameters<typeof retryPersistently>[0] };
type ClientOptions = ReturnType<typeof optionsOf>;

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
