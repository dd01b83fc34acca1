import { InvalidArgumentError, type Command } from 'commander';
import type { LocatedRepository } from '../../shared/contract/common.ts';
import { HoldfastError } from '../../shared/model/errors.ts';
import type { ExaminedCopy, RankedPlaceView, RecoveryPoint } from '../../shared/contract/points.ts';
import { examinedNote, pointGlance } from '../../shared/model/point-words.ts';
import { formatBytes, formatCount, formatDuration } from '../../shared/model/units.ts';
import { countArgument } from './arguments.ts';
import { localTime, plural, shortId } from './display.ts';
import type { ExitCode } from './failure.ts';
import type { RunCommand } from './run-command.ts';
import { repositoryAccess, withEngine, type Cli, type EngineSession } from './session.ts';
import { factLines, tableLines } from './table.ts';

type ShowOptions = { readonly closely?: boolean };

export function registerPoints(program: Command, run: RunCommand): void {
  const points = program
    .command('points')
    .description('recovery points: what decides between them, and where each is restored from fastest');
  points
    .command('list', { isDefault: true })
    .description('list the points of a source in all repositories and at all sites')
    .argument('<source>', 'its name')
    .option('--limit <count>', 'so many, the newest', countArgument, 50)
    .action((source: string, options: { limit: number }) => run((cli) => list(cli, source, options.limit)));
  points
    .command('show')
    .description('say of one point what is known, and rank the places it can be restored from')
    .argument('<snapshot>', 'its id in any repository, or the beginning of it', snapshotArgument)
    .option('--closely', 'look into each copy: how much of it is damaged, how much was read when')
    .action((snapshot: string, options: ShowOptions) => run((cli) => show(cli, snapshot, options)));
}

function snapshotArgument(text: string): string {
  if (!/^[0-9a-f]{4,64}$/.test(text)) throw new InvalidArgumentError('A snapshot is 4 to 64 hexadecimal digits.');
  return text;
}

function list(cli: Cli, source: string, limit: number): Promise<ExitCode> {
  const { output } = cli;
  return withEngine(cli, async ({ client, signal }) => {
    const { points, total } = await client.points.list({ source, limit }, { signal });
    await output.document(points);
    if (points.length === 0) {
      await output.lines([`The catalog knows no snapshot of ${source}.`]);
      return 0;
    }
    const rows = points.map((point) => [
      shortId(point.id),
      localTime(point.takenAt),
      point.bytes === null ? '–' : formatBytes(point.bytes),
      pointGlance(point),
    ]);
    const columns = [
      { title: 'POINT' },
      { title: 'TAKEN' },
      { title: 'SIZE', align: 'right' as const },
      { title: 'WHAT DECIDES' },
    ];
    const more = total > points.length ? `, the newest ${formatCount(points.length)} of ${formatCount(total)}` : '';
    await output.lines([...tableLines(columns, rows), `${plural(formatCount(points.length), 'point')}${more}`]);
    return 0;
  });
}

async function show(cli: Cli, snapshot: string, { closely = false }: ShowOptions): Promise<ExitCode> {
  const { output } = cli;
  const repository = await repositoryAccess(cli).catch(withoutIt);
  return withEngine(cli, async (session) => {
    const { client, signal } = session;
    const named = repository === null ? {} : { repository };
    const point = await client.points.find({ snapshot }, { signal });
    const [first] = point.places.filter(({ kind }) => kind !== 'region');
    const id = first?.snapshot ?? point.id;
    const { places } = await client.points.places({ ...named, snapshots: [id] }, { signal });
    const copies = closely ? await examine(session, { ...named, snapshot: id }) : null;
    await output.document({ ...point, ranked: places, ...(copies === null ? {} : { copies }) });
    await output.lines([...pointLines(point), '', ...placeLines(point, places), ...closeLines(copies)]);
    return places.some(({ usable }) => usable) ? 0 : 3;
  });
}

/** What the home knows can be told all the same. */
function withoutIt(error: unknown): null {
  if (error instanceof HoldfastError && (error.code === 'NO_REPOSITORY' || error.code === 'NO_PASSWORD')) return null;
  throw error;
}

async function examine(
  { client, signal }: EngineSession,
  asked: { readonly repository?: LocatedRepository; readonly snapshot: string },
): Promise<readonly ExaminedCopy[]> {
  for await (const event of await client.points.examine(asked, { signal }))
    if (event.type === 'done') return event.result.copies;
  return [];
}

function pointLines(point: RecoveryPoint): string[] {
  const { id, source, hostname, takenAt, files, bytes } = point;
  return factLines([
    ['Point', id],
    ['Source', hostname === '' ? source : `${source} on ${hostname}`],
    ['Taken', localTime(takenAt)],
    ['Holds', `${files === null ? '?' : formatCount(files)} files, ${bytes === null ? '?' : formatBytes(bytes)}`],
    ['What decides', pointGlance(point)],
    ...(point.suspect === null ? [] : [['Suspect', point.suspect] as [string, string]]),
    ...(point.hold === null ? [] : [['Held', `${point.hold.reason} (${point.hold.author})`] as [string, string]]),
    ...(point.consistencyProblem === null ? [] : [['Consistency', point.consistencyProblem] as [string, string]]),
  ]);
}

function placeLines(point: RecoveryPoint, places: readonly RankedPlaceView[]): string[] {
  const regions = point.places.filter(({ kind }) => kind === 'region');
  if (places.length === 0 && regions.length === 0) return ['No place that this console knows holds it.'];
  const lines = places.flatMap(({ place, usable, expectedMs, reasons }, index) => {
    const time = expectedMs === null ? 'time unknown' : `about ${formatDuration(expectedMs)}`;
    const what = usable ? time : 'not now';
    const how = place.kind === 'site' ? ` (--from ${place.name})` : '';
    return [`${index + 1}. ${place.name}, ${what}${how}`, ...reasons.map((reason) => `   ${reason}`)];
  });
  return [
    'Restored from',
    ...lines,
    ...regions.flatMap(({ name, snapshot, words }) => [`   In AWS, region ${name}: ${snapshot}`, `   ${words ?? ''}`]),
  ];
}

function closeLines(copies: readonly ExaminedCopy[] | null): string[] {
  if (copies === null) return [];
  const rows = copies.map((copy) => {
    const { words, detail } = examinedNote(copy);
    return [copy.name, words, copy.problem === null ? formatBytes(copy.neededBytes) : '–', detail];
  });
  return [
    '',
    ...tableLines(
      [{ title: 'COPY' }, { title: 'STATE' }, { title: 'STORED', align: 'right' }, { title: 'DETAIL' }],
      rows,
    ),
  ];
}
