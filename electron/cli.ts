import { readFileSync } from 'node:fs';
import { run } from './cli/program.ts';
import { processWorld } from './cli/world.ts';

/**
 * Runs one command of the command line and returns its exit code: 0 done, 1 failed, 2 bad usage, 3 partial. `argv` is
 * what the operator typed after the name of the program. Never rejects.
 */
export function main(argv: readonly string[]): Promise<number> {
  return run(argv, processWorld(ownVersion()));
}

function ownVersion(): string {
  const packageFile = new URL('../package.json', import.meta.url);
  const { version } = JSON.parse(readFileSync(packageFile, 'utf8')) as { version: string };
  return version;
}
