/**
 * Git, run by simple-git: with a closed environment, no configuration but the repository's own and ours, and every exit
 * code looked at. What reaches a server is given in the environment, so that no secret is ever in a file or an argument.
 */
import { dirname } from 'node:path';
import { simpleGit, type SimpleGit } from 'simple-git';
import { HoldfastError } from '../../../../shared/model/errors.ts';

/** What a server is asked with. Sent to `base` alone: a scheme, a host and a port, with a slash at its end. */
export type GitAccess = {
  readonly base: string;
  /** The name that goes with the secret; GitHub takes any. */
  readonly user: string;
  readonly secret: string;
};

export type GitOptions = {
  /** Where commands run: a bare repository, or the folder that one is made in. It is trusted, whoever owns it. */
  readonly folder: string;
  readonly signal: AbortSignal;
  readonly access?: GitAccess | null;
  /** On top of the closed environment. */
  readonly environment?: Readonly<Record<string, string>>;
  /** Further `key=value` configuration. */
  readonly configuration?: Readonly<Record<string, string>>;
  /** Per command, without a sign of life from it. */
  readonly silenceMs?: number;
};

const usualSilenceMs = 10 * 60_000;
/** Of what Git says when it fails, the last part. */
const keptWords = 2_000;

/** A Git command that failed: its exit code, and what it said without any secret. */
export class GitFailure extends Error {
  readonly exitCode: number;

  constructor(exitCode: number, words: string) {
    super(words === '' ? `git ended with code ${exitCode}` : words);
    this.exitCode = exitCode;
  }
}

export class Git {
  readonly folder: string;
  readonly signal: AbortSignal;
  readonly silenceMs: number;
  /** For the commands that are run otherwise: those whose output is read while it comes. */
  readonly environment: Readonly<Record<string, string>>;
  readonly #options: GitOptions;

  constructor(options: GitOptions) {
    this.folder = options.folder;
    this.signal = options.signal;
    this.silenceMs = options.silenceMs ?? usualSilenceMs;
    this.#options = options;
    this.environment = { ...environmentOf(options), ...options.environment };
  }

  /** What the command wrote to its standard output. GitFailure, or CANCELLED. */
  async run(...words: readonly string[]): Promise<string> {
    const { signal } = this.#options;
    const failed: { exitCode: number; said: string } = { exitCode: -1, said: '' };
    try {
      return await this.#git(failed).raw([...words]);
    } catch (error) {
      if (signal.aborted) throw new HoldfastError('CANCELLED', 'The run was cancelled.');
      const said = failed.said === '' && failed.exitCode === -1 ? messageOf(error) : failed.said;
      throw this.failure(failed.exitCode, said);
    }
  }

  /** What a command said when it failed, without any secret. */
  failure(exitCode: number, said: string): GitFailure {
    return new GitFailure(exitCode, withoutSecrets(said, this.#options.access ?? null));
  }

  /** As `run`, but an exit code of 1 is an answer: null. For questions such as `merge-base --is-ancestor`. */
  async ask(...words: readonly string[]): Promise<string | null> {
    try {
      return await this.run(...words);
    } catch (error) {
      if (error instanceof GitFailure && error.exitCode === 1) return null;
      throw error;
    }
  }

  /** One for each command: what the command said when it failed is lost in the error that simple-git makes of it. */
  #git(failed: { exitCode: number; said: string }): SimpleGit {
    return simpleGit({
      baseDir: this.folder,
      abort: this.signal,
      timeout: { block: this.silenceMs },
      allowEnvironment: Object.keys(this.environment),
      // simple-git guards against settings that come from elsewhere. All of these are ours: see `environmentOf`.
      unsafe: {
        allowUnsafeConfigEnvCount: true,
        allowUnsafeConfigPaths: true,
        allowUnsafeCredentialHelper: true,
        allowUnsafeHooksPath: true,
        allowUnsafeSshCommand: true,
        allowUnsafeTemplateDir: true,
      },
      // Without this, a command that fails and says nothing counts as a success.
      errors: (error, { exitCode, stdErr }) => {
        if (error === undefined && exitCode === 0) return undefined;
        failed.exitCode = exitCode;
        failed.said = Buffer.concat([...stdErr])
          .toString('utf8')
          .trim();
        return error ?? new Error('git failed');
      },
    }).env({ ...this.environment });
  }
}

/** Nothing of the account's own Git configuration, hooks, helpers or prompts; only protocols that reach a server. */
function environmentOf(options: GitOptions): Record<string, string> {
  const { access = null, configuration = {}, folder } = options;
  const settings: Record<string, string> = {
    'safe.directory': folder,
    'core.hooksPath': '/dev/null',
    'gc.auto': '0',
    'maintenance.auto': 'false',
    'transfer.unpackLimit': '1',
    'transfer.fsckObjects': 'true',
    'protocol.version': '2',
    // A redirect would be given the secret with the next request.
    'http.followRedirects': 'false',
    'credential.helper': '',
    ...(access === null ? {} : { [`http.${access.base}.extraHeader`]: `Authorization: Basic ${basic(access)}` }),
    ...configuration,
  };
  const entries = Object.entries(settings);
  return {
    ...inherited(),
    // There lie sign-ins of the account (`.netrc`), and attributes that change what is checked out.
    HOME: noHome,
    LC_ALL: 'C',
    GIT_CONFIG_NOSYSTEM: '1',
    GIT_CONFIG_GLOBAL: '/dev/null',
    GIT_TERMINAL_PROMPT: '0',
    // A folder that is no repository must not make Git work on one further up.
    GIT_CEILING_DIRECTORIES: dirname(folder),
    GIT_ALLOW_PROTOCOL: 'https:http:ssh',
    GIT_ATTR_NOSYSTEM: '1',
    ...ssh(),
    GIT_LFS_SKIP_SMUDGE: '1',
    GIT_CONFIG_COUNT: String(entries.length),
    ...Object.fromEntries(
      entries.flatMap(([key, value], index) => [
        [`GIT_CONFIG_KEY_${index}`, key],
        [`GIT_CONFIG_VALUE_${index}`, value],
      ]),
    ),
  };
}

/** What programs need to start, to find keys and certificates, and to go through a proxy. */
const passedOn = [
  'PATH',
  'TMPDIR',
  'SSH_AUTH_SOCK',
  'SSL_CERT_FILE',
  'SSL_CERT_DIR',
  'HTTPS_PROXY',
  'https_proxy',
  'NO_PROXY',
  'no_proxy',
  'SYSTEMROOT',
];

const noHome = '/dev/null';
/** A server that is silent for 3 minutes is given up; nothing of this machine is handed on to one. */
const sshOptions = [
  'BatchMode=yes',
  'ConnectTimeout=60',
  'ServerAliveInterval=30',
  'ServerAliveCountMax=6',
  'ForwardAgent=no',
  'ForwardX11=no',
  'ClearAllForwardings=yes',
  'PermitLocalCommand=no',
];

/** The account's own keys and settings are what it signs in by, and what they start may ask where the account lives. */
function ssh(): Record<string, string> {
  const home = process.env['HOME'];
  const from = home === undefined ? '' : `HOME='${home.replaceAll("'", String.raw`'\''`)}' `;
  return {
    GIT_SSH_COMMAND: `${from}ssh ${sshOptions.map((option) => `-o${option}`).join(' ')}`,
    GIT_SSH_VARIANT: 'ssh',
  };
}

function inherited(): Record<string, string> {
  return Object.fromEntries(
    passedOn.flatMap((name) => {
      const value = process.env[name];
      return value === undefined ? [] : [[name, value]];
    }),
  );
}

function basic({ user, secret }: GitAccess): string {
  return Buffer.from(`${user}:${secret}`).toString('base64');
}

function messageOf(error: unknown): string {
  return error instanceof Error ? error.message : String(error);
}

function withoutSecrets(text: string, access: GitAccess | null): string {
  const secrets = access === null ? [] : [access.secret, basic(access)];
  // Before it is shortened, which could cut through one.
  return secrets.reduce((words, secret) => words.replaceAll(secret, '[removed]'), text).slice(-keptWords);
}
