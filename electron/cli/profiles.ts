import { readFile } from 'node:fs/promises';
import { resolve } from 'node:path';
import { InvalidArgumentError, type Command } from 'commander';
import { profileDefinitionSchema, type Profile } from '../../shared/contract/profiles.ts';
import { HoldfastError } from '../../shared/model/errors.ts';
import { keepWords } from '../../shared/model/keep-until.ts';
import { presetIds, presets, type PresetId } from '../../shared/model/profile-presets.ts';
import type { ProfileDefinition } from '../../shared/model/profile.ts';
import { ruleWords } from '../../shared/model/rule-words.ts';
import { formatDuration } from '../../shared/model/units.ts';
import { collect } from './arguments.ts';
import { localTime, plural } from './display.ts';
import { badUsage, type ExitCode } from './failure.ts';
import { preview, type PreviewOptions } from './profile-preview.ts';
import { applyProperties, blackoutWords, profileHelp } from './profile-properties.ts';
import type { RunCommand } from './run-command.ts';
import { tellSaved } from './saved.ts';
import { withEngine, withRepository, type Cli } from './session.ts';
import { factLines, tableLines } from './table.ts';

type Changes = { readonly set?: string[]; readonly drop?: string[]; readonly file?: string };
type AddOptions = Changes & { readonly name: string; readonly preset?: PresetId };
type SubjectOptions = { readonly source?: string; readonly tag?: string; readonly all?: boolean };

export function registerProfiles(program: Command, run: RunCommand): void {
  const profile = program
    .command('profile')
    .description('manage profiles: when snapshots are taken, and how long they are kept');
  profile
    .command('list')
    .description('list the profiles, and which one counts for each source')
    .action(() => run(list));
  profile
    .command('show')
    .description('show when a profile takes snapshots, and how long it keeps them')
    .argument('<name>', 'its name')
    .action((name: string) => run((cli) => show(cli, name)));
  profile
    .command('add')
    .description('make a profile')
    .requiredOption('--name <name>', 'its name')
    .option('--preset <preset>', `what to begin with: ${presetIds.join(', ')}`, presetArgument)
    .option('--file <file>', 'a profile as JSON, as `profile show --json` prints it')
    .option('--set <key=value>', 'a property (repeatable)', collect)
    .option('--drop <period>', 'leave a period of the preset out (repeatable)', collect)
    .addHelpText('after', profileHelp)
    .action((options: AddOptions) => run((cli) => add(cli, options)));
  profile
    .command('edit')
    .description('change a profile; what is not named stays as it is')
    .argument('<name>', 'its name')
    .option('--rename <name>', 'another name')
    .option('--file <file>', 'what it becomes, as JSON')
    .option('--set <key=value>', 'a property, in place of what it was (repeatable)', collect)
    .option('--drop <period>', 'take a period away (repeatable); its snapshots are kept', collect)
    .addHelpText('after', profileHelp)
    .action((name: string, options: Changes & { rename?: string }) => run((cli) => edit(cli, name, options)));
  profile
    .command('assign')
    .description('give a profile to a source, to all sources with a tag, or to all')
    .argument('<name>', 'the profile')
    .option('--source <name>', 'a registered source')
    .option('--tag <tag>', 'all sources with this tag that have no profile of their own')
    .option('--all', 'all sources that have none by themselves or by a tag')
    .action((name: string, options: SubjectOptions) => run((cli) => assign(cli, name, options)));
  profile
    .command('unassign')
    .description('take a profile away from what it was given to; what is less particular counts again')
    .option('--source <name>', 'a source')
    .option('--tag <tag>', 'a tag')
    .option('--all', 'what was given to all')
    .action((options: SubjectOptions) => run((cli) => assign(cli, null, options)));
  profile
    .command('remove')
    .description('remove a profile that nothing has; its snapshots are kept until somebody removes them')
    .argument('<name>', 'its name')
    .action((name: string) => run((cli) => remove(cli, name)));
  profile
    .command('preview')
    .description('show what a profile will do: what runs, what is kept, what may surprise')
    .argument('[name]', 'a profile')
    .option('--preset <preset>', 'a preset instead', presetArgument)
    .option('--source <name>', 'also what becomes of the snapshots of this source')
    .option('--days <number>', 'how far to look ahead', daysArgument, 14)
    .option('--set <key=value>', 'with this property changed (repeatable)', collect)
    .option('--drop <period>', 'without this period (repeatable)', collect)
    .action((name: string | undefined, options: PreviewOptions & Changes & { preset?: PresetId }) =>
      run((cli) => previewNamed(cli, name, options)),
    );
}

function presetArgument(text: string): PresetId {
  const preset = presetIds.find((id) => id === text);
  if (preset === undefined) throw new InvalidArgumentError(`There are ${presetIds.join(', ')}.`);
  return preset;
}

function daysArgument(text: string): number {
  const days = Number(text);
  if (!/^\d+$/.test(text) || days < 1 || days > 400) throw new InvalidArgumentError('It is a number from 1 to 400.');
  return days;
}

function list(cli: Cli): Promise<ExitCode> {
  return withEngine(cli, async ({ client, signal }) => {
    const found = await client.profiles.list({}, { signal });
    await cli.output.document(found);
    const { profiles, effective } = found;
    if (profiles.length === 0)
      await cli.output.lines(['No profiles. `holdfast profile add --preset standard --name Standard` makes one.']);
    else {
      const columns = ['NAME', 'PERIODS', 'RPO', 'SOURCES'].map((title) => ({ title }));
      const rows = profiles.map(({ name, periods, effectiveRpoMs, sources }) => [
        name,
        periods.map((period) => period.name).join(', '),
        effectiveRpoMs === null ? '–' : formatDuration(effectiveRpoMs),
        sources.length > 5 ? plural(sources.length, 'source') : sources.join(', ') || '–',
      ]);
      await cli.output.lines(tableLines(columns, rows));
    }
    const without = effective.filter(({ profile }) => profile === null).map(({ source }) => source);
    if (without.length > 0) await cli.output.lines(['', `Without a profile: ${without.join(', ')}`]);
    return 0;
  });
}

function show(cli: Cli, name: string): Promise<ExitCode> {
  return withEngine(cli, async ({ client, signal }) => {
    const { profiles, assignments, effective } = await client.profiles.list({}, { signal });
    const profile = mustFind(profiles, name);
    const given = assignments.filter((one) => one.profile === profile.id);
    const counts = effective.filter((one) => one.profile === profile.id);
    await cli.output.document({ ...profile, assignments: given, effective: counts });
    await cli.output.lines([`Profile ${profile.name}`, ...factLines(factsOf(profile)), '']);
    const columns = ['PERIOD', 'WHEN', 'KEPT FOR', 'AT LEAST', 'MISSED', 'LOCKED'].map((title) => ({ title }));
    const rows = profile.periods.map(({ id, rule, keep, minimum, missed, locked }) => [
      id,
      ruleWords(rule),
      keepWords(keep),
      String(minimum),
      missed === 'skip' ? 'skipped' : 'caught up',
      locked ? 'yes' : 'no',
    ]);
    await cli.output.lines(tableLines(columns, rows));
    const lines = counts.map(({ source, from }) => `  ${source}  ${fromWords(from)}`);
    await cli.output.lines(lines.length === 0 ? ['', 'No source has it.'] : ['', 'Counts for', ...lines]);
    return 0;
  });
}

function factsOf(profile: Profile): readonly (readonly [string, string])[] {
  const { description, zone, rpoMs, effectiveRpoMs, manual, blackouts, createdAt, createdBy } = profile;
  const rpo = effectiveRpoMs === null ? 'none' : formatDuration(effectiveRpoMs);
  return [
    ...(description === '' ? [] : [['description', description] as const]),
    ['zone', zone ?? 'that of the machine'],
    ['rpo', rpoMs === null ? `${rpo}, from its periods` : rpo],
    ['manual', keepWords(manual.keep)],
    ...blackouts.map((blackout) => ['blackout', blackoutWords(blackout)] as const),
    ['made', `${localTime(createdAt)} by ${createdBy}`],
  ];
}

function fromWords(from: { readonly scope: string; readonly subject: string } | null): string {
  if (from === null) return '';
  if (from.scope === 'source') return 'given to it';
  return from.scope === 'tag' ? `from tag ${from.subject}` : 'from what was given to all';
}

async function add(cli: Cli, { name, preset, file, set = [], drop = [] }: AddOptions): Promise<ExitCode> {
  if (preset !== undefined && file !== undefined) throw badUsage('Give --preset or --file, not both.');
  const begun = file === undefined ? presets[preset ?? 'standard'] : await readProfile(cli, file);
  const isEmpty = preset === undefined && file === undefined;
  const base = { ...begun, name, ...(isEmpty ? { periods: [], description: '' } : {}) };
  const profile = applyProperties(base, set, drop);
  if (profile.periods.length === 0)
    throw badUsage("A profile needs a period: give --preset, or --set 'daily.when=daily 22:00'.");
  return withRepository(cli, async ({ client, signal, repository }) => {
    const added = await client.profiles.add({ repository, profile }, { signal });
    await cli.output.document(added);
    await cli.output.summary([
      `Profile ${name} is made: \`holdfast profile assign\` gives it to sources, \`holdfast profile preview\` shows what it will do.`,
    ]);
    tellSaved(cli.output, added);
    return 0;
  });
}

async function edit(
  cli: Cli,
  name: string,
  { rename, file, set = [], drop = [] }: Changes & { rename?: string },
): Promise<ExitCode> {
  if (rename === undefined && file === undefined && set.length + drop.length === 0)
    throw badUsage('Nothing to change: give --set, --drop, --rename or --file.');
  const written = file === undefined ? null : await readProfile(cli, file);
  return withRepository(cli, async ({ client, signal, repository }) => {
    const before = mustFind((await client.profiles.list({}, { signal })).profiles, name);
    const base = { ...(written ?? profileDefinitionSchema.parse(before)), name: rename ?? before.name };
    const profile = applyProperties(base, set, drop);
    const changed = await client.profiles.update({ repository, id: before.id, profile }, { signal });
    await cli.output.document(changed);
    await cli.output.summary([`Profile ${profile.name} is changed; it counts from now on.`]);
    tellSaved(cli.output, changed);
    return 0;
  });
}

async function readProfile({ world }: Cli, file: string): Promise<ProfileDefinition> {
  const text = await readFile(resolve(world.folder, file), 'utf8').catch(() => null);
  if (text === null) throw badUsage(`The file ${file} cannot be read.`);
  const parsed = profileDefinitionSchema.safeParse(parseJson(text));
  if (parsed.success) return parsed.data;
  const [issue] = parsed.error.issues;
  throw badUsage(`The file ${file} holds no profile: ${issue?.path.join('.') ?? ''}: ${issue?.message ?? ''}`);
}

function parseJson(text: string): unknown {
  try {
    return JSON.parse(text) as unknown;
  } catch {
    return null;
  }
}

/** With null, what was given is taken away. */
function assign(cli: Cli, name: string | null, options: SubjectOptions): Promise<ExitCode> {
  const subject = subjectOf(options);
  return withRepository(cli, async ({ client, signal, repository }) => {
    const { profiles } = await client.profiles.list({}, { signal });
    const profile = name === null ? null : mustFind(profiles, name).id;
    const saved = await client.profiles.assign({ repository, ...subject, profile }, { signal });
    await cli.output.document({ ...subject, profile, ...saved });
    const whom = subject.scope === 'tenant' ? 'all sources' : `the ${subject.scope} ${subject.subject}`;
    await cli.output.summary([
      name === null ? `What was given to ${whom} is taken away.` : `Profile ${name} is given to ${whom}.`,
    ]);
    tellSaved(cli.output, saved);
    return 0;
  });
}

function subjectOf({ source, tag, all }: SubjectOptions): { scope: 'source' | 'tag' | 'tenant'; subject: string } {
  const given = [source, tag, all === true ? '' : undefined].filter((one) => one !== undefined);
  if (given.length !== 1) throw badUsage('Give one of --source, --tag and --all.');
  if (source !== undefined) return { scope: 'source', subject: source };
  return tag === undefined ? { scope: 'tenant', subject: '' } : { scope: 'tag', subject: tag };
}

function remove(cli: Cli, name: string): Promise<ExitCode> {
  return withRepository(cli, async ({ client, signal, repository }) => {
    const { id } = mustFind((await client.profiles.list({}, { signal })).profiles, name);
    const saved = await client.profiles.remove({ repository, id }, { signal });
    await cli.output.document({ id, ...saved });
    await cli.output.summary([`Profile ${name} is removed; its snapshots are kept until somebody removes them.`]);
    tellSaved(cli.output, saved);
    return 0;
  });
}

function previewNamed(
  cli: Cli,
  name: string | undefined,
  options: PreviewOptions & Changes & { preset?: PresetId },
): Promise<ExitCode> {
  const { preset, set = [], drop = [] } = options;
  if ((name === undefined) === (preset === undefined)) throw badUsage('Name a profile, or give --preset.');
  return withEngine(cli, async (session) => {
    const { client, signal } = session;
    const saved = name === undefined ? null : mustFind((await client.profiles.list({}, { signal })).profiles, name);
    const base = saved === null ? presets[preset ?? 'standard'] : profileDefinitionSchema.parse(saved);
    return preview(cli, session, { profile: applyProperties(base, set, drop), id: saved?.id }, options);
  });
}

function mustFind(profiles: readonly Profile[], name: string): Profile {
  const profile = profiles.find((one) => one.name === name) ?? profiles.find(({ id }) => id === name);
  if (profile === undefined) throw new HoldfastError('PROFILE_UNKNOWN', `There is no profile called ${name}.`);
  return profile;
}
