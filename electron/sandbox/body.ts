/** Bodies of requests, none of them larger than it may be. */
import { type IncomingMessage } from 'node:http';
import { Transform, type Readable } from 'node:stream';

export class TooLarge extends Error {}

/** Rejects with `TooLarge` as soon as there is more. */
export async function readBody(request: IncomingMessage, maxBytes: number): Promise<Buffer> {
  const chunks: Buffer[] = [];
  for await (const chunk of bounded(request, maxBytes)) chunks.push(chunk as Buffer);
  return Buffer.concat(chunks);
}

/** The same stream, which fails with `TooLarge` once more has passed. */
export function bounded(stream: Readable, maxBytes: number): Readable {
  let bytes = 0;
  const gate = new Transform({
    transform(chunk: Buffer, _encoding, done) {
      bytes += chunk.length;
      if (bytes > maxBytes) done(new TooLarge(`more than ${maxBytes} bytes`));
      else done(null, chunk);
    },
  });
  stream.once('error', (error) => gate.destroy(error));
  stream.once('close', () => {
    if (!stream.readableEnded) gate.destroy(new Error('the request was broken off'));
  });
  return stream.pipe(gate);
}
