/** Frees much that `malloc` keeps, since something that lies above it is still used, and says how much memory it gives back. */
import { setFlagsFromString } from 'node:v8';
import { runInNewContext } from 'node:vm';
import { trimMemory } from '../../electron/engine/platform/trim-memory.ts';

setFlagsFromString('--expose-gc');
const collect = runInNewContext('gc') as () => void;

const pieceBytes = 64 * 1024;
let pieces = Array.from({ length: 2000 }, () => Buffer.alloc(pieceBytes, 1));
const above = pieces.at(-1);
pieces = [];
collect();
const before = process.memoryUsage.rss();
await trimMemory();
const given = before - process.memoryUsage.rss();
process.stdout.write(`${(given / 2 ** 20).toFixed(0)} ${above?.length}`);
