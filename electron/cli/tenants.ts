import { Option, type Command } from 'commander';
import type { HandOver, Tenant, TenantOverview } from '../../shared/contract/tenants.ts';
import { formatBytes, formatCount } from '../../shared/model/units.ts';
import { collect } from './arguments.ts';
import { localTime } from './display.ts';
import { badUsage, type ExitCode } from './failure.ts';
import type { RunCommand } from './run-command.ts';
import { withEngine, type Cli, type EngineSession } from './session.ts';
import { factLines, tableLines } from './table.ts';

type Named = { title?: string; description?: string };
type GrantOptions = { folder?: string[]; noFolders?: boolean; commands?: string; machineCredentials?: string };

const yesNo = ['yes', 'no'];
const HELP = `
A tenant has its own sources, repositories, keys, sites, plans, alerts, tokens and records, and sees nothing of others'.
--tenant NAME before any other command does that command for a tenant:
  holdfast --tenant acme console-link --name Ada    a link that signs a browser in as that tenant
  holdfast --tenant acme token create ci --role operate
Of this machine a tenant gets nothing by itself; see \`holdfast tenant grant --help\`.`;

export function registerTenants(program: Command, run: RunCommand): void {
  const tenants = program.command('tenant').description('the tenants of this home, kept apart from each other');
  tenants.addHelpText('after', HELP);
  tenants
    .command('list', { isDefault: true })
    .description('list them, with whether each is safe and what it takes')
    .action(() => run(list));
  tenants
    .command('add')
    .description('make one; of this machine it gets nothing by itself')
    .argument('<tenant>', 'small letters, digits and hyphens; it stays as it is')
    .option('--title <title>', 'how it is called on screen')
    .option('--description <text>', 'who that is')
    .action((tenant: string, options: Named) =>
      run((cli) =>
        change(cli, ({ client, signal }) => client.tenants.add({ tenant, ...options }, { signal }), 'is made'),
      ),
    );
  tenants
    .command('show')
    .description('show one, with what it may use of this machine')
    .argument('<tenant>')
    .action((tenant: string) => run((cli) => show(cli, tenant)));
  tenants
    .command('rename')
    .description('call it otherwise on screen')
    .argument('<tenant>')
    .option('--title <title>', 'how it is called on screen')
    .option('--description <text>', 'who that is')
    .action((tenant: string, options: Named) =>
      run((cli) =>
        change(cli, ({ client, signal }) => client.tenants.rename({ tenant, ...options }, { signal }), 'is changed'),
      ),
    );
  tenants
    .command('grant')
    .description('say what of this machine it may use; what is not named stays as it is')
    .argument('<tenant>')
    .option(
      '--folder <path>',
      'a folder it may read, write and keep repositories in; several times for several',
      collect,
    )
    .option('--no-folders', 'no folder any more')
    .addOption(new Option('--commands <yes|no>', 'programs in hooks and plans, run as this account').choices(yesNo))
    .addOption(
      new Option('--machine-credentials <yes|no>', 'AWS profiles, SSH keys and agent of this account').choices(yesNo),
    )
    .action((tenant: string, options: GrantOptions & { folders?: boolean }) =>
      run((cli) => grant(cli, tenant, { ...options, noFolders: options.folders === false })),
    );
  for (const [name, what] of [
    ['suspend', 'refuse its logins and do nothing for it, until it is resumed'],
    ['retire', 'end it for good: its tokens, sessions, schedules and syncs; its data stay where they are'],
  ] as const)
    tenants
      .command(name)
      .description(what)
      .argument('<tenant>')
      .option('--reason <text>', 'why')
      .action((tenant: string, { reason = '' }: { reason?: string }) =>
        run((cli) => (name === 'suspend' ? suspend(cli, tenant, reason) : retire(cli, tenant, reason))),
      );
  tenants
    .command('resume')
    .description('let a suspended one go on')
    .argument('<tenant>')
    .action((tenant: string) =>
      run((cli) => change(cli, ({ client, signal }) => client.tenants.resume({ tenant }, { signal }), 'goes on')),
    );
  tenants
    .command('hand-over')
    .description('save its configuration in its repository, and say how another home takes it over')
    .argument('<tenant>')
    .action((tenant: string) =>
      run((cli) =>
        withEngine(cli, async ({ client, signal }) => {
          const handed = await client.tenants.handOver({ tenant }, { signal });
          await cli.output.document(handed);
          await cli.output.lines(handOverLines(handed));
          return handed.notices.length > 0 ? 3 : 0;
        }),
      ),
    );
}

async function change(
  cli: Cli,
  call: (session: EngineSession) => Promise<{ tenant: Tenant }>,
  words: string,
): Promise<ExitCode> {
  return withEngine(cli, async (session) => {
    const { tenant } = await call(session);
    await cli.output.document(tenant);
    await cli.output.summary([`Tenant ${tenant.tenant} ${words}.`]);
    return 0;
  });
}

function list(cli: Cli): Promise<ExitCode> {
  return withEngine(cli, async ({ client, signal }) => {
    const { tenants } = await client.tenants.list({}, { signal });
    await cli.output.document(tenants);
    const columns = ['TENANT', 'STATE', 'SOURCES', 'SNAPSHOTS', 'PROTECTED', 'STORED', 'ALERTS', 'HOW IT STANDS'];
    await cli.output.lines(
      tenants.length === 0
        ? ['There are no tenants but the owner of this home; see `holdfast tenant add --help`.']
        : tableLines(
            columns.map((title) => ({ title })),
            tenants.map(row),
          ),
    );
    return 0;
  });
}

function row({ tenant, state, usage, verdict }: TenantOverview): string[] {
  return [
    tenant,
    state,
    formatCount(usage.sources),
    formatCount(usage.snapshots),
    formatBytes(usage.protectedBytes),
    usage.storedBytes === null ? 'not known' : formatBytes(usage.storedBytes),
    formatCount(usage.openAlerts),
    verdict.headline.map(({ text }) => text).join(''),
  ];
}

function show(cli: Cli, name: string): Promise<ExitCode> {
  return withEngine(cli, async ({ client, signal }) => {
    const tenant = await client.tenants.show({ tenant: name }, { signal });
    await cli.output.document(tenant);
    const { usage, grants, state, reason } = tenant;
    await cli.output.lines([
      tenant.title === tenant.tenant ? tenant.tenant : `${tenant.title} (${tenant.tenant})`,
      ...factLines([
        ...(tenant.description === '' ? [] : [['Description', tenant.description] as const]),
        [
          'State',
          `${state}, since ${localTime(tenant.stateAt)}, by ${tenant.stateBy}${reason === '' ? '' : `: ${reason}`}`,
        ],
        ['How it stands', tenant.verdict.headline.map(({ text }) => text).join('')],
        ['', tenant.verdict.detail],
        ['Sources', formatCount(usage.sources)],
        ['Snapshots', formatCount(usage.snapshots)],
        ['Protected', formatBytes(usage.protectedBytes)],
        ['Stored', usage.storedBytes === null ? 'not known yet' : formatBytes(usage.storedBytes)],
        ['Sent in 30 days', formatBytes(usage.sentBytes)],
        ['Tokens', formatCount(usage.tokens)],
        ['Open alerts', formatCount(usage.openAlerts)],
        ['May use folders', grants.folders.length === 0 ? 'none of this machine' : grants.folders.join(', ')],
        ['May run programs', grants.commands ? 'yes' : 'no'],
        ['May sign in as this machine', grants.machineCredentials ? 'yes' : 'no'],
      ]),
    ]);
    return 0;
  });
}

function grant(cli: Cli, tenant: string, given: GrantOptions): Promise<ExitCode> {
  const { folder, noFolders = false, commands, machineCredentials } = given;
  if (noFolders && folder !== undefined) throw badUsage('--folder and --no-folders exclude each other.');
  if (!noFolders && folder === undefined && commands === undefined && machineCredentials === undefined)
    throw badUsage('Say what it may use: --folder, --no-folders, --commands or --machine-credentials.');
  return change(
    cli,
    async ({ client, signal }) => {
      const { grants } = await client.tenants.show({ tenant }, { signal });
      const wanted = {
        folders: noFolders ? [] : (folder ?? grants.folders),
        commands: commands === undefined ? grants.commands : commands === 'yes',
        machineCredentials: machineCredentials === undefined ? grants.machineCredentials : machineCredentials === 'yes',
      };
      return client.tenants.grant({ tenant, grants: wanted }, { signal });
    },
    'may use what you have named, from now on',
  );
}

function suspend(cli: Cli, tenant: string, reason: string): Promise<ExitCode> {
  return change(
    cli,
    ({ client, signal }) => client.tenants.suspend({ tenant, reason }, { signal }),
    'is suspended: its logins are refused, and nothing is done for it',
  );
}

function retire(cli: Cli, tenant: string, reason: string): Promise<ExitCode> {
  return withEngine(cli, async ({ client, signal }) => {
    const retired = await client.tenants.retire({ tenant, reason }, { signal });
    await cli.output.document(retired);
    await cli.output.summary([`Tenant ${tenant} is retired. Nothing of its data was removed.`]);
    await cli.output.lines(handOverLines(retired));
    return retired.notices.length > 0 ? 3 : 0;
  });
}

function handOverLines({ repositories, commands, notices }: HandOver): string[] {
  const places = repositories.map(({ name, location, primary, configured, reachableElsewhere }) => [
    name,
    location,
    [
      ...(primary ? [configured ? 'holds its configuration' : 'does not hold its newest configuration'] : []),
      ...(reachableElsewhere ? [] : ['lies on this machine: carry it over first']),
    ].join('; '),
  ]);
  return [
    ...(places.length === 0
      ? ['It has connected no repository here.']
      : [
          'Its data lie in:',
          ...tableLines(
            ['NAME', 'WHERE', ''].map((title) => ({ title })),
            places,
          ),
        ]),
    'Whoever has the password of a repository can take it over. On the other home:',
    ...commands.map((words) => `  ${words.map(quoted).join(' ')}`),
    ...notices.map((text) => `Notice: ${text}`),
  ];
}

function quoted(word: string): string {
  return /^[\w@%+=:,./-]+$/.test(word) ? word : `'${word.replaceAll("'", String.raw`'\''`)}'`;
}
