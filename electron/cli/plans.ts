import { readFile } from 'node:fs/promises';
import { resolve } from 'node:path';
import type { Command } from 'commander';
import { recoveryPlanSchema, type PlanView } from '../../shared/contract/plans.ts';
import { runbookHtml, runbookText, workWords } from '../../shared/model/plan-words.ts';
import type { RecoveryPlan } from '../../shared/model/recovery-plans.ts';
import { localTime, plural } from './display.ts';
import { badUsage, type ExitCode } from './failure.ts';
import { registerPlanRuns } from './plan-runs.ts';
import type { RunCommand } from './run-command.ts';
import { saveFile } from './save-file.ts';
import { tellSaved } from './saved.ts';
import { withEngine, withRepository, type Cli } from './session.ts';
import { tableLines } from './table.ts';

type AddOptions = {
  readonly file?: string;
  readonly system?: string;
  readonly name?: string;
  readonly latest?: boolean;
  readonly replace?: boolean;
  readonly dryRun?: boolean;
};

const fileHelp = `
A plan as JSON: {"name", "description", "targetRtoMs", "parameters": [{"name", "label", "type": text|choice|path|time,
"choices", "default"}], "steps": [{"id", "title", "after": ["id"], "timeLimitMs", "inDrills", "work": {"kind": …}}]}.
docs/RECOVERY.md says what each kind of step takes; \`plan show --json\` prints one.`;

export function registerPlans(program: Command, run: RunCommand): void {
  const plan = program.command('plan').description('recovery plans: ordered steps that bring a whole system back');
  plan
    .command('list', { isDefault: true })
    .description('list them, and whether each would work today')
    .action(() => run(list));
  named(plan.command('show').description('show its steps, and what was found when it was last checked')).action(
    (name: string) => run((cli) => show(cli, name)),
  );
  plan
    .command('add')
    .description('add a plan from a file, or one that brings a system snapshot back')
    .option('--file <file>', 'a plan as JSON')
    .option('--system <system>', 'id of a system snapshot, or the beginning of it')
    .option('--name <name>', 'its name, with --system')
    .option('--latest', 'with --system: restore the newest snapshots when it is run, not those of the system snapshot')
    .option('--replace', 'save it as a new version of the plan of that name')
    .option('--dry-run', 'only print what would be added')
    .addHelpText('after', fileHelp)
    .action((options: AddOptions) => run((cli) => add(cli, options)));
  named(plan.command('check').description('say whether it would work today; nothing is restored')).action(
    (name: string) => run((cli) => check(cli, name)),
  );
  named(
    plan.command('approve').description('let its commands run on this machine, after it came from elsewhere'),
  ).action((name: string) => run((cli) => approve(cli, name)));
  named(plan.command('runbook').description('print it, for whoever has nothing but paper'))
    .option('--html <file>', 'as a page that prints on A4')
    .action((name: string, { html }: { html?: string }) => run((cli) => runbook(cli, name, html)));
  named(plan.command('remove').description('remove it with its versions; its runs stay')).action((name: string) =>
    run((cli) => remove(cli, name)),
  );
  registerPlanRuns(plan, run);
}

export function named(command: Command): Command {
  return command.argument('<name>', 'name of the plan');
}

function list(cli: Cli): Promise<ExitCode> {
  return withEngine(cli, async ({ client, signal }) => {
    const { plans } = await client.plans.list({}, { signal });
    await cli.output.document(plans);
    if (plans.length === 0)
      await cli.output.lines(['There is no recovery plan so far; see `holdfast plan add --help`.']);
    else
      await cli.output.lines(
        tableLines(
          ['PLAN', 'VERSION', 'STEPS', 'SAVED', 'TODAY'].map((title) => ({ title })),
          plans.map((view) => [
            view.plan.name,
            String(view.version),
            String(view.plan.steps.length),
            localTime(view.savedAt),
            todayWords(view),
          ]),
        ),
      );
    return 0;
  });
}

function todayWords({ check, approved }: PlanView): string {
  if (approved === false) return 'its commands are not approved';
  if (check === null) return 'not checked';
  const blockers = check.checks.filter(({ level }) => level === 'blocker');
  return blockers.length === 0 ? `worked ${localTime(check.at)}` : `no longer works: ${blockers[0]?.detail ?? ''}`;
}

function show(cli: Cli, name: string): Promise<ExitCode> {
  return withEngine(cli, async ({ client, signal }) => {
    const view = await client.plans.show({ name }, { signal });
    await cli.output.document(view);
    await cli.output.lines([...planLines(view.plan), '', ...checkLines(view)]);
    return 0;
  });
}

function planLines({ name, description, steps }: RecoveryPlan): string[] {
  return [
    name,
    ...(description === '' ? [] : [description]),
    '',
    ...tableLines(
      ['STEP', 'AFTER', 'WHAT'].map((title) => ({ title })),
      steps.map(({ id, after, work }) => [id, after.join(', '), workWords(work)]),
    ),
  ];
}

function checkLines({ version, check, approved }: PlanView): string[] {
  const found = (check?.checks ?? []).map(
    ({ step, level, detail }) => `${level.padEnd(7)}  ${step === null ? '' : `${step}: `}${detail}`,
  );
  return [
    `Version ${version}${check === null ? ', not checked yet' : `, checked ${localTime(check.at)}`}.`,
    ...(approved === false ? ['Its commands are not approved on this machine: `holdfast plan approve`.'] : []),
    ...found,
  ];
}

async function add(cli: Cli, options: AddOptions): Promise<ExitCode> {
  const { file, system, name, latest = false, replace = false, dryRun = false } = options;
  if ((file === undefined) === (system === undefined)) throw badUsage('Give --file, or --system.');
  if (system !== undefined && name === undefined) throw badUsage('Give the plan a --name.');
  const written = file === undefined ? null : await readPlan(cli, file);
  return withRepository(cli, async ({ client, signal, repository }) => {
    const generated =
      system === undefined || name === undefined
        ? null
        : await client.plans.generate({ system, name, latest }, { signal });
    for (const { source, reason } of generated?.left ?? []) cli.output.note(`${source} is left out: ${reason}`);
    const plan = written ?? generated?.plan;
    if (plan === undefined) throw badUsage('Give --file, or --system.');
    if (dryRun) {
      await cli.output.document(plan);
      await cli.output.lines(planLines(plan));
      return 0;
    }
    const input = { repository, plan };
    const saved = replace ? await client.plans.update(input, { signal }) : await client.plans.add(input, { signal });
    await cli.output.document(saved);
    await cli.output.summary([
      `Plan ${plan.name}, version ${saved.plan.version}, with ${plural(String(plan.steps.length), 'step')}: \`holdfast plan check\` says whether it would work today.`,
    ]);
    tellSaved(cli.output, saved);
    return 0;
  });
}

async function readPlan({ world }: Cli, file: string): Promise<RecoveryPlan> {
  const text = await readFile(resolve(world.folder, file), 'utf8').catch(() => null);
  if (text === null) throw badUsage(`The file ${file} cannot be read.`);
  const parsed = recoveryPlanSchema.safeParse(parseJson(text));
  if (parsed.success) return parsed.data;
  const [issue] = parsed.error.issues;
  throw badUsage(`The file ${file} holds no plan: ${issue?.path.join('.') ?? ''}: ${issue?.message ?? ''}`);
}

function parseJson(text: string): unknown {
  try {
    return JSON.parse(text) as unknown;
  } catch {
    return null;
  }
}

/** 1 where it would not work. */
function check(cli: Cli, name: string): Promise<ExitCode> {
  return withRepository(cli, async ({ client, signal, repository }) => {
    const view = await client.plans.check({ name, repository }, { signal });
    await cli.output.document(view);
    await cli.output.lines(checkLines(view));
    return (view.check?.checks ?? []).some(({ level }) => level === 'blocker') ? 1 : 0;
  });
}

function approve(cli: Cli, name: string): Promise<ExitCode> {
  return withEngine(cli, async ({ client, signal }) => {
    const { version } = await client.plans.show({ name }, { signal });
    const view = await client.plans.approve({ name, version }, { signal });
    await cli.output.document(view);
    await cli.output.summary([`The commands of ${name}, version ${version}, may run on this machine.`]);
    return 0;
  });
}

function runbook(cli: Cli, name: string, html: string | undefined): Promise<ExitCode> {
  return withEngine(cli, async ({ client, signal }) => {
    const { plan, ...facts } = await client.plans.show({ name }, { signal });
    if (html === undefined) {
      const text = runbookText(plan, facts);
      await cli.output.document({ text });
      await cli.output.lines(text.split('\n'));
      return 0;
    }
    const path = await saveFile(cli.world, html, runbookHtml(plan, facts));
    await cli.output.document({ path });
    await cli.output.summary([`The runbook lies in ${path}.`]);
    return 0;
  });
}

function remove(cli: Cli, name: string): Promise<ExitCode> {
  return withRepository(cli, async ({ client, signal, repository }) => {
    const saved = await client.plans.remove({ repository, name }, { signal });
    await cli.output.document({ name, ...saved });
    await cli.output.summary([`Plan ${name} is removed.`]);
    tellSaved(cli.output, saved);
    return 0;
  });
}
