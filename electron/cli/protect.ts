import { existsSync } from 'node:fs';
import { resolve } from 'node:path';
import type { Command } from 'commander';
import type { LocatedRepository } from '../../shared/contract/common.ts';
import type { ProtectResult } from '../../shared/contract/protection.ts';
import { namePattern } from '../../shared/model/configuration.ts';
import { HoldfastError } from '../../shared/model/errors.ts';
import { formatBytes, formatCount, formatDuration } from '../../shared/model/units.ts';
import { collect, collectTags, sizeArgument, sourceArgument } from './arguments.ts';
import { detach, DETACH_HELP } from './detach.ts';
import { consistencyWord, localTime, plural, shortId, statusWord } from './display.ts';
import { badUsage, type ExitCode } from './failure.ts';
import { follow, nameIssues } from './operation.ts';
import { currentPassword, passwordFromEnvironment, passwordOfNewRepository, sayPasswordRisk } from './password.ts';
import { configuredLocation, defaultExists, defaultLocation } from './repository-location.ts';
import type { RunCommand } from './run-command.ts';
import { located, withEngine, type Cli, type EngineSession, type RepositorySession } from './session.ts';
import { factLines } from './table.ts';

type ProtectOptions = {
  source?: string;
  exclude?: string[];
  excludeCaches?: boolean;
  excludeLargerThan?: number;
  oneFileSystem?: boolean;
  tag?: string[];
  allowEmpty?: boolean;
  allowUnmounted?: boolean;
  force?: boolean;
  hooks: boolean;
  detach?: boolean;
};

export function registerProtect(program: Command, run: RunCommand): void {
  program
    .command('protect')
    .description('take a snapshot of folders or files, or of a registered source')
    .argument('<path...>', 'what to protect: paths, or the name of one source of `holdfast source list`')
    .option('--source <name>', 'name of the source; by default made from the paths', sourceArgument)
    .option('--exclude <pattern>', 'leave out what matches, as in .gitignore (repeatable)', collect)
    .option('--exclude-caches', 'leave out folders with a CACHEDIR.TAG')
    .option('--exclude-larger-than <size>', 'leave out files above this size, such as 500M or 2G', sizeArgument)
    .option('--one-file-system', 'stay on the file system of each path')
    .option('--tag <tag>', 'put a tag on the snapshot (repeatable)', collectTags)
    .option('--allow-empty', 'take the snapshot although the source is empty now')
    .option('--allow-unmounted', 'take the snapshot although a file system is not mounted any more')
    .option('--force', 'read every file again, changed or not')
    .option('--no-hooks', 'run no hooks of the registered source around it')
    .option('--detach', DETACH_HELP)
    .action((paths: string[], options: ProtectOptions) => run((cli) => protect(cli, paths, options)));
}

async function protect(cli: Cli, paths: readonly string[], options: ProtectOptions): Promise<ExitCode> {
  if (paths.includes('')) throw badUsage('A path to protect is empty.');
  const { repository, create } = await chooseRepository(cli);
  const opens = create ? null : repository;
  const body = async (session: EngineSession): Promise<ExitCode> => {
    const { client, signal } = session;
    const registered = await registeredName({ ...session, repository }, paths);
    if (registered !== null) refuseSourceOptions(registered, options);
    if (create) {
      if (registered === null) refuseNothing(cli, paths);
      await createDefault(cli, session, repository);
    }
    const events = await client.protection.protect(
      {
        repository,
        ...(registered === null
          ? { paths: paths.map((path) => resolve(cli.world.folder, path)) }
          : { paths: [], registered }),
        ...(options.source === undefined ? {} : { source: options.source }),
        excludes: options.exclude ?? [],
        excludeCaches: options.excludeCaches ?? false,
        ...(options.excludeLargerThan === undefined ? {} : { excludeLargerThanBytes: options.excludeLargerThan }),
        oneFileSystem: options.oneFileSystem ?? false,
        tags: options.tag ?? [],
        allowEmpty: options.allowEmpty ?? false,
        allowUnmounted: options.allowUnmounted ?? false,
        force: options.force ?? false,
        hooks: options.hooks,
        detach: options.detach ?? false,
      },
      { signal },
    );
    if (options.detach === true) return detach(cli, events);
    const result = await follow(cli.output, cli.world.monotonicMs, events);
    await report(cli, result, repository.location);
    return result.status === 'partial' ? 3 : 0;
  };
  return withEngine(cli, body, opens);
}

/** The registered source that is meant; null for paths. `./name` is a path whatever is registered. */
async function registeredName(
  { client, signal, repository }: RepositorySession,
  paths: readonly string[],
): Promise<string | null> {
  for (const name of paths) {
    if (!namePattern.test(name)) continue;
    if ((await client.sources.find({ name, repository }, { signal })) === null) continue;
    if (paths.length === 1) return name;
    throw badUsage(`${name} is a registered source, which is protected by itself; write ./${name} for the path.`);
  }
  return null;
}

function refuseSourceOptions(name: string, options: ProtectOptions): void {
  const given = [
    options.source !== undefined && '--source',
    options.exclude !== undefined && '--exclude',
    options.excludeCaches === true && '--exclude-caches',
    options.excludeLargerThan !== undefined && '--exclude-larger-than',
    options.oneFileSystem === true && '--one-file-system',
  ].find((option) => option !== false);
  if (given !== undefined) throw badUsage(`${given} is a part of the registered source ${name}, and not to be given.`);
}

/** A slip of the pen must not leave a repository behind that nobody asked for. */
function refuseNothing({ world }: Cli, paths: readonly string[]): void {
  if (paths.some((path) => existsSync(resolve(world.folder, path)))) return;
  throw new HoldfastError('SOURCE_NOT_FOUND', `There is nothing at ${resolve(world.folder, paths[0] ?? '')}.`);
}

/** The named repository, else the default one, which the first run creates. */
async function chooseRepository(cli: Cli): Promise<{ repository: LocatedRepository; create: boolean }> {
  const { world, output } = cli;
  const configured = configuredLocation(world, cli.repositoryOption);
  const location = configured ?? defaultLocation(world);
  if (configured !== null || (await defaultExists(world))) {
    return { repository: located(cli, location, await currentPassword(world, output, location)), create: false };
  }
  return { repository: { location, password: await passwordOfDefault(cli, location) }, create: true };
}

async function passwordOfDefault({ world, output }: Cli, location: string): Promise<string> {
  const given = await passwordFromEnvironment(world, output, 'HOLDFAST_PASSWORD');
  if (given === null && world.askSecret === null) {
    throw new HoldfastError(
      'NO_PASSWORD',
      'No repository is configured, and there is no terminal to ask for the password of a new one. ' +
        `Set HOLDFAST_PASSWORD or HOLDFAST_PASSWORD_FILE to have one created at ${location}; ` +
        'set HOLDFAST_REPOSITORY as well to use one elsewhere.',
    );
  }
  output.say(`No repository is configured. A new one will be created at ${location}.`);
  output.say('A repository on the same disk as its sources does not survive that disk: to keep one elsewhere, run');
  output.say('`holdfast init <folder>` and set HOLDFAST_REPOSITORY.');
  if (given === null) return passwordOfNewRepository(world, output, location);
  sayPasswordRisk(output);
  return given;
}

async function createDefault(
  cli: Cli,
  { client, signal }: EngineSession,
  repository: LocatedRepository,
): Promise<void> {
  await client.repository.init({ repository }, { signal });
  cli.output.note(`Repository created at ${repository.location}.`);
}

async function report({ output }: Cli, result: ProtectResult, location: string): Promise<void> {
  await output.document(result);
  await output.summary([
    `Snapshot ${shortId(result.snapshot)} of ${result.source}: ${statusWord(result.status)}`,
    ...(result.status === 'pending'
      ? [`It counts once AWS has completed what it was asked for: \`holdfast aws snapshots '${result.source}'\`.`]
      : []),
    ...factLines([
      ['taken', localTime(result.takenAt)],
      ['files', countsText(result.files)],
      ['folders', countsText(result.folders)],
      ['size', formatBytes(result.bytes)],
      ['added', `${formatBytes(result.addedBytes)}, stored as ${formatBytes(result.storedBytes)}`],
      ...checksFact(result.checkedMirrors),
      ...(result.consistency === null ? [] : [['consistency', consistencyWord(result.consistency)] as const]),
      ['time', formatDuration(result.durationMs)],
      ['repository', location],
    ]),
  ]);
  if (output.style.json || result.issues.length === 0) return;
  const things = plural(formatCount(result.issues.length), 'thing');
  if (result.status === 'partial') {
    output.warn(`The snapshot is partial: ${things} could not be protected as found. The rest is safe.`);
  } else {
    output.warn(`${things} could not be protected as found.`);
  }
  nameIssues(output, result.issues);
}

function checksFact(checked: ProtectResult['checkedMirrors']): (readonly [string, string])[] {
  if (checked.length === 0) return [];
  const repaired = checked.filter((one) => one.repaired).length;
  const damaged = checked.filter((one) => one.problems.length > 0 && !one.repaired).length;
  const mirrors = plural(formatCount(checked.length), 'mirror');
  const found = [
    ...(damaged === 0 ? [] : [`${formatCount(damaged)} damaged`]),
    ...(repaired === 0 ? [] : [`${formatCount(repaired)} damaged and made anew`]),
  ];
  return [['checked', `${mirrors} as a whole, ${found.length === 0 ? 'all sound' : found.join(', ')}`]];
}

function countsText(counts: ProtectResult['files']): string {
  const { new: added, changed, unmodified } = counts;
  return `${formatCount(added)} new, ${formatCount(changed)} changed, ${formatCount(unmodified)} unmodified`;
}
