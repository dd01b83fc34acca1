import type { Command } from 'commander';
import type { StoredPlace } from '../../shared/contract/storage.ts';
import { csvLines } from '../../shared/model/csv.ts';
import { formatBytes } from '../../shared/model/units.ts';
import { localTime } from './display.ts';
import { badUsage, type ExitCode } from './failure.ts';
import type { RunCommand } from './run-command.ts';
import { withEngine, type Cli } from './session.ts';
import { tableLines } from './table.ts';

export function registerStorage(program: Command, run: RunCommand): void {
  const storage = program
    .command('storage')
    .description('say how full repositories and sites are, and when they will be');
  storage
    .command('list', { isDefault: true })
    .description('as measured last, the one that is full first at the top')
    .action(() => run(list));
  storage
    .command('measure')
    .description('measure those that are open now; an engine that stays does so twice a day')
    .action(() => run(measure));
  storage
    .command('history')
    .description('what one held from day to day')
    .argument('<name>', 'name of the repository or site')
    .option('--csv', 'as comma-separated values')
    .action((name: string, { csv = false }: { csv?: boolean }) => run((cli) => history(cli, name, csv)));
}

/** 3 where one is full, or will be before what is locked there may go. */
function list(cli: Cli): Promise<ExitCode> {
  return withEngine(cli, async ({ client, signal }) => {
    const found = await client.storage.list({}, { signal });
    await cli.output.document(found);
    await sayPlaces(cli, found.places);
    return found.places.some(({ full, fullUnderLocks }) => full.state === 'full' || fullUnderLocks) ? 3 : 0;
  });
}

function measure(cli: Cli): Promise<ExitCode> {
  return withEngine(cli, async ({ client, signal }) => {
    const found = await client.storage.measure({}, { signal });
    await cli.output.document(found);
    await sayPlaces(cli, found.places);
    for (const { name, message } of found.problems) cli.output.warn(`${name} was not measured. ${message}`);
    return found.problems.length > 0 ? 3 : 0;
  });
}

function history(cli: Cli, name: string, csv: boolean): Promise<ExitCode> {
  return withEngine(cli, async ({ client, signal }) => {
    const { places } = await client.storage.list({}, { signal });
    const place = places.find((one) => one.name === name);
    if (place === undefined) throw badUsage(`No repository or site is called ${name}; see \`holdfast storage\`.`);
    const found = await client.storage.history({ connection: place.connection }, { signal });
    await cli.output.document(found);
    if (csv) {
      const rows = found.samples.map(({ at, bytes, fitsBytes }) => [at, bytes, fitsBytes]);
      await cli.output.lines(csvLines(['at', 'used_bytes', 'fits_bytes'], rows));
      return 0;
    }
    const rows = found.samples.map(({ at, bytes, fitsBytes }) => [
      localTime(at),
      formatBytes(bytes),
      fitsBytes === null ? 'unknown' : formatBytes(fitsBytes),
    ]);
    await cli.output.lines(tableLines([{ title: 'MEASURED' }, { title: 'USED' }, { title: 'FITS' }], rows));
    return 0;
  });
}

async function sayPlaces({ output }: Cli, places: readonly StoredPlace[]): Promise<void> {
  if (places.length === 0) return output.lines(['No repository is connected; see `holdfast serve`.']);
  await output.lines(
    tableLines(
      [{ title: 'NAME' }, { title: 'USED' }, { title: 'FITS' }, { title: 'A DAY' }, { title: 'FULL' }, { title: '' }],
      places.map(({ name, usedBytes, fitsBytes, growth, full, locks, fullUnderLocks }) => [
        name,
        usedBytes === null ? 'not measured' : formatBytes(usedBytes),
        fitsBytes === null ? 'unknown' : formatBytes(fitsBytes),
        growth === null ? '' : `${growth.perDay < 0 ? '-' : '+'}${formatBytes(Math.abs(Math.round(growth.perDay)))}`,
        full.words,
        fullUnderLocks ? `Before its locks end. ${locks?.words ?? ''}` : '',
      ]),
    ),
  );
}
