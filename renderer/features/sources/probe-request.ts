/** What is counted for a source that is put together. */
import { parseSize } from '../../../shared/model/units.ts';
import type { ProbeRequest } from '../../client/machine.ts';
import { largestFault, patternsOf, type SourceDraft } from '../../components/source-draft.ts';

/** Null without a path. A size that is not one yet counts as no limit. */
export function requestOf(draft: SourceDraft): ProbeRequest | null {
  if (draft.paths.length === 0) return null;
  const { paths, excludes, excludeCaches, largest, oneFileSystem } = draft;
  const bytes = largest.trim() === '' || largestFault(largest) !== null ? null : parseSize(largest);
  return {
    paths,
    excludes: patternsOf(excludes),
    excludeCaches,
    excludeLargerThanBytes: bytes === 0 ? null : bytes,
    oneFileSystem,
  };
}
