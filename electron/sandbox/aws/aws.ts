/**
 * An AWS of one's own on loopback, for tests and the demo: S3, EC2, EBS direct, STS, and as much of KMS and Service
 * Quotas as is asked of them, as their own clients see them, with
 * signatures that are checked, rights that are kept to, time that can be moved, and whatever goes wrong there on demand.
 */
import { once } from 'node:events';
import { createServer } from 'node:http';
import { type AddressInfo } from 'node:net';
import { SandboxClock } from './clock.ts';
import { Contents } from './contents.ts';
import { ec2Place, type Ec2Place } from './place.ts';
import { EbsService } from './ebs/service.ts';
import { Ec2Service } from './ec2/service.ts';
import { Ec2World, type Ec2Behaviour } from './ec2/world.ts';
import { Throttle, type ThrottleOptions } from './throttle.ts';
import { FrontDoor } from './door.ts';
import { Faults, type FaultAnswer, type FaultMatch, type FaultOptions } from './faults.ts';
import { Identities, type Keys } from './identity/identities.ts';
import { Kms, kmsService } from './kms.ts';
import { type Request, type RoleOptions, type SandboxAwsOptions, type UserOptions } from './options.ts';
import { Quotas, quotaService } from './quotas.ts';
import { type ArchiveTier } from './s3/bucket.ts';
import { S3Service } from './s3/service.ts';
import { S3World, type S3Behaviour } from './s3/world.ts';
import { Ssm, ssmService } from './ssm.ts';
import { StsService } from './sts/service.ts';

export type SandboxAws = AsyncDisposable & {
  /** `http://127.0.0.1:PORT`, of every service; which one is meant stands in the signature. */
  readonly endpoint: string;
  /** The same for buckets in the name of the host: `http://s3.localhost:PORT`. */
  readonly hostEndpoint: string;
  /** What was asked, oldest first; only the newest of very many. */
  readonly log: readonly Request[];
  readonly clock: SandboxClock;
  readonly kms: Kms;
  readonly quotas: Quotas;
  readonly ssm: Ssm;
  /** In an account of twelve digits; may do everything by default. */
  addUser(account: string, name: string, options?: UserOptions): Keys;
  /** Its ARN. */
  addRole(account: string, name: string, options?: RoleOptions): string;
  /** From now on it is no key any more. */
  revoke(accessKeyId: string): void;
  /** How far the clocks of AWS are ahead of those who ask. */
  skew(ms: number): void;
  /** Answers what matches like this, from now on; the newest fault goes first. Dispose of it to end it. */
  fault(match: FaultMatch, answer: FaultAnswer, options?: FaultOptions): Disposable;
  behaveS3(behaviour: Partial<S3Behaviour>): void;
  /** Intelligent-Tiering has put away what a key is now. */
  archiveObject(bucket: string, key: string, tier: ArchiveTier): void;
  readonly ec2: Ec2Place;
  behaveEc2(behaviour: Partial<Ec2Behaviour>): void;
  /** How many calls EC2 takes; as documented by default. */
  throttle(options: ThrottleOptions): void;
  /** How many calls a bucket takes (`SlowDown`); as many as come by default. */
  throttleS3(options: ThrottleOptions): void;
};

const longestRequestMs = 3_600_000;

/** Throws when loopback cannot be listened on. */
export async function startSandboxAws(options: SandboxAwsOptions = {}): Promise<SandboxAws> {
  const server = createServer({ requestTimeout: longestRequestMs });
  server.listen(0, '127.0.0.1');
  await once(server, 'listening');
  const { port } = server.address() as AddressInfo;
  const clock = new SandboxClock();
  const contents = new Contents(options.folder ?? null);
  const kms = new Kms();
  const quotas = new Quotas();
  const ssm = new Ssm();
  const identities = new Identities(clock);
  const faults = new Faults(options.seed ?? 1);
  const s3 = new S3World(clock, contents, kms);
  const ec2 = new Ec2World(clock, { contents, kms, quotas }, options.regions ?? ['eu-central-1', 'us-east-1']);
  const throttle = new Throttle(clock, 'ec2');
  const s3Throttle = new Throttle(clock, 's3');
  const log: Request[] = [];
  const over = new AbortController();
  let skewMs = 0;
  const door = new FrontDoor({
    services: [
      new S3Service(s3, s3Throttle),
      new Ec2Service(ec2, throttle),
      new EbsService(ec2),
      new StsService(identities),
      kmsService(kms),
      quotaService(quotas),
      ssmService(ssm),
    ],
    identities,
    faults,
    clock,
    log,
    skewMs: () => skewMs,
    signal: over.signal,
  });
  const running = new Set<Promise<void>>();
  server.on('request', (request, response) => {
    const served = door.serve(request, response).catch(() => {
      if (response.headersSent || over.signal.aborted) response.destroy();
      else response.writeHead(500).end();
    });
    running.add(served);
    void served.finally(() => running.delete(served));
  });
  return {
    endpoint: `http://127.0.0.1:${port}`,
    hostEndpoint: `http://s3.localhost:${port}`,
    log,
    clock,
    kms,
    quotas,
    ssm,
    addUser: (account, name, user = {}) => identities.addUser(account, name, user),
    addRole: (account, name, role = {}) => identities.addRole(account, name, role),
    revoke: (accessKeyId) => identities.revoke(accessKeyId),
    skew: (ms) => void (skewMs = ms),
    fault: (match, answer, more = {}) => faults.add(match, answer, more),
    behaveS3: (behaviour) => void (s3.behaviour = { ...s3.behaviour, ...behaviour }),
    archiveObject: (bucket, key, tier) => s3.archive(bucket, key, tier),
    ec2: ec2Place(ec2),
    behaveEc2: (behaviour) => void (ec2.behaviour = { ...ec2.behaviour, ...behaviour }),
    throttle: (rule) => throttle.set(rule),
    throttleS3: (rule) => s3Throttle.set(rule),
    [Symbol.asyncDispose]: async () => {
      over.abort();
      server.closeAllConnections();
      await new Promise((resolve) => server.close(resolve));
      await Promise.allSettled(running);
    },
  };
}
