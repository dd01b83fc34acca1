import { InvalidArgumentError, type Command } from 'commander';
import type { Job, JobLogLine } from '../../shared/contract/jobs.ts';
import { HoldfastError } from '../../shared/model/errors.ts';
import { isOver } from '../../shared/model/job-states.ts';
import { formatCount, formatDuration } from '../../shared/model/units.ts';
import { localTime, plural, shortId } from './display.ts';
import type { ExitCode } from './failure.ts';
import { JsonList } from './json-list.ts';
import { ProgressDisplay } from './progress.ts';
import type { RunCommand } from './run-command.ts';
import { withEngine, type Cli, type EngineSession } from './session.ts';
import { factLines, tableLines } from './table.ts';

export function registerJobs(program: Command, run: RunCommand): void {
  const jobs = program
    .command('jobs')
    .description('list what is going on, and what came of it')
    .option('--all', 'everything there is a record of, not only the latest')
    .action((options: { all?: boolean }) => run((cli) => list(cli, options.all ?? false)));
  jobs
    .command('show')
    .description('show one job and its log')
    .argument('<id>', 'id of the job, or the beginning of it', jobArgument)
    .option('--follow', 'wait for its end, and show how far it is until then')
    .action((id: string, options: { follow?: boolean }) => run((cli) => show(cli, id, options.follow ?? false)));
  program
    .command('cancel')
    .description('stop a job; what it has stored is reused by the next one')
    .argument('<id>', 'id of the job, or the beginning of it', jobArgument)
    .action((id: string) => run((cli) => cancel(cli, id)));
}

function jobArgument(text: string): string {
  if (!/^[0-9a-f]{1,16}$/.test(text)) throw new InvalidArgumentError('A job has an id of up to 16 digits, 0 to f.');
  return text;
}

function list(cli: Cli, all: boolean): Promise<ExitCode> {
  const { output } = cli;
  return withEngine(cli, async ({ client, signal }) => {
    const document = new JsonList(output);
    let notice: string | null = null;
    let count = 0;
    let before: string | undefined;
    do {
      const page = await client.jobs.list({ all, ...(before === undefined ? {} : { before }) }, { signal });
      await document.add(page.jobs);
      if (page.jobs.length > 0) await output.lines(jobLines(page.jobs, cli));
      count += page.jobs.length;
      notice ??= page.notice;
      before = page.more ? page.jobs.at(-1)?.id : undefined;
      output.ensureRead();
    } while (before !== undefined);
    await document.end();
    if (count === 0) await output.lines(['No jobs.']);
    if (notice === null) return 0;
    output.warn(`Jobs that ended before are not listed: ${notice}`);
    return 3;
  });
}

function jobLines(jobs: readonly Job[], { world }: Cli): string[] {
  return tableLines(
    [
      { title: 'JOB' },
      { title: 'STATE' },
      { title: 'SINCE' },
      { title: 'TIME', align: 'right' },
      { title: 'BY' },
      { title: 'WHAT' },
    ],
    jobs.map((job) => [
      shortId(job.id),
      stateText(job),
      localTime(job.startedAt ?? job.queuedAt),
      durationText(job, world.nowMs()),
      job.actor,
      `${job.kind} ${job.title}`,
    ]),
  );
}

/** `running 42 %`: the share only where it is known. */
function stateText({ state, progress }: Job): string {
  const percent = progress?.percent ?? null;
  return (state === 'running' || state === 'cancelling') && percent !== null ? `${state} ${percent} %` : state;
}

function durationText({ startedAt, endedAt }: Job, nowMs: number): string {
  if (startedAt === null) return '–';
  const endMs = endedAt === null ? nowMs : Date.parse(endedAt);
  return formatDuration(Math.max(0, endMs - Date.parse(startedAt)));
}

function show(cli: Cli, id: string, follow: boolean): Promise<ExitCode> {
  const { output } = cli;
  return withEngine(cli, async (session) => {
    const job = follow
      ? await untilOver(cli, session, id)
      : await session.client.jobs.show({ job: id }, { signal: session.signal });
    const log = await wholeLog(session, job.id);
    await output.document({ ...job, log });
    await output.lines([`Job ${shortId(job.id)}: ${job.kind} ${job.title}`, ...factLines(factsOf(job, cli))]);
    await output.lines(log.length === 0 ? [] : ['', ...log.map(logLine)]);
    return follow ? exitCodeOf(job) : 0;
  });
}

async function untilOver({ output, world }: Cli, { client, signal }: EngineSession, id: string): Promise<Job> {
  const progress = new ProgressDisplay(output, world.monotonicMs);
  let latest: Job | null = null;
  try {
    for await (const job of await client.jobs.follow({ job: id }, { signal })) {
      if (job.waitsFor !== null && job.waitsFor !== latest?.waitsFor) output.note(job.waitsFor);
      latest = job;
      if (job.progress !== null && !isOver(job.state)) progress.update(job.progress);
    }
  } finally {
    progress.end();
  }
  if (latest === null) throw new HoldfastError('INTERNAL', 'The engine said nothing about the job.');
  return latest;
}

async function wholeLog({ client, signal }: EngineSession, job: string): Promise<JobLogLine[]> {
  const lines: JobLogLine[] = [];
  for (;;) {
    const page = await client.jobs.log({ job, after: lines.at(-1)?.line ?? 0 }, { signal });
    lines.push(...page.lines);
    if (!page.more) return lines;
  }
}

function factsOf(job: Job, { world }: Cli): (readonly [string, string])[] {
  const { progress, error } = job;
  const facts: (readonly [string, string | null])[] = [
    ['state', stateText(job)],
    ['by', job.actor],
    ['waits', job.waitsFor],
    ['asked for', localTime(job.queuedAt)],
    ['started', job.startedAt === null ? null : localTime(job.startedAt)],
    ['ended', job.endedAt === null ? null : localTime(job.endedAt)],
    ['time', durationText(job, world.nowMs())],
    ['done', progress === null ? null : plural(formatCount(progress.doneItems), 'item')],
    ['moved', progress === null || isOver(job.state) ? null : localTime(progress.movedAt)],
    ['result', job.summary],
    ['error', error === null ? null : `${error.code}: ${error.message}`],
    ['meaning', error?.meaning ?? null],
    ['to do', error?.action ?? null],
  ];
  return facts.filter((fact): fact is readonly [string, string] => fact[1] !== null);
}

function logLine({ at, level, message, path, code }: JobLogLine): string {
  const about = path === null ? '' : `${path}: `;
  return `${localTime(at)}  ${level.padEnd(7)}  ${about}${message}${code === null ? '' : ` (${code})`}`;
}

function exitCodeOf({ state }: Job): ExitCode {
  if (state === 'done') return 0;
  return state === 'partial' ? 3 : 1;
}

function cancel(cli: Cli, id: string): Promise<ExitCode> {
  return withEngine(cli, async ({ client, signal }) => {
    const job = await client.jobs.cancel({ job: id }, { signal });
    await cli.output.document(job);
    const name = `Job ${shortId(job.id)}, ${job.kind} ${job.title}`;
    await cli.output.summary([isOver(job.state) ? `${name}, is ${job.state}.` : `${name}, is being stopped.`]);
    return 0;
  });
}
