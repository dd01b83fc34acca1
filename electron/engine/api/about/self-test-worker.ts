/** Tries out what the engine is built on, each against a published answer, in a thread that may fail. */
import { createCipheriv, scryptSync } from 'node:crypto';
import { parentPort, type MessagePort } from 'node:worker_threads';
import type { SelfTest } from '../../../../shared/contract/engine.ts';
import { threadData } from '../../platform/threads.ts';

type Trial = Omit<SelfTest, 'ok' | 'detail' | 'meaning'> & {
  readonly without: string;
  /** What was found; throws where it does not work. */
  readonly attempt: () => string | Promise<string>;
};

const hex = (text: string): Buffer => Buffer.from(text.replaceAll(' ', ''), 'hex');

const trials: readonly Trial[] = [
  {
    id: 'cipher',
    title: 'AES-256 in counter mode',
    without: 'No repository can be read or written.',
    attempt: () => {
      // NIST SP 800-38A, F.5.5.
      const key = hex('603deb1015ca71be2b73aef0857d7781 1f352c073b6108d72d9810a30914dff4');
      const counter = hex('f0f1f2f3f4f5f6f7f8f9fafbfcfdfeff');
      const sealed = createCipheriv('aes-256-ctr', key, counter).update(hex('6bc1bee22e409f96e93d7e117393172a'));
      return expectSame(sealed, '601ec313775789a5b7a7f504bbf3d228', `OpenSSL ${process.versions.openssl}`);
    },
  },
  {
    id: 'key-derivation',
    title: 'Keys from passwords (scrypt)',
    without: 'No repository can be opened with its password.',
    attempt: () => {
      // RFC 7914, section 12.
      const derived = scryptSync('', '', 64, { N: 16, r: 1, p: 1 }).subarray(0, 16);
      return expectSame(derived, '77d6576238657b203b19ca42c18a0497', 'as in RFC 7914');
    },
  },
  {
    id: 'authentication',
    title: 'Poly1305',
    without: 'No repository can be read or written.',
    attempt: async () => {
      const { poly1305 } = await import('../../repository/sodium.ts');
      const mac = Buffer.alloc(16);
      // RFC 8439, section 2.5.2.
      const key = hex('85d6be7857556d337f4452fe42d506a8 0103808afb0db2fd4abff6af4149f51b');
      poly1305(mac, Buffer.from('Cryptographic Forum Research Group'), key);
      return expectSame(mac, 'a8061dc1305136c6c22b8baf0c0127a9', 'as in RFC 8439');
    },
  },
  {
    id: 'compression',
    title: 'zstd',
    without: 'Repositories of version 2, which are the usual ones, cannot be read or written.',
    attempt: async () => {
      const { Compressor, decompressUnpacked } = await import('../../repository/compression.ts');
      const plain = Buffer.alloc(100_000, 'holdfast ');
      const back = decompressUnpacked(new Compressor().compress(plain), plain.length);
      if (back === null || !plain.equals(back)) throw new Error('what was compressed does not come back');
      return `zstd ${process.versions['zstd'] ?? 'of unknown version'}`;
    },
  },
  {
    id: 'database',
    title: 'SQLite with full-text search',
    without: 'There is no catalog: nothing can be searched, and no jobs, sources or restore runs are known.',
    attempt: async () => {
      const { default: Sqlite } = await import('better-sqlite3');
      const database = new Sqlite(':memory:');
      try {
        database.exec(`CREATE VIRTUAL TABLE names USING fts5 (name, tokenize = 'trigram')`);
        database.exec(`INSERT INTO names VALUES ('a name that is found')`);
        if (database.prepare(`SELECT 1 FROM names WHERE name MATCH '"hat is"'`).get() === undefined)
          throw new Error('the search finds nothing');
        const row = database.prepare('SELECT sqlite_version() AS version').get() as { version: string };
        return `SQLite ${row.version}`;
      } finally {
        database.close();
      }
    },
  },
  {
    id: 'system-calls',
    title: 'System calls that Node.js lacks',
    without:
      'Extended attributes, devices and exact times are not captured and not restored, and a restored file replaces what appears in its place at the same moment.',
    attempt: async () => {
      const { libc } = await import('../../platform/libc.ts');
      if (libc === null) throw new Error(`there is no way to them on ${process.platform} ${process.arch}`);
      libc.readXattrs('/');
      return libc.statx('/') === null ? 'all but statx' : 'all there';
    },
  },
];

async function run({ id, title, without, attempt }: Trial): Promise<SelfTest> {
  try {
    return { id, title, ok: true, detail: await attempt(), meaning: null };
  } catch (error) {
    const detail = error instanceof Error ? (error.message.split('\n')[0] ?? '') : String(error);
    return { id, title, ok: false, detail, meaning: without };
  }
}

function expectSame(found: Buffer, expected: string, detail: string): string {
  if (found.toString('hex') !== expected) throw new Error('it gives another result than the standard');
  return detail;
}

const results = [];
for (const trial of trials) results.push(await run(trial));
// Only now may the thread be ended: native modules were being loaded until here.
threadData();
(parentPort as unknown as MessagePort).postMessage(results);
