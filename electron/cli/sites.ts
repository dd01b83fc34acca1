import type { Command } from 'commander';
import type { Site, SourceCopies } from '../../shared/contract/sites.ts';
import { HoldfastError } from '../../shared/model/errors.ts';
import { domainWords } from '../../shared/model/site-copies.ts';
import { rateWords } from '../../shared/model/week-grid.ts';
import { formatDuration } from '../../shared/model/units.ts';
import { collect, countArgument } from './arguments.ts';
import { localTime, plural, shortId } from './display.ts';
import { badUsage, type ExitCode } from './failure.ts';
import { currentPassword } from './password.ts';
import { reachOf } from './reach-properties.ts';
import { absoluteLocation } from './repository-location.ts';
import type { RunCommand } from './run-command.ts';
import { tellSaved } from './saved.ts';
import { secretValue } from './secret-values.ts';
import { withEngine, withRepository, type Cli } from './session.ts';
import { settingFacts, siteHelp, siteSettings } from './site-properties.ts';
import { factLines, tableLines } from './table.ts';

type Secret = { readonly secret?: string };
type AddOptions = { readonly set?: string[]; readonly reach?: string[]; readonly secret?: string[] };
type ConnectOptions = Secret & { readonly location?: string };
type HoldingsOptions = { readonly source?: string; readonly limit: number };

const secretWords =
  'its password, `password=env:NAME`; that of HOLDFAST_PASSWORD by default. Kept where this home keeps secrets';

export function registerSites(program: Command, run: RunCommand): void {
  const site = program.command('site').description('manage sites: places with a repository that get copies');
  site
    .command('add')
    .description('make a repository at an empty place, or connect the one that is there, as a site')
    .argument('<name>', 'what it is called')
    .argument('<repository>', 'where it lies: a folder, or an address such as rest:https://host:8000/name/')
    .option('--set <key=value>', 'a property (repeatable)', collect)
    .option(
      '--reach <key=value>',
      'what a place elsewhere is reached with, as `holdfast init --help` lists (repeatable)',
      collect,
    )
    .option('--secret <key=env:NAME>', `${secretWords}; or one that the place is reached with (repeatable)`, collect)
    .addHelpText('after', siteHelp)
    .action((name: string, location: string, options: AddOptions) => run((cli) => add(cli, name, location, options)));
  site
    .command('set')
    .description('change a site; what is not named stays as it is')
    .argument('<name>', 'what it is called')
    .requiredOption('--set <key=value>', 'a property, in place of what it was (repeatable)', collect)
    .addHelpText('after', siteHelp)
    .action((name: string, options: { set: string[] }) => run((cli) => change(cli, name, options.set)));
  site
    .command('connect')
    .description('say the password of a site on a home that has it from a repository, or where it lies now')
    .argument('<name>', 'what it is called')
    .option('--location <repository>', 'where it lies, if it has moved')
    .option('--secret <password=env:NAME>', secretWords)
    .action((name: string, options: ConnectOptions) => run((cli) => connect(cli, name, options)));
  site
    .command('list')
    .description('list the sites: how they stand, and how far they are behind')
    .action(() => run(list));
  site
    .command('show')
    .description('show a site, how far it is behind, and what it holds')
    .argument('<name>', 'what it is called')
    .option('--source <name>', 'what it holds of one source')
    .option('--limit <number>', 'as many snapshots as this', countArgument, 20)
    .action((name: string, options: HoldingsOptions) => run((cli) => show(cli, name, options)));
  site
    .command('remove')
    .description('forget a site; what it holds is kept')
    .argument('<name>', 'what it is called')
    .action((name: string) => run((cli) => remove(cli, name)));
}

function add(
  cli: Cli,
  name: string,
  location: string,
  { set = [], reach: ways = [], secret = [] }: AddOptions,
): Promise<ExitCode> {
  const settings = siteSettings(set, null);
  const [own] = secret.filter((text) => text.startsWith('password='));
  const others = secret.filter((text) => text !== own);
  return withRepository(cli, async ({ client, signal, repository }) => {
    const place = absoluteLocation(cli.world, location);
    const password = await sitePassword(cli, own, place);
    const reach = reachOf(cli, place, { set: ways, secret: others });
    const input = { repository, name, location: place, password, settings };
    const added = await client.sites.add(reach === undefined ? input : { ...input, reach }, { signal });
    await cli.output.document(added);
    const how = added.created ? 'A repository was made there' : 'The repository there is connected';
    await cli.output.summary([
      `${name} is a site. ${how}; \`holdfast sync run --to ${name}\` sends what there is.`,
      ...(domainWords(added.site.domain) === ''
        ? ['Say where it is with --set place=…, so that copies are counted.']
        : []),
    ]);
    tellPassword(cli, added.passwordKept, password.variable);
    tellSaved(cli.output, added);
    return 0;
  });
}

function change(cli: Cli, name: string, set: readonly string[]): Promise<ExitCode> {
  return withRepository(cli, async ({ client, signal, repository }) => {
    const before = mustFind((await client.sites.list({ repository }, { signal })).sites, name);
    const settings = siteSettings(set, before);
    const changed = await client.sites.update({ repository, name, settings }, { signal });
    await cli.output.document(changed);
    await cli.output.summary([`The site ${name} is changed; what is being sent follows at once.`]);
    tellSaved(cli.output, changed);
    return 0;
  });
}

function connect(cli: Cli, name: string, { secret, location }: ConnectOptions): Promise<ExitCode> {
  return withRepository(cli, async ({ client, signal, repository }) => {
    const place = location === undefined ? null : absoluteLocation(cli.world, location);
    const password = await sitePassword(cli, secret, place ?? name);
    const changed = await client.sites.connect({ repository, name, password, location: place }, { signal });
    await cli.output.document(changed);
    await cli.output.summary([`The site ${name} is connected.`]);
    tellPassword(cli, changed.passwordKept, password.variable);
    tellSaved(cli.output, changed);
    return 0;
  });
}

function list(cli: Cli): Promise<ExitCode> {
  return withEngine(cli, async ({ client, signal }) => {
    const { sites, copies } = await client.sites.list({}, { signal });
    await cli.output.document({ sites, copies });
    if (sites.length === 0) {
      await cli.output.lines(['No site is known; see `holdfast site add --help`.']);
      return 0;
    }
    const titles = ['SITE', 'WHERE', 'STATE', 'BEHIND', 'WAITING', 'MAY TAKE'].map((title) => ({ title }));
    await cli.output.lines(tableLines(titles, sites.map(siteRow)));
    const few = copies.filter(({ isEnough }) => !isEnough);
    if (few.length > 0) await cli.output.lines(['', ...few.map(copiesLine)]);
    return 0;
  });
}

/** The catalog knows what it holds; where the site answers it is asked. */
function show(cli: Cli, name: string, { source, limit }: HoldingsOptions): Promise<ExitCode> {
  return withRepository(cli, async ({ client, signal, repository }) => {
    const found = await client.sites.list({ repository }, { signal });
    const site = mustFind(found.sites, name);
    const query = { repository, name, limit, ...(source === undefined ? {} : { source }) };
    const holdings = await client.sites.holdings(query, { signal });
    await cli.output.document({ ...site, ...holdings });
    await cli.output.lines([
      name,
      ...factLines([...settingFacts(site), ['state', stateWords(site)], ['may take', rateLine(site)]]),
      '',
      ...lagLines(site),
      '',
    ]);
    await cli.output.lines(
      tableLines(
        [{ title: 'TAKEN' }, { title: 'SOURCE' }, { title: 'SNAPSHOT' }, { title: 'THERE' }, { title: 'KEPT' }],
        holdings.snapshots.map((one) => [
          localTime(one.takenAt).slice(0, 16),
          one.source,
          shortId(one.original),
          shortId(one.id),
          one.reasons.join('; '),
        ]),
      ),
    );
    if (holdings.more) cli.output.note(`${holdings.total - holdings.snapshots.length} more; see --limit.`);
    return 0;
  });
}

function remove(cli: Cli, name: string): Promise<ExitCode> {
  return withRepository(cli, async ({ client, signal, repository }) => {
    const saved = await client.sites.remove({ repository, name }, { signal });
    await cli.output.document(saved);
    await cli.output.summary([`The site ${name} is forgotten; what it holds is kept.`]);
    tellSaved(cli.output, saved);
    return 0;
  });
}

async function sitePassword(
  cli: Cli,
  secret: string | undefined,
  place: string,
): Promise<{ value: string; variable: string | null }> {
  if (secret === undefined) {
    const value = await currentPassword(cli.world, cli.output, place);
    const isFromVariable = cli.world.env['HOLDFAST_PASSWORD'] === value;
    return { value, variable: isFromVariable ? 'HOLDFAST_PASSWORD' : null };
  }
  const { key, value, variable } = secretValue(cli, secret);
  if (key !== 'password') throw badUsage('The secret of a site is its password: --secret password=env:NAME.');
  return { value, variable };
}

function tellPassword({ output }: Cli, kept: 'store' | 'environment' | null, variable: string | null): void {
  if (kept === 'store') return;
  const where =
    kept === 'environment' ? `each run reads ${variable ?? ''} from its environment` : 'each run is told it anew';
  output.note(`Its password is not kept, since this home has no place for secrets without a passphrase: ${where}.`);
}

function siteRow(site: Site): string[] {
  const [worst] = site.lag;
  const where = domainWords(site.domain);
  return [
    site.name,
    where,
    stateWords(site),
    worst === undefined ? '' : behindWords(worst),
    `${site.waiting}${site.failed === 0 ? '' : `, ${site.failed} failed`}`,
    rateLine(site),
  ];
}

function behindWords({ lagMs, newestAt }: Site['lag'][number]): string {
  if (newestAt === null) return '';
  if (lagMs === null) return 'nothing sent yet';
  return lagMs === 0 ? 'not behind' : formatDuration(lagMs);
}

function stateWords({ enabled, state, paused, primary }: Site): string {
  if (!enabled) return 'disabled';
  if (paused !== null) return paused.until === null ? 'paused' : `paused until ${localTime(paused.until).slice(0, 16)}`;
  if (primary) return 'the primary one';
  return state === 'unconnected' ? 'needs its password' : state;
}

function rateLine({ rateNow, rateUntil }: Site): string {
  const until = rateUntil === null ? '' : `, until ${localTime(rateUntil).slice(0, 16)}`;
  return `${rateWords(rateNow)}${until}`;
}

function lagLines({ lag }: Site): string[] {
  return tableLines(
    [{ title: 'SOURCE' }, { title: 'NEWEST' }, { title: 'SENT' }, { title: 'BEHIND' }, { title: 'SNAPSHOTS' }],
    lag.map((one) => [
      one.source,
      one.newestAt === null ? '' : localTime(one.newestAt).slice(0, 16),
      one.sentAt === null ? '' : localTime(one.sentAt).slice(0, 16),
      behindWords(one),
      String(one.snapshots),
    ]),
  );
}

function copiesLine({ source, copies, domains, offsite }: SourceCopies): string {
  const where = `${plural(copies, 'copy', 'copies')} in ${plural(domains, 'place')}, ${offsite} away`;
  return `${source}: ${where}; three copies in two places, one of them away, outlast one disaster.`;
}

function mustFind(sites: readonly Site[], name: string): Site {
  const found = sites.find((one) => one.name === name);
  if (found === undefined) throw new HoldfastError('SITE_UNKNOWN', `No site is known as ${name}.`);
  return found;
}
