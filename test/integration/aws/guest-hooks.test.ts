/** Hooks that AWS Systems Manager runs in the instances of a source: consistent with them, and otherwise with the reason. */
import { spawn } from 'node:child_process';
import { mkdirSync, readFileSync } from 'node:fs';
import { expect, test } from 'vitest';
import type { GuestAnswer } from '../../../electron/sandbox/aws/ssm.ts';
import { protectResultSchema } from '../../../shared/contract/protection.ts';
import { policyFor } from '../../../shared/model/aws-policies.ts';
import { makeNativeScene, tagsOf, type NativeScene } from '../../support/native-scene.ts';
import { launch } from '../../support/sandbox-aws.ts';

/** An instance whose scripts run on this machine, in a folder of the workspace. */
async function makeScene(...properties: string[]) {
  const place = { buckets: [], regions: [] };
  const Statement = [...policyFor('protect', place).Statement, ...policyFor('hooks', place).Statement];
  const scene = await makeNativeScene({ user: { policy: { Statement } } });
  const { id } = await launch(scene);
  const folder = scene.workspace.path('guest');
  mkdirSync(folder);
  scene.aws.ssm.managed.add(id);
  scene.aws.ssm.play = ({ script }) => shell(script.replaceAll('/run/holdfast', `${folder}/marks`), folder);
  await scene.addSource('web', `instance=${id}`, ...properties);
  return { ...scene, id, notes: () => readFileSync(`${folder}/notes`, 'utf8').trim().split('\n') };
}

function shell(script: string, cwd: string): Promise<GuestAnswer> {
  const child = spawn('/bin/sh', ['-c', script], { cwd, stdio: ['ignore', 'pipe', 'ignore'] });
  const output: Buffer[] = [];
  child.stdout.on('data', (chunk: Buffer) => output.push(chunk));
  return new Promise((resolve) => {
    child.on('close', (code) => resolve({ code: code ?? 1, output: Buffer.concat(output).toString() }));
  });
}

const hooks = ['before-ssm=echo freeze $HOLDFAST_HOOK >> notes', 'after-ssm=echo thaw $HOLDFAST_STATUS >> notes'];

const protectedBy = async (scene: NativeScene) =>
  (await scene.done('protect', 'web', '--json')).json(protectResultSchema);
const consistencies = async (scene: NativeScene) =>
  new Set((await scene.snapshots()).map((one) => tagsOf(one).get('holdfast:consistency')));

test('a snapshot between them is application-consistent, with the policies to protect and for hooks alone', async () => {
  await using scene = await makeScene(...hooks);
  expect(await protectedBy(scene)).toMatchObject({ consistency: 'application', consistencyProblem: null });
  expect(scene.notes()).toEqual(['freeze before', 'thaw complete']);
  expect(scene.aws.ssm.sent.map(({ document }) => document)).toEqual(['AWS-RunShellScript', 'AWS-RunShellScript']);
  expect(await consistencies(scene)).toEqual(new Set(['application']));
});

test('an instance without an agent makes it crash-consistent, with the reason', async () => {
  await using scene = await makeScene(...hooks);
  scene.aws.ssm.managed.clear();
  const { consistency, consistencyProblem } = await protectedBy(scene);
  expect(consistency).toBe('crash');
  expect(consistencyProblem).toContain('InvalidInstanceId');
  expect(await consistencies(scene)).toEqual(new Set(['crash']));
});

test('a script that fails does too, and what it may have frozen is thawed', async () => {
  await using scene = await makeScene('before-ssm=echo freeze >> notes; exit 4', hooks[1] ?? '');
  const { consistency, consistencyProblem } = await protectedBy(scene);
  expect(consistency).toBe('crash');
  expect(consistencyProblem).toContain('ended with exit code 4');
  expect(scene.notes()).toEqual(['freeze', 'thaw before-failed']);
});

test('one that does not answer is waited for no longer than it may take', async () => {
  await using scene = await makeScene(...hooks, 'before-timeout=1s', 'after-timeout=1s');
  scene.aws.ssm.play = () => Promise.resolve(null);
  const { consistency, consistencyProblem } = await protectedBy(scene);
  expect(consistency).toBe('crash');
  expect(consistencyProblem).toContain('took longer than 1 s');
  expect(scene.aws.log.some(({ operation }) => operation === 'CancelCommand')).toBe(true);
});

test('where an instance has thawed by itself before, it is no application-consistent snapshot', async () => {
  await using scene = await makeScene(...hooks);
  const usual = scene.aws.ssm.play;
  scene.aws.ssm.play = async (sent) => {
    const answer = await usual(sent);
    // As if the guard had been there in between.
    if (scene.aws.ssm.sent.length === 1) await shell('rm -rf marks', scene.workspace.path('guest'));
    return answer;
  };
  const { consistency, consistencyProblem } = await protectedBy(scene);
  expect(consistency).toBe('crash');
  expect(consistencyProblem).toContain('had thawed by itself');
  expect(await consistencies(scene)).toEqual(new Set(['crash']));
});

test('without a right to run scripts, the reason names it', async () => {
  await using scene = await makeNativeScene({ user: { policy: policyFor('protect', { buckets: [], regions: [] }) } });
  const { id } = await launch(scene);
  scene.aws.ssm.managed.add(id);
  await scene.addSource('web', `instance=${id}`, ...hooks);
  const { consistencyProblem } = await protectedBy(scene);
  expect(consistencyProblem).toContain('ssm:SendCommand');
});
