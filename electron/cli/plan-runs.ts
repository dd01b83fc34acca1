import { InvalidArgumentError, type Command } from 'commander';
import type { PlanRun, PlanRunStep } from '../../shared/contract/plan-runs.ts';
import type { PlanStepAnswer } from '../../shared/model/plan-runs.ts';
import { collect } from './arguments.ts';
import { runArgument } from './aws-restore-runs.ts';
import { localTime, shortId } from './display.ts';
import { badUsage, type ExitCode } from './failure.ts';
import { follow, type OperationEvent } from './operation.ts';
import type { RunCommand } from './run-command.ts';
import { repositoryAccess, withEngine, type Cli, type EngineSession } from './session.ts';
import { tableLines } from './table.ts';

type StartOptions = { readonly wait: boolean; readonly githubToken?: string };
type RunOptions = StartOptions & { readonly set?: string[]; readonly at?: string };
type AnswerOptions = { readonly name?: string; readonly reason?: string };

export function registerPlanRuns(plan: Command, run: RunCommand): void {
  started(
    plan
      .command('run')
      .description('run a plan; where it waits for somebody, `plan confirm` from elsewhere lets it go on')
      .argument('<name>', 'name of the plan')
      .option('--set <key=value>', 'what a parameter is (repeatable)', collect)
      .option(
        '--at <time>',
        'restore what was the newest before this moment, such as 2026-03-01T08:00:00Z',
        timeArgument,
      ),
  ).action((name: string, options: RunOptions) => run((cli) => begin(cli, name, options)));
  started(ofRun(plan.command('resume').description('go on with a run, where it stands'))).action(
    (id: string, options: StartOptions) => run((cli) => withEngine(cli, (session) => go(cli, session, id, options))),
  );
  plan
    .command('runs')
    .description('list runs of plans, newest first, or show one')
    .argument('[run]', 'id of a run, or the beginning of it', runArgument)
    .action((id: string | undefined) => run((cli) => runs(cli, id)));
  ofStep(
    plan
      .command('confirm')
      .description('say that what a checkpoint asks is so, or an interrupted command did its work'),
  )
    .requiredOption('--name <name>', 'who says so')
    .action((id: string, step: string, options: AnswerOptions) =>
      run((cli) => answer(cli, 'confirm', id, step, options)),
    );
  ofStep(plan.command('skip').description('go on without a step'))
    .requiredOption('--reason <text>', 'why')
    .action((id: string, step: string, options: AnswerOptions) => run((cli) => answer(cli, 'skip', id, step, options)));
  ofStep(plan.command('retry').description('do a step again that did not go well')).action((id: string, step: string) =>
    run((cli) => answer(cli, 'retry', id, step, {})),
  );
  ofRun(plan.command('pause').description('begin no further step; `plan resume` goes on')).action((id: string) =>
    run((cli) => told(cli, ({ client, signal }) => client.planRuns.pause({ run: id }, { signal }))),
  );
  ofRun(plan.command('cancel').description('stop a run at once; what was restored stays')).action((id: string) =>
    run((cli) => told(cli, ({ client, signal }) => client.planRuns.stop({ run: id }, { signal }))),
  );
}

function started(command: Command): Command {
  return command
    .option('--no-wait', 'end where it has to wait for somebody')
    .option('--github-token <env:NAME>', 'variable with the token that GitHub repositories are given back with');
}

function ofRun(command: Command): Command {
  return command.argument('<run>', 'id of the run, or the beginning of it', runArgument);
}

function ofStep(command: Command): Command {
  return ofRun(command).argument('<step>', 'id of the step');
}

function timeArgument(text: string): string {
  const ms = Date.parse(text);
  if (Number.isNaN(ms)) throw new InvalidArgumentError('Give a time such as 2026-03-01T08:00:00Z.');
  return new Date(ms).toISOString();
}

function begin(cli: Cli, plan: string, { set = [], at, ...options }: RunOptions): Promise<ExitCode> {
  const values = Object.fromEntries(
    set.map((pair) => {
      const equals = pair.indexOf('=');
      if (equals < 1) throw badUsage(`--set ${pair} is not of the form key=value.`);
      return [pair.slice(0, equals), pair.slice(equals + 1)] as const;
    }),
  );
  return withEngine(cli, async (session) => {
    const { client, signal } = session;
    const { id } = await client.planRuns.create({ plan, values, at: at ?? null }, { signal });
    cli.output.note(`Run ${shortId(id)}.`);
    return go(cli, session, id, options);
  });
}

async function go(
  cli: Cli,
  { client, signal }: EngineSession,
  id: string,
  { wait, githubToken }: StartOptions,
): Promise<ExitCode> {
  const repository = await repositoryAccess(cli);
  const input = { run: id, repository, wait, githubToken: tokenOf(cli, githubToken) };
  const events = await client.planRuns.start(input, { signal });
  const run = await follow(cli.output, cli.world.monotonicMs, sayingWho(cli, events));
  return tellRun(cli, run);
}

function tokenOf({ world }: Cli, given: string | undefined): string | null {
  if (given === undefined) return null;
  const name = /^env:(\w+)$/.exec(given)?.[1];
  const token = name === undefined ? undefined : world.env[name];
  if (token === undefined || token === '') throw badUsage('--github-token names a variable that is set, as env:NAME.');
  return token;
}

type Events = AsyncIterable<OperationEvent<PlanRun> | { readonly type: 'run'; readonly run: PlanRun }>;

/** A person at another terminal has to know what to type. */
async function* sayingWho({ output }: Cli, events: Events): AsyncGenerator<OperationEvent<PlanRun>> {
  const told = new Set<string>();
  for await (const event of events) {
    if (event.type !== 'run') yield event;
    else if ('run' in event) {
      for (const { step, state, detail } of event.run.steps) {
        if (state !== 'asking' || told.has(step.id)) continue;
        told.add(step.id);
        output.note(detail ?? step.title);
        output.note(`holdfast plan confirm ${shortId(event.run.id)} ${step.id} --name <your name>`);
      }
    }
  }
}

/** 3 where something was left out or somebody is waited for, 1 where it failed. */
async function tellRun({ output }: Cli, run: PlanRun): Promise<ExitCode> {
  await output.document(run);
  await output.lines([
    `${run.plan.name}, run ${shortId(run.id)}: ${run.state}`,
    ...tableLines(
      ['STEP', 'STATE', 'WHAT CAME OF IT', 'ENDED'].map((title) => ({ title })),
      run.steps.map((step) => [
        step.step.id,
        step.state,
        stepWords(step),
        step.endedAt === null ? '' : localTime(step.endedAt),
      ]),
    ),
  ]);
  if (run.state === 'failed' || run.state === 'cancelled' || run.state === 'interrupted') return 1;
  return run.state === 'done' ? 0 : 3;
}

function stepWords({ error, answer: said, detail }: PlanRunStep): string {
  if (error !== null) return error.message;
  if (said !== null && said.what !== 'retry')
    return said.what === 'skip' ? `skipped: ${said.reason}` : `confirmed by ${said.name}`;
  return detail ?? '';
}

function runs(cli: Cli, id: string | undefined): Promise<ExitCode> {
  return withEngine(cli, async ({ client, signal }) => {
    if (id !== undefined) {
      await tellRun(cli, await client.planRuns.get({ run: id }, { signal }));
      return 0;
    }
    const found = await client.planRuns.list({ limit: 200 }, { signal });
    await cli.output.document(found.runs);
    await cli.output.lines(
      found.runs.length === 0
        ? ['No plan was run so far.']
        : tableLines(
            ['RUN', 'PLAN', 'STATE', 'STEPS', 'CREATED'].map((title) => ({ title })),
            found.runs.map(({ id: run, plan, state, steps, createdAt, isolation }) => [
              shortId(run),
              isolation === null ? plan.name : `${plan.name} (rehearsal)`,
              state,
              `${steps.filter((one) => one.state === 'done' || one.state === 'skipped').length} of ${steps.length}`,
              localTime(createdAt),
            ]),
          ),
    );
    return 0;
  });
}

function answer(cli: Cli, what: PlanStepAnswer, run: string, step: string, options: AnswerOptions): Promise<ExitCode> {
  const { name = '', reason = '' } = options;
  return told(cli, ({ client, signal }) =>
    client.planRuns.answer({ run, step, answer: what, name, reason }, { signal }),
  );
}

function told(cli: Cli, call: (session: EngineSession) => Promise<PlanRun>): Promise<ExitCode> {
  return withEngine(cli, async (session) => {
    const run = await call(session);
    await cli.output.document(run);
    const goOn = run.state === 'paused' ? `; \`holdfast plan resume ${shortId(run.id)}\` goes on` : '';
    await cli.output.summary([`The run of ${run.plan.name} is ${run.state}${goOn}.`]);
    return 0;
  });
}
