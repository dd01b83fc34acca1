/**
 * `npm run bench`: Holdfast beside restic, in the same run on the same data. What is measured and how stands in the
 * document that it writes; `npm run bench -- --help` lists the options.
 */
import { writeFile } from 'node:fs/promises';
import { measureAll } from './bench.ts';
import { requireTools } from './machine.ts';
import { documentFile, helpText, readOptions, type Options } from './options.ts';
import { renderDocument } from './report/document.ts';
import { readSection } from './report/section.ts';
import { failuresOf } from './results.ts';
import { officeHeading } from './scale/limits.ts';

const interrupts: readonly NodeJS.Signals[] = ['SIGINT', 'SIGTERM', 'SIGHUP'];

process.exitCode = await main(process.argv.slice(2));

/** Exit codes: 0 measured, 1 a command failed, 2 bad usage, 130 interrupted. A bar that is not met is no failure. */
async function main(argv: readonly string[]): Promise<number> {
  let options: Options;
  try {
    options = readOptions(argv);
  } catch (error) {
    return complain(error, 2);
  }
  if (options.help) {
    console.log(helpText);
    return 0;
  }
  const controller = new AbortController();
  for (const name of interrupts) process.on(name, () => controller.abort(new Error(`Interrupted by ${name}.`)));
  try {
    return await measureAndWrite(options, controller.signal);
  } catch (error) {
    return complain(error, controller.signal.aborted ? 130 : 1);
  }
}

async function measureAndWrite(options: Options, signal: AbortSignal): Promise<number> {
  const versions = await requireTools(signal);
  const results = await measureAll(options, versions, signal);
  const file = documentFile(options);
  if (file === null) {
    console.log(
      '\nNot the whole measurement at full size, so docs/BENCHMARKS.md stays as it is (--out writes a file).',
    );
  } else {
    await writeFile(file, renderDocument(results, await readSection(file, officeHeading)));
    console.log(`\nWritten: ${file}`);
  }
  const failures = failuresOf(results);
  for (const failure of failures) console.error(failure);
  return failures.length === 0 ? 0 : 1;
}

function complain(error: unknown, exitCode: number): number {
  console.error(`bench: ${error instanceof Error ? error.message : String(error)}`);
  return exitCode;
}
