/** What a Git server may say that no honest one says: version 2 of its protocol, answered by hand. */
import type { IncomingMessage, ServerResponse } from 'node:http';
import { Readable } from 'node:stream';
import { pipeline } from 'node:stream/promises';

/** In place of the server's own lists of refs and packs; null leaves one to the server. */
export type Lies = {
  /** Lines such as `<id> <name>`. */
  readonly refs?: Iterable<string>;
  readonly pack?: Uint8Array;
};

/** A fault for `GitServer.fail`. */
export function lying(lies: Lies): (request: IncomingMessage, response: ServerResponse) => boolean {
  return (request, response) => {
    if (request.method === 'GET') {
      response.writeHead(200, { 'content-type': 'application/x-git-upload-pack-advertisement' });
      const lines = ['version 2\n', 'ls-refs\n', 'fetch=shallow\n', 'object-format=sha1\n'];
      response.end(`${line('# service=git-upload-pack\n')}0000${lines.map(line).join('')}0000`);
      return true;
    }
    void answer(request, response, lies);
    return true;
  };
}

async function answer(request: IncomingMessage, response: ServerResponse, { refs, pack }: Lies): Promise<void> {
  const parts: Buffer[] = [];
  for await (const part of request) parts.push(part as Buffer);
  const asked = Buffer.concat(parts);
  const isListing = asked.includes('command=ls-refs');
  response.writeHead(200, { 'content-type': 'application/x-git-upload-pack-result' });
  if (!isListing) {
    // Who still asks what there is in common is told that it is enough.
    const isAsking = asked.includes('have ') && !asked.includes('0009done');
    response.write(isAsking ? `${line('acknowledgments\n')}${line('ready\n')}0001` : '');
    response.write(line('packfile\n'));
    const bytes = Buffer.from(pack ?? new Uint8Array());
    response.write(Buffer.from((bytes.length + 5).toString(16).padStart(4, '0')));
    response.end(Buffer.concat([Buffer.from([1]), bytes, Buffer.from('0000')]));
    return;
  }
  await pipeline(Readable.from(linesOf(refs ?? [])), response).catch(() => undefined);
}

function* linesOf(refs: Iterable<string>): Generator<Buffer> {
  for (const ref of refs) yield Buffer.from(line(`${ref}\n`), 'latin1');
  yield Buffer.from('0000');
}

function line(text: string): string {
  return (text.length + 4).toString(16).padStart(4, '0') + text;
}
