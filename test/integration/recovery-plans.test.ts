import { existsSync, readFileSync, rmSync, writeFileSync } from 'node:fs';
import { createServer, type Server } from 'node:http';
import type { AddressInfo } from 'node:net';
import { join } from 'node:path';
import { setTimeout as sleep } from 'node:timers/promises';
import { expect, test } from 'vitest';
import { planRunSchema, type PlanRun } from '../../shared/contract/plan-runs.ts';
import { planViewSchema, type GivenPlan } from '../../shared/contract/plans.ts';
import { expectDone } from '../support/expect-clean.ts';
import { mustRun } from '../support/processes.ts';
import { makeWorkspace, type Workspace } from '../support/workspace.ts';

async function prepare(): Promise<Workspace> {
  const workspace = await makeWorkspace({ inMemory: true });
  const documents = await workspace.folder('documents');
  writeFileSync(join(documents, 'letter'), 'Dear Sir');
  const code = await workspace.folder('code.git');
  await mustRun('git', ['init', '-q', '--bare', '-b', 'main', code]);
  const tree = (await mustRun('git', ['-C', code, 'mktree'], { input: '' })).stdout.trim();
  const by = { GIT_AUTHOR_NAME: 'A', GIT_AUTHOR_EMAIL: 'a@b', GIT_COMMITTER_NAME: 'A', GIT_COMMITTER_EMAIL: 'a@b' };
  const commit = (await mustRun('git', ['-C', code, 'commit-tree', '-m', 'first', tree], { env: by })).stdout.trim();
  await mustRun('git', ['-C', code, 'update-ref', 'refs/heads/main', commit]);
  workspace.init();
  const add = ['source', 'add', 'folder', '--name'];
  expectDone(await workspace.here([...add, 'documents', '--set', `path=${documents}`]));
  expectDone(await workspace.here([...add, 'code', '--set', `path=${code}`]));
  expectDone(await workspace.here(['system', 'take']));
  return workspace;
}

async function healthServer(): Promise<{ readonly url: string; readonly server: Server }> {
  let asked = 0;
  const server = createServer((_, response) => {
    asked += 1;
    response.writeHead(asked < 3 ? 503 : 200).end('up and running');
  });
  await new Promise<void>((resolve) => server.listen(0, '127.0.0.1', resolve));
  server.unref();
  return { url: `http://127.0.0.1:${(server.address() as AddressInfo).port}/health`, server };
}

/** Documents and code side by side, then commands, a check, somebody who looks, and a last command. */
function officePlan(workspace: Workspace, url: string): GivenPlan {
  const mark = (name: string): string => workspace.path(name);
  const shell = (script: string) => ({ kind: 'command' as const, run: { kind: 'shell' as const, script } });
  const files = { kind: 'folder' as const, point: { kind: 'latest' as const } };
  return {
    name: 'office',
    parameters: [{ name: 'target', label: 'Where to', type: 'path' }],
    steps: [
      { id: 'docs', title: 'Documents', work: { ...files, source: 'documents', target: '${target}/documents' } },
      {
        id: 'code',
        title: 'Code',
        work: { kind: 'git', source: 'code', target: { kind: 'bare', path: '${target}/code' } },
      },
      {
        id: 'slow',
        title: 'Start the service',
        after: ['docs', 'code'],
        work: shell(
          `echo run >> ${mark('slow')}; while [ ! -e ${mark('go')} ]; do sleep 0.05; done; echo "to $HOLDFAST_SET_TARGET"`,
        ),
      },
      {
        id: 'health',
        title: 'Service answers',
        after: ['slow'],
        timeLimitMs: 60_000,
        work: { kind: 'health', everyMs: 100, check: { kind: 'http', url, contains: 'up' } },
      },
      {
        id: 'look',
        title: 'Look',
        after: ['health'],
        work: { kind: 'checkpoint', instruction: 'Is it all in ${target}?' },
      },
      { id: 'last', title: 'Tell all', after: ['look'], work: shell(`echo run >> ${mark('last')}`) },
    ],
  };
}

const statesOf = ({ steps }: PlanRun): Record<string, string> =>
  Object.fromEntries(steps.map(({ step, state }) => [step.id, state]));
const linesIn = (file: string): number => (existsSync(file) ? readFileSync(file, 'utf8').trim().split('\n').length : 0);

async function runOf(workspace: Workspace): Promise<PlanRun> {
  const [newest] = expectDone(await workspace.here(['plan', 'runs', '--json'])).json(planRunSchema.array());
  if (newest === undefined) throw new Error('no run of a plan');
  return newest;
}

/** Starts a command and kills it without warning as soon as `until` holds. */
async function killed(workspace: Workspace, args: readonly string[], until: () => boolean): Promise<void> {
  const running = workspace.startHoldfast(args);
  const { child } = running;
  while (child.exitCode === null && child.signalCode === null && !until()) await sleep(10);
  running.signal('SIGKILL');
  const { signal } = await running.finished;
  expect(signal).toBe('SIGKILL');
}

test('a plan whose engine is killed twice in the middle goes on each time, and is finished', async () => {
  await using workspace = await prepare();
  const { url, server } = await healthServer();
  const target = workspace.path('back');
  const file = workspace.path('plan.json');
  writeFileSync(file, JSON.stringify(officePlan(workspace, url)));
  expectDone(await workspace.here(['plan', 'add', '--file', file]));
  const checked = expectDone(await workspace.here(['plan', 'check', 'office', '--json'])).json(planViewSchema);
  expect(checked.check?.checks.map(({ step, level }) => `${step ?? ''} ${level}`)).toEqual(['docs ok', 'code ok']);

  const begin = ['plan', 'run', 'office', '--set', `target=${target}`];
  await killed(workspace, begin, () => linesIn(workspace.path('slow')) === 1);
  const first = await runOf(workspace);
  expect(first.state).toBe('interrupted');
  // Nobody knows how far a command came: it is not begun a second time unasked.
  expect(statesOf(first)).toMatchObject({ docs: 'done', code: 'done', slow: 'interrupted', health: 'waiting' });
  const { id, steps } = first;
  const begunWith = steps.map(({ restoreRun }) => restoreRun);

  expectDone(await workspace.here(['plan', 'retry', id, 'slow']));
  await killed(workspace, ['plan', 'resume', id], () => linesIn(workspace.path('slow')) === 2);
  writeFileSync(workspace.path('go'), '');
  expectDone(await workspace.here(['plan', 'retry', id, 'slow']));
  const waiting = await workspace.holdfast(['plan', 'resume', id, '--no-wait', '--json']);
  expect(waiting.code).toBe(3);
  const asking = waiting.json(planRunSchema);
  expect(asking.state).toBe('waiting');
  expect(statesOf(asking)).toMatchObject({ slow: 'done', health: 'done', look: 'asking', last: 'waiting' });
  expect(asking.steps.find(({ step }) => step.id === 'slow')?.output).toBe(`to ${target}\n`);
  expect(asking.steps.find(({ step }) => step.id === 'look')?.detail).toBe(`Is it all in ${target}?`);

  expect((await workspace.here(['plan', 'confirm', id, 'last', '--name', 'Ada', '--json'])).error().code).toBe(
    'PLAN_STEP_STANDS',
  );
  expectDone(await workspace.here(['plan', 'confirm', id, 'look', '--name', 'Ada']));
  const done = expectDone(await workspace.here(['plan', 'resume', id, '--json'])).json(planRunSchema);
  expect(done.state).toBe('done');
  expect(done.steps.find(({ step }) => step.id === 'look')?.answer).toMatchObject({ what: 'confirm', name: 'Ada' });
  expect(
    done.steps.map(({ restoreRun }) => restoreRun),
    'nothing was restored a second time',
  ).toEqual(begunWith);
  expect(linesIn(workspace.path('last'))).toBe(1);
  expect(readFileSync(join(target, 'documents', workspace.path('documents'), 'letter'), 'utf8')).toBe('Dear Sir');
  server.close();
});

test('what fails holds up what waits for it alone, and is tried again or passed over with a reason', async () => {
  await using workspace = await prepare();
  const shell = (script: string) => ({ kind: 'command' as const, run: { kind: 'shell' as const, script } });
  const tcp = { kind: 'tcp' as const, host: '127.0.0.1', port: 1 };
  const plan: GivenPlan = {
    name: 'parts',
    steps: [
      { id: 'bad', title: 'Bad', work: shell(`test -e ${workspace.path('mended')}`) },
      { id: 'after-bad', title: 'After it', after: ['bad'], work: { kind: 'message', text: 'went on' } },
      { id: 'deaf', title: 'Deaf', timeLimitMs: 1_000, work: { kind: 'health', everyMs: 100, check: tcp } },
      { id: 'beside', title: 'Beside', work: shell(`echo run >> ${workspace.path('beside')}`) },
    ],
  };
  const file = workspace.path('plan.json');
  writeFileSync(file, JSON.stringify(plan));
  expectDone(await workspace.here(['plan', 'add', '--file', file]));
  const failed = await workspace.here(['plan', 'run', 'parts', '--json']);
  expect(failed.code).toBe(1);
  const run = failed.json(planRunSchema);
  expect(statesOf(run)).toEqual({ bad: 'failed', 'after-bad': 'waiting', deaf: 'failed', beside: 'done' });
  expect(run.steps.find(({ step }) => step.id === 'deaf')?.error?.code).toBe('PLAN_STEP_TOO_LONG');
  writeFileSync(workspace.path('mended'), '');
  expectDone(await workspace.here(['plan', 'retry', run.id, 'bad']));
  expectDone(await workspace.here(['plan', 'skip', run.id, 'deaf', '--reason', 'it is in the cellar']));
  const partial = await workspace.here(['plan', 'resume', run.id, '--json']);
  expect(partial.code).toBe(3);
  expect(statesOf(partial.json(planRunSchema))).toEqual({
    bad: 'done',
    'after-bad': 'done',
    deaf: 'skipped',
    beside: 'done',
  });
  expect(linesIn(workspace.path('beside'))).toBe(1);
});

test('a plan that comes with a configuration keeps its versions, and runs no command before it is approved', async () => {
  await using workspace = await prepare();
  const file = workspace.path('plan.json');
  const withTitle = (title: string): GivenPlan => ({
    name: 'one',
    steps: [{ id: 'say', title, work: { kind: 'command', run: { kind: 'program', words: ['true'] } } }],
  });
  writeFileSync(file, JSON.stringify(withTitle('First')));
  expectDone(await workspace.here(['plan', 'add', '--file', file]));
  writeFileSync(file, JSON.stringify(withTitle('Second')));
  expectDone(await workspace.here(['plan', 'add', '--replace', '--file', file]));
  rmSync(workspace.home, { recursive: true });
  expectDone(await workspace.here(['recover']));
  const shown = expectDone(await workspace.here(['plan', 'show', 'one', '--json'])).json(planViewSchema);
  expect(shown).toMatchObject({ version: 2, approved: false, plan: { steps: [{ title: 'Second' }] } });
  expect((await workspace.here(['plan', 'run', 'one', '--json'])).error().code).toBe('PLAN_NOT_APPROVED');
  expect((await workspace.here(['plan', 'check', 'one'])).code).toBe(1);
  expectDone(await workspace.here(['plan', 'approve', 'one']));
  expectDone(await workspace.here(['plan', 'run', 'one']));
});
