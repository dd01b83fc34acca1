/**
 * What an instance is, beside the bits on its volumes: all that launching another like it takes, since no snapshot holds it.
 * A description may hold secrets (user data), so it belongs into an encrypted repository and nowhere else.
 */
import { z } from 'zod';

const text = z.string();
const maybe = text.nullable();
const flag = z.boolean().nullable();
const count = z.number().int().nonnegative();

const tagSchema = z.object({ key: text, value: text });
export type AwsTag = z.infer<typeof tagSchema>;

const addressSchema = z.object({
  privateIp: text,
  primary: z.boolean(),
  /** Null: none. */
  publicIp: maybe,
  /** Of an Elastic IP; null: an address that goes with the instance, or none. */
  allocation: maybe,
});

const interfaceSchema = z.object({
  id: text,
  deviceIndex: count,
  networkCard: count,
  kind: text,
  description: text,
  subnet: text,
  vpc: text,
  groups: z.array(text),
  addresses: z.array(addressSchema),
  ipv6: z.array(text),
  sourceDestCheck: flag,
  deleteOnTermination: z.boolean(),
});
export type DescribedInterface = z.infer<typeof interfaceSchema>;

const volumeSchema = z.object({
  id: text,
  /** As the instance names it. */
  device: text,
  isRoot: z.boolean(),
  deleteOnTermination: z.boolean(),
  /** Null where the volume itself could not be read; `unread` says why. */
  facts: z
    .object({
      sizeGiB: count,
      type: text,
      iops: count.nullable(),
      /** MiB/s. */
      throughput: count.nullable(),
      encrypted: z.boolean(),
      kmsKey: maybe,
      zone: text,
      /** What it was made of. */
      snapshot: maybe,
      multiAttach: z.boolean(),
      tags: z.array(tagSchema),
    })
    .nullable(),
});
export type DescribedVolume = z.infer<typeof volumeSchema>;

export const instanceDescriptionSchema = z.object({
  version: z.literal(1),
  /** ISO-8601 UTC. */
  describedAt: text,
  region: text,
  /** Twelve digits. */
  account: text,
  instance: text,
  state: text,
  launchedAt: maybe,
  type: text,
  image: z.object({
    id: text,
    /** Null where it is gone, or not ours to see. */
    name: maybe,
    architecture: text,
    bootMode: maybe,
    virtualization: text,
    ena: flag,
    platform: maybe,
    kernel: maybe,
    ramdisk: maybe,
    tpm: maybe,
  }),
  placement: z.object({
    zone: text,
    tenancy: text,
    group: maybe,
    partition: count.nullable(),
    host: maybe,
  }),
  subnet: text,
  vpc: text,
  groups: z.array(z.object({ id: text, name: text })),
  interfaces: z.array(interfaceSchema),
  /** ARN of the instance profile. */
  profile: maybe,
  keyPair: maybe,
  /** Base64; null: there is none, or it could not be read. */
  userData: maybe,
  tags: z.array(tagSchema),
  rootDevice: text,
  volumes: z.array(volumeSchema),
  ebsOptimized: flag,
  sourceDestCheck: flag,
  monitoring: flag,
  metadata: z
    .object({
      tokens: maybe,
      endpoint: maybe,
      hopLimit: count.nullable(),
      tags: maybe,
      ipv6: maybe,
    })
    .nullable(),
  cpu: z.object({ cores: count, threadsPerCore: count }).nullable(),
  /** `standard` or `unlimited`, of types that have credits. */
  credits: maybe,
  terminationProtected: flag,
  stopProtected: flag,
  /** What the guest's own shutdown does: `stop` or `terminate`. */
  onShutdown: maybe,
  hibernation: flag,
  enclave: flag,
  recovery: maybe,
  names: z.object({ kind: maybe, a: flag, aaaa: flag }).nullable(),
  capacityReservation: maybe,
  /** What could not be read, and why. */
  unread: z.array(z.object({ what: text, reason: text, awsCode: maybe })),
});
export type InstanceDescription = z.infer<typeof instanceDescriptionSchema>;
