import { InvalidArgumentError, type Command } from 'commander';
import { rm } from 'node:fs/promises';
import { join, resolve } from 'node:path';
import { HoldfastError, toHoldfastError } from '../../shared/model/errors.ts';
import { badUsage, type ExitCode } from './failure.ts';
import { configuredLocation, holdfastHome } from './repository-location.ts';
import { passwordFromEnvironment } from './password.ts';
import type { RunCommand } from './run-command.ts';
import { engineOptions, located, watchInterrupts, type Cli } from './session.ts';
import { siteLines } from './site-server.ts';
import type { ContractClient, HttpOptions, ServedEngine, SiteOptions } from './world.ts';

type ServeArguments = {
  host?: string;
  port?: number;
  tlsCert?: string;
  tlsKey?: string;
  site?: boolean;
  tls: boolean;
  open?: boolean;
  http: boolean;
};

export function registerServe(program: Command, run: RunCommand): void {
  program
    .command('serve')
    .description('keep an engine running that does the work of all other commands, and the console for browsers')
    .option('--site', 'serve this home as a site too, which others push to (see `holdfast site`)')
    .option('--host <address>', 'where browsers reach the console; with --site, where others reach the site instead')
    .option('--port <number>', 'its port (default: the one of last time, or a free one; of a site: 8000)', portArgument)
    .option('--tls-cert <file>', 'certificate in PEM; a site makes itself one, the console needs it beyond loopback')
    .option('--tls-key <file>', 'its key in PEM')
    .option('--no-tls', 'a site on loopback without TLS, as behind a proxy that has it')
    .option('--open', 'open the console in a browser')
    .option('--no-http', 'no console: serve other commands only')
    .addHelpText(
      'after',
      `
The first line that it prints is a link that opens the console, once and within 15 minutes; \`holdfast console-link\`
makes another one. Ctrl-C or SIGTERM ends the engine in order, a second one ends it at once.

With --site, host, port and TLS are those of the site, and the console stays on this machine.`,
    )
    .action((options: ServeArguments) =>
      run((cli) =>
        serveUntilStopped(cli, {
          home: holdfastHome(cli.world),
          http: options.site === true ? ownConsole(options) : httpOptions(cli, options),
          site: options.site === true ? siteOptions(cli, options) : null,
          open: options.open === true,
          prepare: ({ client }) => openConfigured(cli, client),
        }),
      ),
    );
}

function portArgument(text: string): number {
  const port = Number(text);
  if (/^\d{1,5}$/.test(text) && port <= 65_535) return port;
  throw new InvalidArgumentError('Give a number up to 65535; 0 takes any free port.');
}

export type ServeOptions = {
  readonly home: string;
  /** Null: no console for browsers. */
  readonly http: HttpOptions | null;
  /** Null: nobody pushes here. */
  readonly site?: SiteOptions | null;
  /** Whether the console is opened in a browser. */
  readonly open: boolean;
  /** What is done with the engine before anybody is told of it. */
  readonly prepare: (engine: ServedEngine, signal: AbortSignal) => Promise<void>;
  /** Of a sandbox: the time of day that its snapshots are taken at. */
  readonly takenAtMs?: () => number;
};

/** The first Ctrl-C or SIGTERM ends the engine in order, the second at once. */
export async function serveUntilStopped(cli: Cli, options: ServeOptions): Promise<ExitCode> {
  const { world, output } = cli;
  const { home, http, site = null, open, prepare, takenAtMs } = options;
  if (cli.tenantOption !== undefined)
    throw badUsage('One engine serves all tenants of a home; see `holdfast tenant --help`.');
  const stop = new AbortController();
  const stopped = Promise.withResolvers<void>();
  stop.signal.addEventListener('abort', () => stopped.resolve());
  const interrupt = watchInterrupts(cli, {
    onFirst: () => {
      output.note('Ending; what is being written is brought to an end. Once more ends it at once.');
      stop.abort(new HoldfastError('CANCELLED', 'It was told to end.'));
    },
  });
  try {
    const passphrase = await passwordFromEnvironment(world, output, 'HOLDFAST_PASSPHRASE');
    const secrets = passphrase === null ? {} : { secrets: { passphrase } };
    const sandbox = takenAtMs === undefined ? {} : { takenAtMs };
    const doors = { ...(http !== null && { http }), ...(site !== null && { site }) };
    const given = { ...engineOptions(cli), home, ...secrets, ...sandbox, ...doors };
    const engine = await world.serveEngine(given);
    try {
      await prepare(engine, stop.signal);
      await announce(cli, engine, home);
      if (open) await openConsole(cli, engine, home);
      await stopped.promise;
    } catch (error) {
      if (!stop.signal.aborted) throw error;
    } finally {
      await engine.close();
      if (open) await rm(openingFile(home), { force: true });
    }
    return 0;
  } finally {
    interrupt.stop();
  }
}

/** Beside a site: on this machine alone. */
function ownConsole({ open, http }: ServeArguments): HttpOptions | null {
  if (http) return { host: '127.0.0.1', port: null, tls: null };
  if (open === true) throw badUsage('With --no-http there is no console that could be opened.');
  return null;
}

function siteOptions(cli: Cli, { host = '127.0.0.1', port, tls, ...files }: ServeArguments): SiteOptions {
  if (host === '') throw badUsage('The address of --host is empty.');
  const given = tlsFiles(cli, files);
  if (!tls && given !== null) throw badUsage('--no-tls and --tls-cert exclude each other.');
  return { host, port: port ?? null, tls: tls ? (given ?? 'own') : null };
}

function httpOptions(cli: Cli, options: ServeArguments): HttpOptions | null {
  const { host, port, tlsCert, tlsKey, open, http, tls } = options;
  if (!tls) throw badUsage('--no-tls is about a site: it goes with --site.');
  const named = [host, port, tlsCert, tlsKey, open].some((option) => option !== undefined);
  if (!http && named) throw badUsage('With --no-http there is no console that the other options could be about.');
  if (!http) return null;
  if (host === '') throw badUsage('The address of --host is empty.');
  return {
    host: host ?? '127.0.0.1',
    port: port ?? null,
    tls: tlsFiles(cli, options),
  };
}

function tlsFiles(
  { world }: Cli,
  { tlsCert, tlsKey }: Pick<ServeArguments, 'tlsCert' | 'tlsKey'>,
): { readonly certFile: string; readonly keyFile: string } | null {
  if ((tlsCert === undefined) !== (tlsKey === undefined)) throw badUsage('--tls-cert and --tls-key go together.');
  if (tlsCert === undefined || tlsKey === undefined) return null;
  return { certFile: resolve(world.folder, tlsCert), keyFile: resolve(world.folder, tlsKey) };
}

async function announce({ output }: Cli, engine: ServedEngine, home: string): Promise<void> {
  const url = engine.console?.newLink().url ?? null;
  const site = engine.site === null ? [] : siteLines(engine.site);
  if (output.style.json) {
    // On one line: it is read while the engine runs.
    const origin = engine.console?.origin ?? null;
    await output.documentPart(`${JSON.stringify({ url, origin, socket: engine.socket, site: engine.site })}\n`);
  }
  await output.lines([...(url === null ? [] : [url]), `Serving ${home} on ${engine.socket}`, ...site]);
}

/**
 * The browser is given a file that leads to the link, readable by this account alone: what a program is started with
 * can be seen by all accounts.
 */
async function openConsole(cli: Cli, { console }: ServedEngine, home: string): Promise<void> {
  if (console === null) return;
  if (await cli.world.openInBrowser(console.newLink().url, openingFile(home))) return;
  cli.output.note('No browser could be opened here. Open the link above in one.');
}

/**
 * A repository that option or environment name is connected and open from the start, where its password can be had
 * without asking. A failure is told, and does not keep the engine from serving.
 */
async function openConfigured(cli: Cli, client: ContractClient): Promise<void> {
  const { world, output } = cli;
  const location = configuredLocation(world, cli.repositoryOption);
  if (location === null) return;
  const password = await passwordFromEnvironment(world, output, 'HOLDFAST_PASSWORD');
  if (password === null) return;
  try {
    const { repositories } = await client.repositories.list({});
    const known = repositories.find((one) => one.location === location);
    if (known === undefined) await client.repositories.connect(located(cli, location, password));
    else {
      const { reach } = located(cli, location, password);
      await client.repositories.unlock({
        id: known.id,
        password,
        ...(reach === undefined ? {} : { secrets: reach.secrets }),
      });
    }
  } catch (error) {
    output.warn(`The repository at ${location} is not open: ${toHoldfastError(error).message}`);
  }
}

function openingFile(home: string): string {
  return join(home, 'open-console.html');
}
