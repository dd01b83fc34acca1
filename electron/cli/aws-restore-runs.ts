import { readFile } from 'node:fs/promises';
import { InvalidArgumentError, type Command } from 'commander';
import { awsRegionMapSchema } from '../../shared/contract/aws-restores.ts';
import type { RestoreRun, UndoResult } from '../../shared/contract/restore-runs.ts';
import { askedAs, whoOf, type WhoOptions } from './aws-restore-options.ts';
import { localTime, shortId } from './display.ts';
import { badUsage, type ExitCode } from './failure.ts';
import { follow, nameIssues, type OperationEvent } from './operation.ts';
import type { RunCommand } from './run-command.ts';
import { tellSaved } from './saved.ts';
import { repositoryAccess, withEngine, withRepository, type Cli } from './session.ts';
import { tableLines } from './table.ts';
import type { ContractClient } from './world.ts';

export function registerAwsRestoreRuns(restore: Command, run: RunCommand): void {
  restore
    .command('list')
    .description('list restore runs in AWS')
    .option('--open', 'only those that are not closed')
    .action(({ open = false }: { open?: boolean }) => run((cli) => list(cli, open)));
  named(restore.command('show').description('show a run: its steps, what it made, and what is left to do')).action(
    (id: string) => run((cli) => withEngine(cli, ({ client }) => tellRun(cli, client, id))),
  );
  askedAs(named(restore.command('resume').description('go on with a run, from the step it is at')))
    .option('--no-wait', 'pause where S3 has to be waited for')
    .action((id: string, options: WhoOptions & { wait: boolean }) => run((cli) => resume(cli, id, options)));
  askedAs(named(restore.command('undo').description('take back what a run has done, as far as that can be')))
    .option('--dry-run', 'only list what would become of each thing')
    .action((id: string, options: WhoOptions & { dryRun?: boolean }) => run((cli) => undo(cli, id, options)));
  named(
    restore.command('close').description('close a run: nothing of it can be undone any more; all of it stays in AWS'),
  ).action((id: string) => run((cli) => close(cli, id)));
  const map = restore.command('map').description('what one region calls what another has');
  map
    .command('list')
    .description('list the maps')
    .action(() => run(maps));
  map
    .command('save')
    .description('save a map in the repository: JSON with from, to, subnets, groups, profiles, keyPairs, kmsKeys')
    .argument('<file>', 'the file')
    .action((file: string) => run((cli) => saveMap(cli, file)));
}

function named(command: Command): Command {
  return command.argument('<run>', 'id of the run, or the beginning of it', runArgument);
}

export function runArgument(text: string): string {
  if (!/^[0-9a-f]{1,16}$/.test(text)) throw new InvalidArgumentError('A run has an id of up to 16 digits, 0 to f.');
  return text;
}

type RunEvents = AsyncIterable<OperationEvent<RestoreRun> | { readonly type: 'run'; readonly run: RestoreRun }>;

/** Shows each step as it ends. */
export async function followRun(cli: Cli, client: ContractClient, id: string, events: RunEvents): Promise<ExitCode> {
  await follow(cli.output, cli.world.monotonicMs, withSteps(cli, events));
  return tellRun(cli, client, id);
}

async function* withSteps({ output }: Cli, events: RunEvents): AsyncGenerator<OperationEvent<RestoreRun>> {
  const told = new Set<string>();
  for await (const event of events) {
    if (event.type !== 'run') yield event;
    else if ('run' in event) {
      for (const { id, title, detail, state } of event.run.steps) {
        if ((state !== 'done' && state !== 'partial') || told.has(id)) continue;
        told.add(id);
        output.note(`${title}: ${detail ?? state}`);
      }
    }
  }
}

export async function tellRun({ output }: Cli, client: ContractClient, id: string): Promise<ExitCode> {
  const report = await client.restoreRuns.report({ run: id });
  const { run, aws, exceptions, exceptionCount } = report;
  await output.document(report);
  await output.lines([
    `${run.title}: ${run.state}`,
    ...tableLines(
      [{ title: 'STEP' }, { title: 'STATE' }, { title: 'WHAT CAME OF IT' }, { title: 'ENDED' }],
      run.steps.map(({ title, state, detail, endedAt, error }) => [
        title,
        state,
        error?.message ?? detail ?? '',
        endedAt === null ? '' : localTime(endedAt),
      ]),
    ),
    ...(aws?.made ?? []).map(({ id: made, region }) => `Made: ${made} in ${region}`),
    ...(aws !== null && (run.state === 'done' || run.state === 'partial')
      ? ['Left to do in the machine:', ...aws.guestNotes.map((text) => `  ${text}`)]
      : []),
  ]);
  nameIssues(output, exceptions, exceptionCount);
  return run.state === 'partial' ? 3 : run.state === 'failed' ? 1 : 0;
}

function list(cli: Cli, open: boolean): Promise<ExitCode> {
  const { output } = cli;
  return withEngine(cli, async ({ client, signal }) => {
    const all: RestoreRun[] = [];
    for (let before: string | undefined; ;) {
      const page = await client.restoreRuns.list(
        { open, limit: 200, ...(before === undefined ? {} : { before }) },
        { signal },
      );
      all.push(...page.runs);
      before = page.runs.at(-1)?.id;
      if (!page.more || before === undefined) break;
    }
    const runs = all.filter(({ kind }) => kind !== 'folder');
    await output.document(runs);
    const rows = runs.map((run) => [
      shortId(run.id),
      run.title,
      run.closedAt === null ? run.state : `${run.state}, closed`,
      run.aws?.region ?? run.bucket?.region ?? '',
      localTime(run.createdAt),
    ]);
    const titles = ['RUN', 'WHAT', 'STATE', 'REGION', 'CREATED'].map((title) => ({ title }));
    await output.lines(runs.length === 0 ? ['No restore runs in AWS.'] : tableLines(titles, rows));
    return 0;
  });
}

function resume(cli: Cli, id: string, options: WhoOptions & { readonly wait: boolean }): Promise<ExitCode> {
  const aws = whoOf(cli, options);
  return withEngine(cli, async ({ client, signal }) => {
    const run = await client.restoreRuns.get({ run: id });
    const repository = run.repository === null ? null : await repositoryAccess(cli);
    const events = await client.restoreRuns.start({ run: run.id, repository, aws, wait: options.wait }, { signal });
    return followRun(cli, client, run.id, events);
  });
}

function undo(cli: Cli, id: string, options: WhoOptions & { dryRun?: boolean }): Promise<ExitCode> {
  const { output, world } = cli;
  const aws = whoOf(cli, options);
  return withEngine(cli, async ({ client, signal }) => {
    if (options.dryRun === true) {
      return tellUndo(cli, await client.restoreRuns.undoPreview({ run: id, aws }, { signal }), true);
    }
    const result = await follow(output, world.monotonicMs, await client.restoreRuns.undo({ run: id, aws }, { signal }));
    return tellUndo(cli, result, false);
  });
}

async function tellUndo({ output }: Cli, result: UndoResult, isPreview: boolean): Promise<ExitCode> {
  await output.document(result);
  await output.lines(
    result.items.length === 0
      ? ['There is nothing to take back.']
      : tableLines(
          [{ title: 'WHAT' }, { title: isPreview ? 'WOULD BE' : 'WAS' }, { title: '' }],
          result.items.map(({ path, action, reason }) => [path, undoWords[action], reason ?? '']),
        ),
  );
  return result.left > 0 && !isPreview ? 3 : 0;
}

const undoWords: Readonly<Record<UndoResult['items'][number]['action'], string>> = {
  remove: 'taken away',
  'put back': 'put back',
  'remove folder': 'taken away',
  leave: 'left',
};

function close(cli: Cli, id: string): Promise<ExitCode> {
  return withEngine(cli, async ({ client }) => {
    await cli.output.document(await client.restoreRuns.close({ run: id }));
    await cli.output.lines(['Closed. What it made, and what it put aside, stays in AWS.']);
    return 0;
  });
}

function maps(cli: Cli): Promise<ExitCode> {
  const { output } = cli;
  return withEngine(cli, async ({ client }) => {
    const found = await client.awsRestores.maps({});
    await output.document(found.maps);
    await output.lines(
      found.maps.length === 0
        ? ['No maps between regions.']
        : found.maps.map((map) => `${map.from} -> ${map.to}: ${JSON.stringify(map)}`),
    );
    return 0;
  });
}

async function saveMap(cli: Cli, file: string): Promise<ExitCode> {
  const parsed = awsRegionMapSchema.safeParse(jsonIn(await readFile(file, 'utf8')));
  if (!parsed.success) {
    const [first] = parsed.error.issues;
    throw badUsage(`${file} is no map between regions: ${first?.path.join('.') ?? ''} ${first?.message ?? ''}.`);
  }
  const { from, to, ...map } = parsed.data;
  return withRepository(cli, async ({ client, repository }) => {
    const saved = await client.awsRestores.saveMap({ repository, from, to, map });
    tellSaved(cli.output, saved);
    await cli.output.document(saved);
    await cli.output.lines([`Saved what stands in ${to} for what ${from} has.`]);
    return 0;
  });
}

function jsonIn(text: string): unknown {
  try {
    return JSON.parse(text);
  } catch {
    return null;
  }
}
