import fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import { isolateStep, type PlanIsolation } from '../../../shared/model/plan-isolation.ts';
import { choosePoint, type PlanPoint } from '../../../shared/model/recovery-points.ts';
import {
  fillStep,
  fillText,
  parametersIn,
  parameterValues,
  planProblems,
  wavesOf,
  type PlanParameter,
  type PlanStep,
  type RecoveryPlan,
  type StepWork,
} from '../../../shared/model/recovery-plans.ts';

const message: StepWork = { kind: 'message', text: 'Told.' };

function step(id: string, after: readonly string[] = [], work: StepWork = message): PlanStep {
  return { id, title: id, after, timeLimitMs: null, inDrills: false, work };
}

function plan(steps: readonly PlanStep[], parameters: readonly PlanParameter[] = []): RecoveryPlan {
  return { name: 'office', description: '', targetRtoMs: null, parameters, steps };
}

function parameter(name: string, more: Partial<PlanParameter> = {}): PlanParameter {
  return { name, label: name, type: 'text', choices: [], default: null, ...more };
}

const folder: Extract<StepWork, { kind: 'folder' }> = {
  kind: 'folder',
  source: 'documents',
  point: { kind: 'latest' },
  path: '/',
  target: '${target}/documents',
  overwrite: 'never',
  verify: true,
};

const said = (problems: ReturnType<typeof planProblems>): string[] =>
  problems.map((one) => `${one.step ?? one.parameter ?? ''}: ${one.problem}`);

describe('what is wrong with a plan', () => {
  it('is nothing, where steps wait for steps of it and use its parameters', () => {
    const steps = [step('a', [], folder), step('b', ['a']), step('c', ['a', 'b'])];
    expect(planProblems(plan(steps, [parameter('target', { type: 'path' })]))).toEqual([]);
  });

  it('names what waits for nothing that is there, for itself, and in a circle', () => {
    const steps = [step('a', ['z']), step('b', ['b']), step('c', ['d']), step('d', ['c']), step('A b'), step('a')];
    expect(said(planProblems(plan(steps)))).toEqual([
      'a: It waits for z, which is no step of this plan.',
      'b: It waits for itself.',
      'A b: A step is named by small letters, digits and hyphens.',
      'a: There are two steps named a.',
      'c: It waits for a step that waits for it.',
      'd: It waits for a step that waits for it.',
    ]);
  });

  it('names parameters that are not there, have no choice, or a default that is none', () => {
    const before = { ...folder, point: { kind: 'before', parameter: 'name' } } as const;
    const parameters = [
      parameter('name'),
      parameter('name'),
      parameter('where', { type: 'choice' }),
      parameter('to', { type: 'path', default: 'here' }),
      parameter('since', { type: 'time', default: 'yesterday' }),
    ];
    expect(said(planProblems(plan([step('a', [], before)], parameters)))).toEqual([
      'name: There are two parameters named name.',
      'where: There is nothing to choose from for where.',
      'to: to is an absolute path.',
      'since: since is a time in UTC, such as 2026-03-01T08:00:00Z.',
      'a: It uses ${target}, which is no parameter of this plan.',
      'a: Its moment is name, which is no time.',
    ]);
  });

  it('is that it has no steps, or a command that is empty', () => {
    expect(planProblems(plan([])).map(({ problem }) => problem)).toEqual(['A plan without steps brings nothing back.']);
    const empty = step('a', [], { kind: 'command', run: { kind: 'shell', script: ' ' } });
    expect(said(planProblems(plan([empty])))).toEqual(['a: It says no command.']);
  });
});

describe('waves', () => {
  /** Steps that wait for earlier ones only, in any order. */
  const acyclic = fc.array(fc.array(fc.nat(), { maxLength: 4 }), { minLength: 1, maxLength: 20 }).chain((raw) => {
    const steps = raw.map((befores, at) =>
      step(`s${at}`, at === 0 ? [] : [...new Set(befores.map((before) => `s${before % at}`))]),
    );
    return fc.shuffledSubarray(steps, { minLength: steps.length });
  });

  it('have every step once, after all it waits for, and as early as can be', () => {
    fc.assert(
      fc.property(acyclic, (steps) => {
        const waves = wavesOf(steps);
        const waveOf = new Map(waves.flatMap((ids, at) => ids.map((id) => [id, at] as const)));
        expect(waves.flat().toSorted()).toEqual(steps.map(({ id }) => id).toSorted());
        for (const { id, after } of steps)
          expect(waveOf.get(id)).toBe(Math.max(-1, ...after.map((before) => waveOf.get(before) ?? Infinity)) + 1);
      }),
    );
  });

  it('are empty of what waits in a circle, and of what waits for that', () => {
    expect(wavesOf([step('a'), step('b', ['c']), step('c', ['b']), step('d', ['c']), step('e', ['a'])])).toEqual([
      ['a'],
      ['e'],
    ]);
  });
});

describe('parameters', () => {
  it('are what is given, else their default, and named where they are neither', () => {
    const asked = { parameters: [parameter('a'), parameter('b', { default: 'B' }), parameter('c', { default: 'C' })] };
    expect(parameterValues(asked, { c: 'other' })).toEqual({
      values: { b: 'B', c: 'other' },
      problems: ['a is not said: a'],
    });
  });

  it('are of their type, and of the plan', () => {
    const asked = { parameters: [parameter('a', { type: 'choice', choices: ['x', 'y'] })] };
    expect(parameterValues(asked, { a: 'z', q: '' }).problems).toEqual([
      'q is no parameter of this plan.',
      'a is one of x, y.',
    ]);
  });

  it('are put where they are named, and what is put there is not looked at again', () => {
    expect(fillText('${a} $a $${a} ${b}${none}', { a: '${b}', b: '2' })).toBe('${b} $a ${a} 2${none}');
    fc.assert(
      fc.property(fc.string(), (value) => {
        expect(fillText('<${a}>', { a: value })).toBe(`<${value}>`);
      }),
    );
  });

  it('never reach a line for a shell', () => {
    const line: StepWork = { kind: 'command', run: { kind: 'shell', script: 'rm -r ${target}' } };
    expect(fillStep(step('a', [], line), { target: '/; true' }).work).toEqual(line);
    const words: StepWork = { kind: 'command', run: { kind: 'program', words: ['ls', '${target}'] } };
    expect(fillStep(step('a', [], words), { target: '/; true' }).work).toEqual({
      kind: 'command',
      run: { kind: 'program', words: ['ls', '/; true'] },
    });
    expect(parametersIn(line)).toEqual([]);
  });
});

describe('the recovery point', () => {
  const at = (day: number, more: Partial<PlanPoint> = {}): PlanPoint => ({
    snapshot: `s${day}`,
    original: `o${day}`,
    takenAtMs: Date.UTC(2026, 0, day),
    status: 'complete',
    suspect: false,
    ...more,
  });
  const points = [at(1), at(2), at(3, { status: 'partial' }), at(4, { suspect: true }), at(5)];
  const nothing = { values: {}, atMs: null };

  it('is the newest good one that nobody has to suspect', () => {
    expect(choosePoint({ kind: 'latest' }, points, nothing)).toEqual(at(5));
    expect(choosePoint({ kind: 'latest' }, points, { values: {}, atMs: Date.UTC(2026, 0, 5) })).toEqual(at(2));
    const before = { kind: 'before', parameter: 'moment' } as const;
    const values = { moment: '2026-01-02T00:00:00Z' };
    expect(choosePoint(before, points, { values, atMs: null })).toEqual(at(1));
  });

  it('is the one that is named, whatever its state', () => {
    const fixed = (snapshot: string) => ({ kind: 'snapshot', snapshot }) as const;
    expect(choosePoint(fixed('s4'), points, nothing)).toEqual(at(4, { suspect: true }));
    expect(choosePoint(fixed('o2'), points, nothing)).toEqual(at(2));
    expect(choosePoint(fixed('s9'), points, nothing)).toEqual({ problem: 'The snapshot s9 is not there any more.' });
  });

  it('is said to be missing', () => {
    expect(choosePoint({ kind: 'latest' }, [], nothing)).toEqual({ problem: 'There is no snapshot of it.' });
    const early = { values: {}, atMs: Date.UTC(2025, 0, 1) };
    expect(choosePoint({ kind: 'latest' }, points, early)).toEqual({
      problem: 'It has no good snapshot from before that moment.',
    });
  });
});

describe('a rehearsal', () => {
  const nowhere: PlanIsolation = { folder: '/scratch', bucket: null, aws: false, guided: false };

  it('gives files and repositories back into its own folder, and replaces nothing', () => {
    const original = { ...folder, target: null, overwrite: 'always' } as const;
    expect(isolateStep(step('docs', [], original), nowhere)).toEqual({
      kind: 'isolated',
      work: { ...folder, target: '/scratch/docs', overwrite: 'never' },
    });
    const git: StepWork = {
      kind: 'git',
      source: 'code',
      point: { kind: 'latest' },
      repositories: null,
      target: { kind: 'github', api: null, owner: 'acme' },
      overwrite: true,
    };
    expect(isolateStep(step('code', [], git), nowhere)).toEqual({
      kind: 'isolated',
      work: { ...git, target: { kind: 'bare', path: '/scratch/code' }, overwrite: false },
    });
  });

  it('leaves what it has no place for, and what nobody has allowed in drills', () => {
    const place = { account: null, region: null, endpoint: null };
    const bucket: StepWork = {
      ...folder,
      ...place,
      kind: 'bucket',
      from: '',
      bucket: 'live',
      prefix: '',
      overwrite: 'always',
    };
    const launch: StepWork = { ...folder, ...place, kind: 'instance', instance: 'i-1', how: 'launch', stopOld: true };
    const command: StepWork = { kind: 'command', run: { kind: 'shell', script: 'true' } };
    const asked: StepWork = { kind: 'checkpoint', instruction: 'Look.' };
    for (const work of [bucket, launch, command, asked, message])
      expect(isolateStep(step('a', [], work), nowhere).kind).toBe('left');
    expect(isolateStep({ ...step('a', [], command), inDrills: true }, nowhere).kind).toBe('isolated');
    const scratch = { bucket: 'scratch', prefix: 'holdfast-drill/1/', ...place };
    const all: PlanIsolation = { folder: '/scratch', bucket: scratch, aws: true, guided: true };
    expect(isolateStep(step('a', [], bucket), all)).toMatchObject({
      work: { bucket: 'scratch', prefix: 'holdfast-drill/1/a/', overwrite: 'never' },
    });
    expect(isolateStep(step('a', [], launch), all)).toMatchObject({ work: { how: 'clone', stopOld: false } });
    expect(isolateStep(step('a', [], asked), all)).toEqual({ kind: 'isolated', work: asked });
  });

  it('asks AWS as the account that was chosen for drills, where one was', () => {
    const place = { account: 'production', region: null, endpoint: null };
    const volume: StepWork = { ...folder, ...place, kind: 'volume', volume: 'vol-1', zone: 'eu-central-1a' };
    const all: PlanIsolation = { folder: '/scratch', bucket: null, aws: true, guided: false };
    expect(isolateStep(step('a', [], volume), all)).toMatchObject({ work: { account: 'production' } });
    expect(isolateStep(step('a', [], volume), { ...all, account: 'drills' })).toMatchObject({
      work: { kind: 'volume', account: 'drills' },
    });
  });
});
