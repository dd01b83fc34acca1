/**
 * Starts commands by shells that stay. To start a process, the system copies the page tables of the one that asks: with an
 * engine of some hundred megabytes that takes 5 to 20 milliseconds, in which nothing else of it runs. A shell, which has
 * hardly any memory, does it in half a millisecond.
 */
import { spawn, type ChildProcessByStdio } from 'node:child_process';
import { randomBytes } from 'node:crypto';
import type { Readable, Writable } from 'node:stream';

export type ShellCommand = {
  readonly program: string;
  readonly words: readonly string[];
  /** Where it runs. */
  readonly folder: string;
  /** All of it: of this process, nothing is inherited. */
  readonly environment: Readonly<Record<string, string>>;
  readonly onOutput: (part: Buffer) => void;
  /** What it writes to its standard error. */
  readonly onWords: (part: Buffer) => void;
};

export type RunningCommand = {
  /** The exit code, when all of the output was given; -1 where it was ended. Never rejects. */
  readonly ended: Promise<number>;
  /** With all that it has started. */
  end(): void;
};

/** The exit code by which a shell says that there is no such program. */
export const notFoundCode = 127;

/** More than that are ended when they have nothing to do. */
const mostIdle = 8;
const idle: Shell[] = [];

/** Whether commands can be started so on this machine. */
export const hasCommandShells = process.platform !== 'win32';

/** Its standard input is empty. Throws where a word, a folder or a variable cannot be given to a command. */
export function runByShell(command: ShellCommand): RunningCommand {
  // Nobody can foresee it, and it is in no environment: no program can pretend to have ended.
  const mark = randomBytes(24).toString('hex');
  const script = scriptOf(command, mark);
  return (idle.pop() ?? new Shell()).run(command, mark, script);
}

type Current = {
  readonly output: MarkedStream;
  readonly words: MarkedStream;
  readonly settle: (code: number) => void;
};

/** In a process group of its own, so that what it has started ends with it. It ends with this process: its input does. */
class Shell {
  readonly #process: ChildProcessByStdio<Writable, Readable, Readable>;
  #current: Current | null = null;
  #isGone = false;

  constructor() {
    this.#process = spawn('/bin/sh', [], { env: {}, detached: true, stdio: ['pipe', 'pipe', 'pipe'] });
    const { stdin, stdout, stderr } = this.#process;
    // One that is gone says so by closing.
    stdin.on('error', () => undefined);
    stdout.on('data', (part: Buffer) => this.#take('output', part));
    stderr.on('data', (part: Buffer) => this.#take('words', part));
    this.#process.once('error', () => this.#gone());
    this.#process.once('close', () => this.#gone());
  }

  run({ onOutput, onWords }: ShellCommand, mark: string, script: string): RunningCommand {
    const { promise, resolve } = Promise.withResolvers<number>();
    this.#current = {
      output: new MarkedStream(mark, onOutput),
      words: new MarkedStream(mark, onWords),
      settle: resolve,
    };
    if (this.#isGone) this.#gone();
    else {
      this.#hold('ref');
      this.#process.stdin.write(script);
    }
    return { ended: promise, end: () => this.end() };
  }

  end(): void {
    const { pid } = this.#process;
    if (this.#isGone || pid === undefined) return;
    try {
      process.kill(-pid, 'SIGKILL');
    } catch {
      // It has ended by itself.
    }
  }

  #take(stream: 'output' | 'words', part: Buffer): void {
    const current = this.#current;
    if (current === null) return;
    current[stream].take(part);
    const { output, words, settle } = current;
    if (output.after === null || words.after === null) return;
    this.#current = null;
    this.#rest();
    settle(Number(words.after));
  }

  #rest(): void {
    if (idle.length >= mostIdle) return this.end();
    this.#hold('unref');
    idle.push(this);
  }

  /** Whether this process stays because of the shell. */
  #hold(how: 'ref' | 'unref'): void {
    this.#process[how]();
    for (const stream of [this.#process.stdin, this.#process.stdout, this.#process.stderr])
      (stream as Partial<Record<typeof how, () => void>>)[how]?.();
  }

  #gone(): void {
    this.#isGone = true;
    const at = idle.indexOf(this);
    if (at >= 0) idle.splice(at, 1);
    const current = this.#current;
    this.#current = null;
    current?.output.flush();
    current?.words.flush();
    current?.settle(-1);
  }
}

/** Passes on what comes before a mark, and keeps what stands in the mark's line after it. */
class MarkedStream {
  /** Null: the line of the mark has not come yet. */
  after: string | null = null;
  readonly #mark: Buffer;
  readonly #onPart: (part: Buffer) => void;
  #held: Buffer = Buffer.alloc(0);

  constructor(mark: string, onPart: (part: Buffer) => void) {
    this.#mark = Buffer.from(mark);
    this.#onPart = onPart;
  }

  take(part: Buffer): void {
    const all = this.#held.length === 0 ? part : Buffer.concat([this.#held, part]);
    const at = all.indexOf(this.#mark);
    const passed = at < 0 ? all.length - this.#begunAtEndOf(all) : at;
    if (passed > 0) this.#onPart(all.subarray(0, passed));
    this.#held = all.subarray(passed);
    if (at < 0) return;
    const end = this.#held.indexOf(0x0a);
    if (end >= 0) this.after = this.#held.subarray(this.#mark.length, end).toString('latin1');
  }

  /** How many bytes at the end may be the beginning of the mark. All else is passed on at once. */
  #begunAtEndOf(all: Buffer): number {
    let bytes = Math.min(all.length, this.#mark.length - 1);
    while (bytes > 0 && !all.subarray(all.length - bytes).equals(this.#mark.subarray(0, bytes))) bytes -= 1;
    return bytes;
  }

  /** There will be no mark. */
  flush(): void {
    if (this.#held.length > 0 && this.after === null) this.#onPart(this.#held);
    this.#held = Buffer.alloc(0);
  }
}

/** In a shell of its own below, so that nothing of one command is left for the next. */
function scriptOf({ program, words, folder, environment }: ShellCommand, mark: string): string {
  const variables = Object.entries(environment).map(([name, value]) => `${variable(name)}=${quoted(value)}`);
  const settings = variables.length === 0 ? '' : `export ${variables.join(' ')} && `;
  const command = [program, ...words].map(quoted).join(' ');
  return `(cd ${quoted(folder)} && ${settings}exec ${command}) </dev/null; echo ${mark}$? >&2; echo ${mark}\n`;
}

function variable(name: string): string {
  if (!/^[A-Za-z_][A-Za-z0-9_]*$/.test(name)) throw new TypeError(`An environment has no variable ${name}.`);
  return name;
}

/** Between single quotes, nothing means anything but the quote itself. */
function quoted(text: string): string {
  if (text.includes('\0')) throw new TypeError('A word of a command ends with its first null.');
  return `'${text.replaceAll("'", String.raw`'\''`)}'`;
}
