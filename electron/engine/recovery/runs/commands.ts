/** What an operator would type to do the same: with stock restic, should this console be gone, and with Holdfast. */
import { rawFromDisplay } from '../../platform/raw-path.ts';
import { shellWord, shellWordOfBytes } from '../../platform/shell-words.ts';
import type { RunSelection } from '../../../../shared/contract/restore-runs.ts';

export type CommandRequest = {
  readonly location: string;
  readonly selections: readonly Pick<RunSelection, 'snapshot' | 'path'>[];
  readonly target: string | null;
  readonly overwrite: 'never' | 'if-changed' | 'always';
  readonly verify: boolean;
  readonly protectFirst?: boolean | undefined;
};

export function commandsOf(request: CommandRequest): { restic: string[]; holdfast: string[] } {
  return { restic: resticCommands(request), holdfast: [holdfastCommand(request)] };
}

/**
 * One for each snapshot: restic restores from one at a time. Paths end up where Holdfast puts them. restic before 0.17
 * overwrites everything and knows no `--overwrite`: it then refuses the command, and nothing is lost.
 */
function resticCommands({ location, selections, target, overwrite, verify }: CommandRequest): string[] {
  const bySnapshot = Map.groupBy(selections, ({ snapshot }) => snapshot);
  return [...bySnapshot].map(([snapshot, chosen]) => {
    const whole = chosen.some(({ path }) => path === '/');
    const includes = whole ? [] : chosen.map(({ path }) => `--include ${shellWordOfBytes(asPattern(path))}`);
    const options = [`--target ${shellWord(target ?? '/')}`, ...includes];
    if (overwrite !== 'always') options.push(`--overwrite ${overwrite}`);
    if (verify) options.push('--verify');
    return `restic -r ${shellWord(location)} restore ${snapshot} ${options.join(' ')}`;
  });
}

function holdfastCommand({ location, selections, target, overwrite, verify, protectFirst }: CommandRequest): string {
  const references = selections.map(({ snapshot, path }) => shellWord(path === '/' ? snapshot : `${snapshot}:${path}`));
  const where = target === null ? '--in-place' : `--to ${shellWord(target)}`;
  const options = [where, ...(overwrite === 'never' ? [] : [`--overwrite ${overwrite}`])];
  if (!verify) options.push('--no-verify');
  if (protectFirst === true) options.push('--protect-first');
  return `holdfast --repository ${shellWord(location)} restore ${references.join(' ')} ${options.join(' ')}`;
}

/** restic takes an include for a pattern; as bytes. */
function asPattern(display: string): string {
  return rawFromDisplay(display).replace(/[\\*?[\]]/g, (character) => `\\${character}`);
}
