/** Repositories that lie elsewhere, between Holdfast and restic: each reads, checks and goes on with what the other wrote. */
import { readFile, writeFile } from 'node:fs/promises';
import { join } from 'node:path';
import { expect, test } from 'vitest';
import { bucketName, makeBucketPlace } from '../support/bucket-place.ts';
import type { HoldfastResult } from '../support/holdfast.ts';
import { noise } from '../support/odd-tree.ts';
import { describePeer } from '../support/peers.ts';
import { makeSftpPlace } from '../support/sftp-place.ts';
import { home } from '../support/sandbox-aws.ts';
import { standingEngine } from '../support/standing-engine.ts';
import type { Workspace } from '../support/workspace.ts';

const engineOfFile = standingEngine();

type Elsewhere = AsyncDisposable & {
  readonly workspace: Workspace;
  readonly location: string;
  /** For Holdfast and restic alike. */
  readonly env: Readonly<Record<string, string>>;
};

async function inBucket(): Promise<Elsewhere> {
  const bucket = await makeBucketPlace();
  const { keys, aws, workspace } = bucket.place;
  return {
    workspace,
    location: `s3:${aws.endpoint}/${bucketName}/deep/in`,
    env: {
      AWS_ACCESS_KEY_ID: keys.accessKeyId,
      AWS_SECRET_ACCESS_KEY: keys.secretAccessKey,
      AWS_DEFAULT_REGION: home,
    },
    [Symbol.asyncDispose]: () => bucket[Symbol.asyncDispose](),
  };
}

async function overSsh(): Promise<Elsewhere> {
  const place = await makeSftpPlace();
  const { fingerprint, keyFile, programs } = place.server;
  return {
    workspace: place.workspace,
    location: place.location,
    env: {
      HOLDFAST_REACH: `fingerprint=${fingerprint} key-file=${keyFile}`,
      PATH: `${programs}:${process.env['PATH'] ?? ''}`,
    },
    [Symbol.asyncDispose]: () => place[Symbol.asyncDispose](),
  };
}

const kinds = [
  ['a bucket', ['restic'], inBucket],
  ['a folder behind SSH', ['restic', 'sshd'], overSsh],
] as const;

for (const [kind, peers, make] of kinds) {
  describePeer(peers, kind, () => {
    const scene = async () => {
      const place = await make();
      const { workspace, location, env } = place;
      const source = await workspace.folder('source');
      await writeFile(join(source, 'large'), noise(3_000_000, 'large'));
      for (let at = 0; at < 20; at++) await writeFile(join(source, `small ${at}`), `content ${at}`);
      const holdfast = async (...args: string[]): Promise<HoldfastResult> => {
        const own = { HOLDFAST_REPOSITORY: location, ...(await engineOfFile()) };
        const result = await workspace.here(args, { env: { ...env, ...own } });
        expect(result.code, `${args.join(' ')}: ${result.stderr}`).toBe(0);
        return result;
      };
      const restic = (...args: string[]) =>
        workspace.mustRestic(args, { env: { ...env, RESTIC_REPOSITORY: location } });
      const snapshots = async () =>
        JSON.parse((await holdfast('--json', 'snapshots')).stdout) as readonly {
          readonly id: string;
          readonly takenAt: string;
        }[];
      const same = async (folder: string) => {
        for (const name of ['large', 'small 0', 'small 19']) {
          const [was, is] = [await readFile(join(source, name)), await readFile(join(folder, source, name))];
          expect(is.equals(was), name).toBe(true);
        }
      };
      return {
        ...place,
        source,
        holdfast,
        restic,
        snapshots,
        same,
        [Symbol.asyncDispose]: () => place[Symbol.asyncDispose](),
      };
    };

    test('holds what Holdfast wrote: restic checks all of it, gives it back and goes on with it', async () => {
      await using all = await scene();
      const { holdfast, restic, same, source, workspace } = all;
      await holdfast('init');
      await holdfast('protect', source);
      await restic('check', '--read-data');
      await restic('restore', 'latest', '--target', workspace.path('by-restic'));
      await same(workspace.path('by-restic'));
      await writeFile(join(source, 'large'), noise(3_000_000, 'other'));
      await restic('backup', source);
      expect(await all.snapshots()).toHaveLength(2);
      await holdfast('restore', 'latest', '--to', workspace.path('by-holdfast'));
      await same(workspace.path('by-holdfast'));
    });

    test('holds what restic wrote: Holdfast checks all of it, forgets and prunes, and restic finds the rest whole', async () => {
      await using all = await scene();
      const { holdfast, restic, same, source, workspace } = all;
      await restic('init');
      await restic('backup', source);
      await writeFile(join(source, 'large'), noise(3_000_000, 'other'));
      await holdfast('protect', source);
      await holdfast('check', '--read-data');
      const [oldest, ...others] = (await all.snapshots()).toSorted((a, b) => a.takenAt.localeCompare(b.takenAt));
      expect(others).toHaveLength(1);
      await holdfast('forget', oldest?.id ?? '', '--allow-last');
      await holdfast('prune');
      await holdfast('check', '--read-data');
      await restic('check', '--read-data');
      expect(await all.snapshots()).toHaveLength(1);
      await holdfast('restore', 'latest', '--to', workspace.path('back'));
      await same(workspace.path('back'));
      await restic('prune');
      await holdfast('check');
    });
  });
}
