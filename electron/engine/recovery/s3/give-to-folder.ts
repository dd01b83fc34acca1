/** Writes objects of a snapshot of a bucket into a folder, in a thread of its own. */
import { MessageChannel } from 'node:worker_threads';
import type { Issue, Progress } from '../../../../shared/contract/common.ts';
import { throwIfCancelled } from '../../../../shared/model/errors.ts';
import { serveRanges } from '../../repository/range-channel.ts';
import { ReadPool } from '../../repository/read-pool.ts';
import type { Repository } from '../../repository/repository.ts';
import type { FolderSetup } from './folder-protocol.ts';
import { runGiving } from './give-to-bucket.ts';
import type { FolderOptions, GivenToFolder } from './keys-to-folder.ts';

export type FolderRequest = {
  readonly repository: Repository;
  readonly options: FolderOptions;
  readonly signal: AbortSignal;
  readonly onProgress: (progress: Progress) => void;
  readonly onIssue: (issue: Issue) => void;
};

export async function giveToFolder(request: FolderRequest): Promise<GivenToFolder & { readonly issues: Issue[] }> {
  const { repository, options, signal, onProgress } = request;
  const issues: Issue[] = [];
  const pool = await ReadPool.open(repository);
  const ranges = new MessageChannel();
  try {
    await pool.endThreads();
    throwIfCancelled(signal);
    serveRanges(ranges.port1, repository.backend);
    const { key, config } = repository;
    const data: FolderSetup = {
      options,
      repository: { key, version: config.version, index: pool.index.shared, rangePort: ranges.port2 },
    };
    const script = new URL('./folder-worker.ts', import.meta.url);
    const how = { data, transferList: [ranges.port2], signal };
    const given = await runGiving<GivenToFolder>(script, how, (message) => {
      if (message.type === 'issue') {
        issues.push(message.issue);
        request.onIssue(message.issue);
        return;
      }
      const { doneItems, doneBytes, currentItem } = message;
      const unknown = { totalItems: null, totalBytes: null, issues: issues.length };
      onProgress({ phase: options.dryRun ? 'Comparing' : 'Writing', doneItems, doneBytes, currentItem, ...unknown });
    });
    return { ...given, issues };
  } finally {
    ranges.port1.close();
    await pool.close();
  }
}
