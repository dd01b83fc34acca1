/** What a run of the benchmark has found, before it is put into words. */
import type { MachineFacts, Versions } from './machine.ts';
import type { Options } from './options.ts';
import type { Sample } from './measure/timed.ts';

export const toolNames = ['restic', 'holdfast'] as const;
export type ToolName = (typeof toolNames)[number];

export const operationNames = [
  'first snapshot',
  'unchanged snapshot',
  'unchanged, console open',
  'check --read-data',
  'verified restore',
] as const;
export type OperationName = (typeof operationNames)[number];

export const dataSetNames = ['random', 'disk image', 'small files'] as const;
export type DataSetName = (typeof dataSetNames)[number];

export type PlaceName = 'ram' | 'disk';

export type Series = {
  readonly samples: Sample[];
  /** What went wrong; with one entry here the series is worth nothing. */
  readonly failures: string[];
};

export type OperationResult = { readonly operation: OperationName } & Readonly<Record<ToolName, Series>>;

export type SetResult = {
  readonly dataSet: DataSetName;
  readonly files: number;
  readonly bytes: number;
  readonly operations: readonly OperationResult[];
  /** Bytes of all files of the repository after the first snapshot, one per round. */
  readonly repositoryBytes: Readonly<Record<ToolName, number[]>>;
};

export type PlaceResult = {
  readonly place: PlaceName;
  /** As the kernel names it: `tmpfs`, `ext4`. */
  readonly fileSystem: string;
  readonly rounds: number;
  readonly sets: readonly SetResult[];
};

export type FlatnessResult = { readonly bytes: number; readonly series: Series };

export type Results = {
  readonly options: Options;
  readonly machine: MachineFacts;
  readonly versions: Versions;
  /** Another one than in `versions` when somebody has changed the code meanwhile. */
  readonly commitAfter: string;
  readonly startedAt: Date;
  readonly durationMs: number;
  /** Load averages over one minute, before and after. */
  readonly load: readonly [before: number, after: number];
  readonly places: readonly PlaceResult[];
  readonly flatness: readonly FlatnessResult[];
};

export const newSeries = (): Series => ({ samples: [], failures: [] });

/** Every failure with the place where it happened, each once. */
export function failuresOf({ places, flatness }: Results): string[] {
  const measured = places.flatMap(({ place, sets }) =>
    sets.flatMap(({ dataSet, operations }) =>
      operations.flatMap((result) =>
        toolNames.flatMap((tool) =>
          result[tool].failures.map((failure) => `${place}, ${dataSet}, ${result.operation}: ${tool}: ${failure}`),
        ),
      ),
    ),
  );
  const flat = flatness.flatMap(({ series }) => series.failures.map((failure) => `memory: holdfast: ${failure}`));
  return [...new Set([...measured, ...flat])];
}
