/** Holds a run against those before it, as their snapshots tell of them: whatever became of the catalog. */
import { suspicionOf, suspicionWords, type RunFigures } from '../../../shared/model/change-rate.ts';
import { readFact } from '../repository/format/snapshot.ts';
import type { StoredSnapshot } from '../repository/snapshots.ts';
import type { WriteStatistics } from '../repository/writer.ts';
import type { CaptureResult } from '../sources/source.ts';

const compared = 30;

/** In words; null where nothing is unusual. `earlier` are all of the source, oldest first. */
export function suspicionAgainst(
  earlier: readonly StoredSnapshot[],
  { counts: { files, bytes }, complete }: CaptureResult,
  { plainBytes, storedBytes }: WriteStatistics,
): string | null {
  if (!complete) return null;
  const run = { files, bytes: { added: plainBytes, stored: storedBytes, total: bytes } };
  const before = earlier.slice(-compared).toReversed().flatMap(figuresOf);
  const suspicion = suspicionOf(run, before);
  return suspicion === null ? null : suspicionWords(suspicion);
}

/** Partial ones say nothing about what is usual, nor do those that were held against none: all in them was new. */
function figuresOf({ file: { parent, summary, tags } }: StoredSnapshot): readonly RunFigures[] {
  const status = readFact(tags, 'status');
  if (parent === undefined || summary === undefined || status === 'partial') return [];
  return [
    {
      files: { new: summary.files_new, changed: summary.files_changed, unmodified: summary.files_unmodified },
      bytes: {
        added: summary.data_added,
        stored: summary.data_added_packed,
        total: summary.total_bytes_processed,
      },
    },
  ];
}
