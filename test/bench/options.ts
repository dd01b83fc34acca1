import { tmpdir } from 'node:os';
import { fileURLToPath } from 'node:url';
import { parseArgs } from 'node:util';

export type Options = {
  readonly help: boolean;
  /** Of each operation in memory; on disk three fifths of it. */
  readonly rounds: number;
  /** Factor on the size of the data; 1 is what the document is about. */
  readonly scale: number;
  /** Which measurements, by `place/data set/operation`; null is all of them. */
  readonly only: RegExp | null;
  readonly ramFolder: string;
  readonly diskFolder: string;
  /** The same seed gives the same data, byte for byte. */
  readonly seed: string;
  readonly out: string | null;
};

export const helpText = `Usage: npm run bench -- [options]

  --rounds <n>     rounds in memory; on disk three fifths of them (default 5)
  --scale <f>      factor on the size of the data, such as 0.1 for a quick try (default 1)
  --only <regex>   only what matches, as in 'ram/small files/check' or '^disk/'; first snapshots are always taken
  --ram <folder>   on a file system in memory (default /dev/shm)
  --disk <folder>  on a disk (default the temporary folder)
  --seed <text>    another seed for the data (default holdfast)
  --out <file>     where the document goes (default docs/BENCHMARKS.md, and nowhere with --scale or --only)`;

const defaultDocument = fileURLToPath(new URL('../../docs/BENCHMARKS.md', import.meta.url));

/** Throws an Error with one sentence on bad usage. */
export function readOptions(argv: readonly string[]): Options {
  const text = { type: 'string' } as const;
  const { values } = parseArgs({
    args: [...argv],
    options: {
      help: { type: 'boolean', short: 'h', default: false },
      rounds: { ...text, default: '5' },
      scale: { ...text, default: '1' },
      only: text,
      ram: { ...text, default: '/dev/shm' },
      disk: { ...text, default: tmpdir() },
      seed: { ...text, default: 'holdfast' },
      out: text,
    },
  });
  return {
    help: values.help,
    rounds: readNumber('--rounds', values.rounds, (rounds) => Number.isInteger(rounds) && rounds >= 1 && rounds <= 99),
    scale: readNumber('--scale', values.scale, (scale) => scale > 0 && scale <= 4),
    only: values.only === undefined ? null : new RegExp(values.only),
    ramFolder: values.ram,
    diskFolder: values.disk,
    seed: values.seed,
    out: values.out ?? null,
  };
}

/** A quick try must not take the place of real numbers. */
export function documentFile({ out, scale, only }: Options): string | null {
  return out ?? (scale === 1 && only === null ? defaultDocument : null);
}

function readNumber(name: string, text: string, isValid: (value: number) => boolean): number {
  const value = Number(text);
  if (!isValid(value)) throw new Error(`${name} ${text} is not a number that makes sense here.`);
  return value;
}
