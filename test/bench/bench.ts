/** The order of the whole measurement: both places, each with every data set, then memory as data grows. */
import { loadavg } from 'node:os';
import { makeDataSet } from './data/data-sets.ts';
import { describeCommit, machineFacts, type Versions } from './machine.ts';
import { measureFlatness } from './measure/flatness.ts';
import { openPlace, type Place } from './measure/places.ts';
import { runRounds } from './measure/rounds.ts';
import { makeTools } from './measure/tools.ts';
import { warmUp } from './measure/warm-up.ts';
import type { Options } from './options.ts';
import { announce, printSet } from './report/terminal.ts';
import {
  dataSetNames,
  operationNames,
  type DataSetName,
  type OperationName,
  type PlaceName,
  type PlaceResult,
  type Results,
  type SetResult,
} from './results.ts';

const placeNames: readonly PlaceName[] = ['ram', 'disk'];

export async function measureAll(options: Options, versions: Versions, signal: AbortSignal): Promise<Results> {
  const startedAt = new Date();
  const loadBefore = loadOfMinute();
  const places: PlaceResult[] = [];
  for (const name of placeNames) {
    const sets = dataSetNames.filter((dataSet) => wantedOperations(options, name, dataSet).length > 0);
    if (sets.length > 0) places.push(await measurePlace(name, sets, options, versions, signal));
  }
  const flatness = isWanted(options, 'ram/memory') ? await measureFlatness(options, versions, signal) : [];
  return {
    options,
    machine: machineFacts(),
    versions,
    commitAfter: await describeCommit(signal),
    startedAt,
    places,
    flatness,
    durationMs: Date.now() - startedAt.getTime(),
    load: [loadBefore, loadOfMinute()],
  };
}

async function measurePlace(
  name: PlaceName,
  dataSets: readonly DataSetName[],
  options: Options,
  versions: Versions,
  signal: AbortSignal,
): Promise<PlaceResult> {
  await using place = await openPlace(name, options);
  announce(`\n${name}: ${place.fileSystem}, rounds: ${place.rounds}`);
  await warmUp(place, versions, signal);
  const sets: SetResult[] = [];
  for (const dataSet of dataSets) sets.push(await measureSet(place, dataSet, options, versions, signal));
  return { place: name, fileSystem: place.fileSystem, rounds: place.rounds, sets };
}

async function measureSet(
  place: Place,
  dataSet: DataSetName,
  options: Options,
  versions: Versions,
  signal: AbortSignal,
): Promise<SetResult> {
  announce(`\n${place.name}, ${dataSet}: making the data`);
  await using data = await makeDataSet(dataSet, place.path('data'), options, signal);
  const operations = wantedOperations(options, place.name, dataSet);
  const result = await runRounds({ place, data, operations, tools: makeTools(place, versions), signal });
  printSet(place.name, result);
  return result;
}

function wantedOperations(options: Options, place: PlaceName, dataSet: DataSetName): OperationName[] {
  const wanted = operationNames.filter((operation) => isWanted(options, `${place}/${dataSet}/${operation}`));
  // All others need a repository that holds the data.
  return wanted.length === 0 || wanted.includes('first snapshot') ? wanted : ['first snapshot', ...wanted];
}

function isWanted({ only }: Options, measurement: string): boolean {
  return only === null || only.test(measurement);
}

function loadOfMinute(): number {
  return loadavg()[0] ?? 0;
}
