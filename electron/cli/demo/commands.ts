/** Commands of the demo: those an operator types, run in a home of their own, in front of whoever watches. */
import type { ExitCode } from '../failure.ts';
import type { TextStream } from '../text-stream.ts';
import type { World } from '../world.ts';

export type Said = { readonly code: number; readonly stdout: string; readonly stderr: string };

/** The command line, from the name of the command on. */
export type RunCli = (argv: readonly string[], world: World) => Promise<ExitCode>;

type Wanted = { readonly expected?: number; readonly password?: string };

export class DemoCommands {
  readonly #run: RunCli;
  readonly #world: World;
  readonly #show: (command: string) => Promise<void>;

  /** `env`: all that the commands know of their surroundings. */
  constructor(
    run: RunCli,
    world: World,
    env: Readonly<Record<string, string>>,
    show: (command: string) => Promise<void>,
  ) {
    const { PATH = '/usr/bin:/bin' } = world.env;
    this.#run = run;
    this.#world = { ...world, env: { PATH, NO_COLOR: '1', ...env }, askSecret: null };
    this.#show = show;
  }

  /** Throws where it ends otherwise than expected. `password`: the variable that holds another one than usual. */
  async run(args: readonly string[], { expected = 0, password }: Wanted = {}): Promise<Said> {
    const prefix = password === undefined ? [] : [`HOLDFAST_PASSWORD=$${password}`];
    await this.#show([...prefix, 'holdfast', ...args.map(asTyped)].join(' '));
    const said = await this.#quietly(args, password);
    if (said.code === expected) return said;
    const words = said.stderr.trim() === '' ? said.stdout.trim() : said.stderr.trim();
    throw new Error(`It ended with ${said.code} in place of ${expected}: ${words}`);
  }

  /** The same, and its result as a program reads it. */
  async ask(args: readonly string[], wanted: Wanted = {}): Promise<unknown> {
    const { stdout } = await this.run([...args, '--json'], wanted);
    return JSON.parse(stdout) as unknown;
  }

  async #quietly(args: readonly string[], password: string | undefined): Promise<Said> {
    const streams = { stdout: new Kept(), stderr: new Kept() };
    const { env } = this.#world;
    const own = password === undefined ? env : { ...env, HOLDFAST_PASSWORD: env[password] };
    const code = await this.#run(args, { ...this.#world, ...streams, env: own });
    return { code, stdout: streams.stdout.text, stderr: streams.stderr.text };
  }
}

function asTyped(word: string): string {
  return /^[\w@%+=:,./-]+$/.test(word) ? word : `'${word.replaceAll("'", String.raw`'\''`)}'`;
}

class Kept implements TextStream {
  readonly isTerminal = false;
  readonly columns = 80;
  readonly closed = false;
  readonly failure = null;
  text = '';

  write(text: string): Promise<void> {
    this.text += text;
    return Promise.resolve();
  }
}
