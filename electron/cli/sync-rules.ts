/** Rules of sync on the command line, and fetching back. */
import { InvalidArgumentError, type Command } from 'commander';
import type { z } from 'zod';
import type { fetchResultSchema, SyncRuleView } from '../../shared/contract/sync.ts';
import type { Profile } from '../../shared/contract/profiles.ts';
import { HoldfastError } from '../../shared/model/errors.ts';
import { keepWords } from '../../shared/model/keep-until.ts';
import type { KeepFor } from '../../shared/model/profile.ts';
import { parseKeep } from '../../shared/model/rule-words.ts';
import { defaultPriority, scopeWords, type SyncScope } from '../../shared/model/sync-rules.ts';
import { numberArgument, sourceArgument } from './arguments.ts';
import { localTime, plural, shortId } from './display.ts';
import { badUsage, type ExitCode } from './failure.ts';
import { follow } from './operation.ts';
import type { RunCommand } from './run-command.ts';
import { tellSaved } from './saved.ts';
import { withEngine, withRepository, type Cli } from './session.ts';
import { tableLines } from './table.ts';

type RuleOptions = {
  readonly to: string;
  readonly from?: string;
  readonly source?: string;
  readonly tag?: string;
  readonly profile?: string;
  readonly period?: string;
  readonly keep: KeepFor | 'same';
  readonly minimum: number;
  readonly priority: number;
  readonly holdUntilSent?: boolean;
  readonly prefix: string;
};

/** What is fetched back is looked at, and goes again. */
const threeDays: KeepFor | 'same' = { count: 3, unit: 'days' };

export function registerSyncRules(sync: Command, run: RunCommand): void {
  const rule = sync.command('rule').description('manage rules: what goes to which site, and how long it is kept there');
  rule
    .command('add')
    .description('let everything, or what is named, go to a site')
    .requiredOption('--to <site>', 'where to')
    .option('--from <site>', 'read from another site; from the repository by default')
    .option('--source <name>', 'of one source', sourceArgument)
    .option('--tag <tag>', 'of sources with a tag')
    .option('--profile <name>', 'of a period of a profile, with --period')
    .option('--period <id>', 'of its profile')
    .option(
      '--keep <duration>',
      'at the site: 48h, 14d, 8w, 12m, 7y, forever, or as the profile says',
      keepArgument,
      'same',
    )
    .option('--minimum <number>', 'so many of the newest stay there however old', numberArgument(1000), 0)
    .option('--priority <number>', '0 to 9, the lower goes first', numberArgument(9), defaultPriority)
    .option('--hold-until-sent', 'nothing expires here before it was sent')
    .option('--prefix <text>', 'before the name of the source, in a tag of the copy', '')
    .action((options: RuleOptions) => run((cli) => add(cli, options)));
  rule
    .command('list')
    .description('list the rules, those that go first at the beginning')
    .action(() => run(list));
  rule
    .command('remove')
    .description('take a rule away; what it has sent stays')
    .argument('<rule>', 'its id')
    .action((id: string) => run((cli) => remove(cli, id)));
  sync
    .command('fetch')
    .description('bring snapshots of a site back into the repository, for a while')
    .argument('<site>', 'which site')
    .argument('<snapshot...>', 'as the site calls them, or as they were called where they were taken')
    .option('--keep <duration>', 'how long: 48h, 14d, … or forever; 3 days by default', keepArgument, threeDays)
    .action((site: string, snapshots: string[], options: { keep: KeepFor | 'same' }) =>
      run((cli) => fetch(cli, site, snapshots, options.keep)),
    );
}

function keepArgument(text: string): KeepFor | 'same' {
  if (text === 'same') return text;
  const keep = parseKeep(text);
  if (keep === null) throw new InvalidArgumentError('It is such as 48h, 14d, 8w, 12m, 7y or forever.');
  return keep;
}

function add(cli: Cli, options: RuleOptions): Promise<ExitCode> {
  return withRepository(cli, async ({ client, signal, repository }) => {
    const { profiles } = await client.profiles.list({}, { signal });
    const { to, from = null, keep, minimum, priority, holdUntilSent = false, prefix } = options;
    const scope = scopeOf(options, profiles);
    const rule = { from, to, scope, keep, minimum, priority, holdUntilSent, prefix };
    const added = await client.sync.addRule({ repository, rule }, { signal });
    await cli.output.document(added);
    await cli.output.summary([`Rule ${shortId(added.rule.id)}: ${sentence(added.rule, profiles)}`]);
    tellSaved(cli.output, added);
    return 0;
  });
}

function scopeOf({ source, tag, profile, period }: RuleOptions, profiles: readonly Profile[]): SyncScope {
  const named = [source, tag, profile].filter((one) => one !== undefined).length;
  if (named > 1) throw badUsage('A rule is of a source, of a tag, of a period or of everything.');
  if (source !== undefined) return { kind: 'source', source };
  if (tag !== undefined) return { kind: 'tag', tag };
  if (profile === undefined && period === undefined) return { kind: 'everything' };
  const found = profiles.find(({ name }) => name === profile);
  if (found === undefined) throw new HoldfastError('PROFILE_UNKNOWN', `There is no profile called ${profile ?? ''}.`);
  if (!found.periods.some(({ id }) => id === period))
    throw badUsage(`The profile ${found.name} has the periods ${found.periods.map(({ id }) => id).join(', ')}.`);
  return { kind: 'period', profile: found.id, period: period ?? '' };
}

function list(cli: Cli): Promise<ExitCode> {
  return withEngine(cli, async ({ client, signal }) => {
    const { rules } = await client.sync.rules({}, { signal });
    const { profiles } = await client.profiles.list({}, { signal });
    await cli.output.document(rules);
    const titles = ['RULE', 'WHAT', 'FROM', 'TO', 'KEPT THERE', 'PRIORITY', 'HELD'].map((title) => ({ title }));
    const rows = rules.map((rule) => [
      shortId(rule.id),
      scopeText(rule, profiles),
      rule.from ?? 'the repository',
      rule.to,
      keptText(rule),
      String(rule.priority),
      rule.holdUntilSent ? 'until sent' : '',
    ]);
    await cli.output.lines(rules.length === 0 ? ['No rules.'] : tableLines(titles, rows));
    return 0;
  });
}

function remove(cli: Cli, beginning: string): Promise<ExitCode> {
  return withRepository(cli, async ({ client, signal, repository }) => {
    const { rules } = await client.sync.rules({}, { signal });
    const found = rules.filter(({ id }) => id.startsWith(beginning));
    const [rule, second] = found;
    if (rule === undefined || second !== undefined)
      throw new HoldfastError('SYNC_RULE_UNKNOWN', `${found.length} rules begin with ${beginning}.`);
    const saved = await client.sync.removeRule({ repository, id: rule.id }, { signal });
    await cli.output.document(saved);
    await cli.output.summary(['The rule is gone; what it has sent stays there until somebody removes it.']);
    tellSaved(cli.output, saved);
    return 0;
  });
}

function fetch(cli: Cli, site: string, snapshots: string[], keep: KeepFor | 'same'): Promise<ExitCode> {
  if (keep === 'same') throw badUsage('What is fetched back is kept for a while of its own: --keep 3d.');
  return withRepository(cli, async ({ client, signal, repository }) => {
    const input = { repository, site, snapshots, keep };
    const { output, world } = cli;
    const events = await client.sync.fetch(input, { signal });
    const result = await follow<z.infer<typeof fetchResultSchema>>(output, world.monotonicMs, events);
    await output.document(result);
    const until = result.keepUntil === null ? 'until somebody removes them' : `until ${localTime(result.keepUntil)}`;
    await output.summary([
      `${plural(result.fetched.length, 'snapshot')} fetched back from ${site}, kept ${until}:`,
      ...result.fetched.map(({ source, id }) => `  ${source} ${shortId(id)}`),
    ]);
    return 0;
  });
}

function sentence(rule: SyncRuleView, profiles: readonly Profile[]): string {
  const from = rule.from === null ? '' : ` from ${rule.from}`;
  return `${scopeText(rule, profiles)} goes${from} to ${rule.to}, and is kept there ${keptText(rule)}.`;
}

function scopeText({ scope }: SyncRuleView, profiles: readonly Profile[]): string {
  return scopeWords(scope, (profile, period) => {
    const found = profiles.find(({ id }) => id === profile);
    const name = found?.periods.find(({ id }) => id === period)?.name ?? period;
    return `${name} of ${found?.name ?? 'a profile that is gone'}`;
  });
}

function keptText({ keep, minimum }: SyncRuleView): string {
  const kept = keep === 'same' ? 'as its profile says' : keepWords(keep);
  return minimum === 0 ? kept : `${kept}, ${minimum} at least`;
}
