/** `holdfast drill checks`: what drills of a source are checked by, beside what Holdfast looks at itself. */
import { readFile } from 'node:fs/promises';
import { resolve } from 'node:path';
import type { Command } from 'commander';
import { z } from 'zod';
import { drillProbeSchema } from '../../shared/contract/checks-of-plans.ts';
import { probeText } from '../../shared/model/drill-probes.ts';
import { HoldfastError } from '../../shared/model/errors.ts';
import { formatDuration } from '../../shared/model/units.ts';
import { plural } from './display.ts';
import { badUsage, type ExitCode } from './failure.ts';
import type { RunCommand } from './run-command.ts';
import { tellSaved } from './saved.ts';
import { withEngine, withRepository, type Cli } from './session.ts';
import { tableLines } from './table.ts';

type Options = { readonly file?: string; readonly none?: boolean };

const HELP = `
A file is a JSON array, as
  [{"title": "The database starts", "what": {"kind": "command", "run": {"kind": "shell", "script": "pg_ctl -D \\"$HOLDFAST_DRILL_FOLDER/srv/db\\" start"}}},
   {"title": "It answers", "timeLimitMs": 60000, "what": {"kind": "health", "check": {"kind": "tcp", "host": "127.0.0.1", "port": 5433}}}]
They run one after the other once the data is there, and before it is taken away. With "needsWhole": false also where a
drill brings back only a part. Commands find $HOLDFAST_DRILL_FOLDER or $HOLDFAST_DRILL_BUCKET, and $HOLDFAST_DRILL_SOURCE.`;

export function registerDrillChecks(drill: Command, run: RunCommand): void {
  drill
    .command('checks')
    .description('show or set what drills of a source are checked by, beside what is looked at anyway')
    .argument('<source>', 'its name')
    .option('--file <path>', 'set those in a file of JSON')
    .option('--none', 'take them away')
    .addHelpText('after', HELP)
    .action((source: string, options: Options) => run((cli) => checks(cli, source, options)));
}

function checks(cli: Cli, source: string, { file, none = false }: Options): Promise<ExitCode> {
  if (file === undefined && !none) return show(cli, source);
  if (file !== undefined && none) throw badUsage('Either --file or --none.');
  return withRepository(cli, async ({ client, signal, repository }) => {
    const given = file === undefined ? [] : await readChecks(resolve(cli.world.folder, file));
    const saved = await client.drills.setChecks({ repository, source, checks: given }, { signal });
    await cli.output.document({ source, checks: given, ...saved });
    await cli.output.lines([
      given.length === 0
        ? `Drills of ${source} are checked by nothing of yours any more.`
        : `Drills of ${source} are checked by ${plural(given.length, 'check')} of yours.`,
    ]);
    tellSaved(cli.output, saved);
    return 0;
  });
}

function show(cli: Cli, name: string): Promise<ExitCode> {
  return withEngine(cli, async ({ client, signal }) => {
    const found = await client.sources.find({ name }, { signal });
    if (found === null) throw new HoldfastError('SOURCE_UNKNOWN', `No source is registered as ${name}.`);
    const own = found.commands.checks ?? [];
    await cli.output.document(own);
    const columns = ['CHECK', 'AT MOST', 'WHEN', 'WHAT'].map((title) => ({ title }));
    const rows = own.map((probe) => [
      probe.title,
      formatDuration(probe.timeLimitMs),
      probe.needsWhole ? 'all of it' : 'always',
      probeText(probe),
    ]);
    await cli.output.lines(rows.length === 0 ? ['None.'] : tableLines(columns, rows));
    if (own.length > 0 && found.approved === false)
      cli.output.warn(`They do not run before somebody has read them: holdfast source approve "${name}".`);
    return 0;
  });
}

async function readChecks(file: string) {
  const text = await readFile(file, 'utf8').catch(() => {
    throw badUsage(`${file} cannot be read.`);
  });
  let given: unknown;
  try {
    given = JSON.parse(text);
  } catch {
    throw badUsage(`${file} is no JSON.`);
  }
  const { success, data, error } = z.array(drillProbeSchema).safeParse(given);
  if (success) return data;
  throw badUsage(`${file}: ${error.issues.map(({ path, message }) => `${path.join('.')}: ${message}`).join('; ')}`);
}
