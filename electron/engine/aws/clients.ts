/** The clients of one account: made when they are first asked for, one for each service and region. */
import { EBSClient } from '@aws-sdk/client-ebs';
import { EC2Client } from '@aws-sdk/client-ec2';
import type { S3Client } from '@aws-sdk/client-s3';
import { STSClient } from '@aws-sdk/client-sts';
import type { AwsAccess, AwsPatience } from './access.ts';
import { clientOptions } from './client-options.ts';
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
    return this.#client('ec2', region, () => new EC2Client(this.#options(region)));
  }

  ebs(region = this.region): EBSClient {
    return this.#client('ebs', region, () => new EBSClient(this.#options(region)));
  }

  sts(region = this.region): STSClient {
    return this.#client('sts', region, () => new STSClient(this.#options(region)));
  }

  s3(region = this.region): S3Client {
    return this.#client('s3', region, () => s3Client(this.#access, this.#patience, region));
  }

  [Symbol.dispose](): void {
    for (const client of this.#made.values()) client.destroy();
    this.#made.clear();
  }

  #options(region: string) {
    return clientOptions(this.#access, this.#patience, region);
  }

  #client<Client extends { destroy(): void }>(service: string, region: string, make: () => Client): Client {
    const key = `${service} ${region}`;
    const known = this.#made.get(key) as Client | undefined;
    if (known !== undefined) return known;
    const client = make();
    this.#made.set(key, client);
    return client;
  }
}
