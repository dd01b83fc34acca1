import type { ExitCode } from './failure.ts';
import type { Cli } from './session.ts';

/** Runs the body of a command once its arguments are known; given to each command group by the program. */
export type RunCommand = (body: (cli: Cli) => Promise<ExitCode>) => Promise<void>;
