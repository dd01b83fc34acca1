/** Buckets of a sandboxed AWS, filled, captured into a repository, and looked at there. */
import { CreateBucketCommand, PutObjectCommand, type PutObjectCommandInput } from '@aws-sdk/client-s3';
import { expect } from 'vitest';
import { protectSource } from '../../electron/engine/protection/protect-source.ts';
import { checkRepository } from '../../electron/engine/repository/check.ts';
import { ReadPool } from '../../electron/engine/repository/read-pool.ts';
import type { Repository } from '../../electron/engine/repository/repository.ts';
import { listSnapshots } from '../../electron/engine/repository/snapshots.ts';
import { findNode } from '../../electron/engine/repository/tree-lookup.ts';
import { bucketSource } from '../../electron/engine/sources/s3-bucket/bucket-source.ts';
import type { BucketWanted } from '../../electron/engine/sources/s3-bucket/capture.ts';
import type { ObjectRecord } from '../../electron/engine/sources/s3-bucket/record.ts';
import { storedObjects } from '../../electron/engine/sources/s3-bucket/stored-objects.ts';
import type { Issue } from '../../shared/contract/common.ts';
import type { ProtectResult } from '../../shared/contract/protection.ts';
import { home, type AwsPlace } from './sandbox-aws.ts';

export const bucket = 'photos-of-2031';

export type Stored = { readonly size: number; readonly content: Buffer; readonly record: ObjectRecord | null };

export class BucketScene {
  readonly place: AwsPlace;
  readonly repository: Repository;
  readonly issues: Issue[] = [];

  constructor(place: AwsPlace, repository: Repository) {
    this.place = place;
    this.repository = repository;
  }

  async create(): Promise<void> {
    const CreateBucketConfiguration = { LocationConstraint: home } as const;
    await this.place.s3().send(new CreateBucketCommand({ Bucket: bucket, CreateBucketConfiguration }));
  }

  async put(Key: string, Body: string | Uint8Array = Key, more: Partial<PutObjectCommandInput> = {}): Promise<void> {
    await this.place.s3().send(new PutObjectCommand({ Bucket: bucket, Key, Body, ...more }));
  }

  async protect(given: Partial<BucketWanted> & { readonly signal?: AbortSignal } = {}): Promise<ProtectResult> {
    const { signal = new AbortController().signal, ...wanted } = given;
    const { aws, keys } = this.place;
    this.issues.length = 0;
    return protectSource({
      nowMs: Date.now,
      open: async () => this.repository,
      caller: { tenant: 'default', actor: 'test' },
      tags: [],
      allowEmpty: false,
      force: false,
      signal,
      onProgress: () => {},
      onIssue: (issue) => void this.issues.push(issue),
      onNotice: () => {},
      name: 'photos',
      paths: [`/${bucket}`],
      captured: bucketSource({
        access: { endpoint: aws.endpoint, region: home, credentials: async () => keys },
        wanted: { bucket, prefix: '', versions: false, objectTags: true, acls: false, allowShrunk: false, ...wanted },
      }),
    });
  }

  /** What the snapshot holds, by key; `folder`: of versions, by key and version. */
  async stored(snapshot: string, folder = bucket): Promise<Map<string, Stored>> {
    await using pool = await this.#pool();
    const tree = await this.treeOf(snapshot);
    const node = await findNode(pool.reader, tree, `/${folder}`, folder);
    const found = new Map<string, Stored>();
    const root = { tree: node?.subtree ?? expect.fail('there is no such folder'), key: '' };
    const onBad = (name: string): never => expect.fail(`${name} is no name of a key`);
    for await (const { key, node: object, record } of storedObjects(pool.reader, root, onBad)) {
      const blobs: Buffer[] = [];
      for (const id of object.content ?? []) blobs.push(await pool.reader.load('data', id));
      const text = Buffer.from(key, 'latin1').toString('utf8');
      const name = folder === bucket ? text : `${text} ${record?.versionId ?? ''}`;
      if (found.has(name)) expect.fail(`${name} is there twice`);
      found.set(name, { size: object.size, content: Buffer.concat(blobs), record });
    }
    return found;
  }

  async treeOf(snapshot: string): Promise<string> {
    const { snapshots } = await listSnapshots(this.repository);
    return snapshots.find(({ id }) => id === snapshot)?.file.tree ?? expect.fail('there is no such snapshot');
  }

  async expectSound(): Promise<void> {
    const { signal } = new AbortController();
    const listeners = { onProgress: () => {}, onIssue: () => {}, onNotice: () => {} };
    const checked = await checkRepository({ repository: this.repository, readDataPercent: 100, signal, ...listeners });
    if (checked.errors.length > 0) expect.fail(JSON.stringify(checked.errors));
  }

  async #pool() {
    const pool = await ReadPool.open(this.repository, { threads: 1 });
    return Object.assign(pool, { [Symbol.asyncDispose]: () => pool.close() });
  }
}
