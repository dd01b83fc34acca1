/** The large files of a Git server of a test: the batch call of Git LFS, and the downloads it names. */
import { createHash } from 'node:crypto';
import type { IncomingMessage, ServerResponse } from 'node:http';

export type LargeFiles = {
  /** Keeps a file, and gives what Git keeps in its place. */
  add(content: string): string;
  /** From now on it is known and cannot be had. */
  lose(content: string): void;
  /** How often a file was fetched. */
  readonly fetched: string[];
  /** Whether the request was for large files, and is answered. */
  serve(request: IncomingMessage, response: ServerResponse, base: string): boolean;
};

export function makeLargeFiles(): LargeFiles {
  const files = new Map<string, string>();
  const fetched: string[] = [];
  return {
    fetched,
    add: (content) => {
      const oid = sha256(content);
      files.set(oid, content);
      return `version https://git-lfs.github.com/spec/v1\noid sha256:${oid}\nsize ${Buffer.byteLength(content)}\n`;
    },
    lose: (content) => void files.delete(sha256(content)),
    serve: (request, response, base) => {
      const url = request.url ?? '';
      if (url.endsWith('/info/lfs/objects/batch')) {
        // A client that has gone meanwhile gets no answer.
        batch(request, response, { files, base }).catch(() => response.destroy());
      } else if (url.startsWith('/large-files/')) {
        const oid = url.slice('/large-files/'.length);
        fetched.push(oid);
        const content = files.get(oid);
        response.writeHead(content === undefined ? 404 : 200).end(content);
      } else return false;
      return true;
    },
  };
}

function sha256(content: string): string {
  return createHash('sha256').update(content).digest('hex');
}

async function batch(
  request: IncomingMessage,
  response: ServerResponse,
  { files, base }: { readonly files: ReadonlyMap<string, string>; readonly base: string },
): Promise<void> {
  const parts: Buffer[] = [];
  for await (const part of request) parts.push(part as Buffer);
  const asked = JSON.parse(Buffer.concat(parts).toString('utf8')) as { objects: { oid: string; size: number }[] };
  const objects = asked.objects.map(({ oid, size }) =>
    files.has(oid)
      ? { oid, size, actions: { download: { href: `${base}large-files/${oid}` } } }
      : { oid, size, error: { code: 404, message: 'Object does not exist' } },
  );
  response.writeHead(200, { 'content-type': 'application/vnd.git-lfs+json' });
  response.end(JSON.stringify({ transfer: 'basic', objects }));
}
