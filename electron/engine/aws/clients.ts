/** The clients of one account: made when they are first asked for, one for each service and region. */
import { EBSClient } from '@aws-sdk/client-ebs';
import { EC2Client } from '@aws-sdk/client-ec2';
import type { S3Client } from '@aws-sdk/client-s3';
import type { KMSClient } from '@aws-sdk/client-kms';
import type { ServiceQuotasClient } from '@aws-sdk/client-service-quotas';
import type { SSMClient } from '@aws-sdk/client-ssm';
import { STSClient } from '@aws-sdk/client-sts';
import type { AwsAccess, AwsPatience } from './access.ts';
import { makeClient } from './make-client.ts';
import { s3Client } from './s3-client.ts';

export class AwsClients implements Disposable {
  readonly #access: AwsAccess;
  readonly #patience: AwsPatience;
  readonly #made = new Map<string, { destroy(): void }>();

  constructor(access: AwsAccess, patience: AwsPatience = {}) {
    this.#access = access;
    this.#patience = patience;
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
    return this.#client('ec2', region, (...where) => makeClient((options) => new EC2Client(options), ...where));
  }

  ebs(region = this.region): EBSClient {
    return this.#client('ebs', region, (...where) => makeClient((options) => new EBSClient(options), ...where));
  }

  sts(region = this.region): STSClient {
    return this.#client('sts', region, (...where) => makeClient((options) => new STSClient(options), ...where));
  }

  /** Loaded when it is asked for: few ask. */
  async kms(region = this.region): Promise<KMSClient> {
    const { KMSClient: Client } = await import('@aws-sdk/client-kms');
    return this.#client('kms', region, (...where) => makeClient((options) => new Client(options), ...where));
  }

  /** Loaded when it is asked for. */
  async quotas(region = this.region): Promise<ServiceQuotasClient> {
    const { ServiceQuotasClient: Client } = await import('@aws-sdk/client-service-quotas');
    return this.#client('servicequotas', region, (...where) => makeClient((options) => new Client(options), ...where));
  }

  /** Loaded when it is asked for. */
  async ssm(region = this.region): Promise<SSMClient> {
    const { SSMClient: Client } = await import('@aws-sdk/client-ssm');
    return this.#client('ssm', region, (...where) => makeClient((options) => new Client(options), ...where));
  }

  s3(region = this.region): S3Client {
    return this.#client('s3', region, s3Client);
  }

  [Symbol.dispose](): void {
    for (const client of this.#made.values()) client.destroy();
    this.#made.clear();
  }

  #client<Client extends { destroy(): void }>(
    service: string,
    region: string,
    make: (access: AwsAccess, patience: AwsPatience, region: string) => Client,
  ): Client {
    const key = `${service} ${region}`;
    const known = this.#made.get(key) as Client | undefined;
    if (known !== undefined) return known;
    const client = make(this.#access, this.#patience, region);
    this.#made.set(key, client);
    return client;
  }
}
