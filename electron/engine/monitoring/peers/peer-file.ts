/** Which other consoles are watched, in a file of the home; the tokens they are asked with are in the secret store. */
import { join } from 'node:path';
import { z } from 'zod';
import { peerIdSchema } from '../../../../shared/contract/peers.ts';
import { HoldfastError } from '../../../../shared/model/errors.ts';
import { readSmallFile, writeFileAtomically } from '../../platform/atomic-file.ts';

const peerRowSchema = z.object({
  id: peerIdSchema,
  tenant: z.string().min(1).max(64),
  actor: z.string(),
  name: z.string().min(1).max(100),
  /** An origin. */
  url: z.string().max(2048),
  fingerprint: z.string().nullable(),
  addedAtMs: z.number().int(),
});
export type PeerRow = z.infer<typeof peerRowSchema>;

const fileSchema = z.object({ version: z.literal(1), peers: z.array(peerRowSchema).max(10_000) });
const maximumBytes = 16 * 1024 * 1024;

/** Empty where there is no file. PEERS_DAMAGED. */
export async function readPeers(home: string): Promise<PeerRow[]> {
  const text = await readSmallFile(peerFile(home), maximumBytes);
  if (text === null) return [];
  try {
    return fileSchema.parse(JSON.parse(text)).peers;
  } catch (error) {
    const what = `The file ${peerFile(home)} is not what Holdfast wrote.`;
    throw new HoldfastError('PEERS_DAMAGED', what, { cause: error });
  }
}

export async function writePeers(home: string, peers: readonly PeerRow[]): Promise<void> {
  await writeFileAtomically(peerFile(home), `${JSON.stringify({ version: 1, peers }, null, 1)}\n`);
}

function peerFile(home: string): string {
  return join(home, 'peers.json');
}
