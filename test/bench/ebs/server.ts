/**
 * A sandboxed AWS in a process of its own, so that its work counts for nobody, with one volume of which nothing can be
 * compressed. Says where it is and what the first snapshot is called; each line `change` changes a share of the blocks at
 * random places and takes another snapshot. Ends with its standard input.
 */
import { randomBytes } from 'node:crypto';
import { mkdirSync } from 'node:fs';
import { createInterface } from 'node:readline';
import { parseArgs } from 'node:util';
import { CreateSnapshotCommand, CreateVolumeCommand, EC2Client } from '@aws-sdk/client-ec2';
import { startSandboxAws } from '../../../electron/sandbox/aws/aws.ts';

const { values } = parseArgs({
  options: { folder: { type: 'string' }, gib: { type: 'string' }, share: { type: 'string' } },
});
const region = 'eu-central-1';
const folder = values.folder ?? '';
const blocks = Number(values.gib) * 2048;
mkdirSync(folder, { recursive: true });
const aws = await startSandboxAws({ folder });
aws.behaveEc2({ snapshotMs: 1 });
const keys = aws.addUser('111122223333', 'operator');
const ec2 = new EC2Client({ endpoint: aws.endpoint, region, credentials: { ...keys } });
const { VolumeId = '' } = await ec2.send(
  new CreateVolumeCommand({ AvailabilityZone: `${region}a`, Size: Number(values.gib) }),
);
aws.clock.advance(60_000);
for (let block = 0; block < blocks; block++) await write(block);
await say();
let seen = aws.log.length;
for await (const line of createInterface({ input: process.stdin })) {
  const reads = aws.log.slice(seen).filter(({ operation }) => operation === 'GetSnapshotBlock').length;
  if (line === 'change') {
    for (let change = 0; change < blocks * Number(values.share); change++)
      await write(Math.floor(Math.random() * blocks));
    await say();
  } else process.stdout.write(`${JSON.stringify({ reads })}\n`);
  seen = aws.log.length;
}
await aws[Symbol.asyncDispose]();
process.exit(0);

async function write(block: number): Promise<void> {
  await aws.ec2.writeBlock(region, VolumeId, block, randomBytes(512 * 1024));
}

async function say(): Promise<void> {
  const { SnapshotId } = await ec2.send(new CreateSnapshotCommand({ VolumeId }));
  aws.clock.advance(1000);
  process.stdout.write(`${JSON.stringify({ endpoint: aws.endpoint, keys, volume: VolumeId, snapshot: SnapshotId })}\n`);
}
