/** What AWS's own kit does in its simplest form: lists the blocks of a snapshot and reads them into a file, many at a time. */
import { open } from 'node:fs/promises';
import { EBSClient, GetSnapshotBlockCommand, ListSnapshotBlocksCommand } from '@aws-sdk/client-ebs';

const [snapshot = '', path = '', atOnce = '32'] = process.argv.slice(2);
const blockBytes = 512 * 1024;
const ebs = new EBSClient({ requestHandler: { httpAgent: { maxSockets: 64, keepAlive: true } } });
const file = await open(path, 'w');
let NextToken: string | undefined;
do {
  const page = await ebs.send(
    new ListSnapshotBlocksCommand({ SnapshotId: snapshot, ...(NextToken === undefined ? {} : { NextToken }) }),
  );
  const left = (page.Blocks ?? []).values();
  const lane = async (): Promise<void> => {
    for (const { BlockIndex = 0, BlockToken } of left) {
      const block = await ebs.send(new GetSnapshotBlockCommand({ SnapshotId: snapshot, BlockIndex, BlockToken }));
      const bytes = (await block.BlockData?.transformToByteArray()) ?? new Uint8Array();
      await file.write(bytes, 0, bytes.length, BlockIndex * blockBytes);
    }
  };
  await Promise.all(Array.from({ length: Number(atOnce) }, lane));
  NextToken = page.NextToken;
} while (NextToken !== undefined);
await file.close();
