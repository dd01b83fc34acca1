/** Refs counted by what becomes of them. */
import { Count } from '../../../components/numbers.tsx';
import { Figure, Figures } from '../figures.tsx';
import type { RefCounts } from './git-words.ts';

const words: readonly {
  readonly name: keyof RefCounts;
  readonly planned: string;
  readonly done: string;
  /** Shown also where there is none. */
  readonly always: boolean;
}[] = [
  { name: 'create', planned: 'would be created', done: 'created', always: true },
  { name: 'fast-forward', planned: 'would be fast-forwarded', done: 'fast-forwarded', always: true },
  { name: 'overwrite', planned: 'would be overwritten', done: 'overwritten', always: true },
  { name: 'heldBack', planned: 'held back', done: 'held back', always: true },
  { name: 'delete', planned: 'would be deleted', done: 'deleted', always: false },
  { name: 'leave', planned: 'left: only there', done: 'left: only there', always: false },
  { name: 'unchanged', planned: 'are so already', done: 'were so already', always: false },
  { name: 'failed', planned: 'cannot be', done: 'failed', always: false },
];

export function RefFigures({ counts, dryRun = false }: { readonly counts: RefCounts; readonly dryRun?: boolean }) {
  return (
    <Figures>
      {words
        .filter(({ name, always }) => always || counts[name] > 0)
        .map(({ name, planned, done }) => (
          <Figure key={name} label={dryRun ? planned : done}>
            <Count value={counts[name]} />
          </Figure>
        ))}
    </Figures>
  );
}
