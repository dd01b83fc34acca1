/** The probing thread: looks at paths that may become a source, and counts what a run over them would find. */
import { realpathSync, statSync } from 'node:fs';
import { parentPort, type MessagePort } from 'node:worker_threads';
import { toHoldfastError } from '../../../../shared/model/errors.ts';
import { listMounts, mountOf } from '../../platform/mounts.ts';
import { displayRaw, fsPath, type RawPath } from '../../platform/raw-path.ts';
import { threadData } from '../../platform/threads.ts';
import { countAll } from './count-walk.ts';
import { isEmptyFolder, resolveRoot } from './guards.ts';
import type { ProbedPath, ProbeMessage, ProbeOptions } from './probe-protocol.ts';
import { outermostPaths } from './roots.ts';

const progressEveryMs = 100;
const mostIssues = 100;

const { paths, ...options } = threadData() as ProbeOptions;
const port = parentPort as unknown as MessagePort;
const say = (message: ProbeMessage): void => port.postMessage(message);
const mounts = listMounts();
const roots: RawPath[] = [];
let issues = 0;
let saidAt = 0;

for (const path of paths) say({ type: 'path', path: lookAt(path) });
const counted = countAll(
  { ...options, roots: outermostPaths(roots) },
  {
    onFolder: (folder, now) => {
      if (performance.now() - saidAt < progressEveryMs) return;
      saidAt = performance.now();
      say({ type: 'progress', counted: { ...now }, folder });
    },
    onUnreadable: tellIssue,
  },
);
say({ type: 'counted', counted });

function lookAt(path: RawPath): ProbedPath {
  try {
    const real = realpathSync(fsPath(path), { encoding: 'buffer' }).toString('latin1');
    const mount = mountOf(mounts, real);
    const stats = statSync(fsPath(real));
    const type = stats.isDirectory() ? 'folder' : stats.isFile() ? 'file' : 'other';
    try {
      // As a run does before it begins.
      roots.push(resolveRoot(fsPath(path)));
      return { path, type, mount, empty: isEmptyFolder(real) };
    } catch (error) {
      tellIssue(path, error);
      return { path, type: 'unreadable', mount, empty: false };
    }
  } catch (error) {
    const { code } = toHoldfastError(error);
    if (code !== 'NO_PERMISSION') return { path, type: 'missing', mount: null, empty: false };
    tellIssue(path, error);
    return { path, type: 'unreadable', mount: null, empty: false };
  }
}

function tellIssue(path: RawPath, error: unknown): void {
  issues += 1;
  if (issues > mostIssues) return;
  const { code, message } = toHoldfastError(error);
  say({ type: 'issue', path, code, message: message.replaceAll(path, displayRaw(path)) });
}
