/**
 * Recovery plans: ordered steps that bring a whole system back. What a plan may say, what is wrong with one, and in which order
 * its steps go. Pure: nothing here restores anything.
 */

export const planLimits = {
  steps: 200,
  parameters: 50,
  choices: 100,
  words: 100,
  textLength: 4_096,
  timeLimitMs: { least: 1_000, most: 7 * 86_400_000 },
} as const;

export const parameterTypes = ['text', 'choice', 'path', 'time'] as const;
export const stepKinds = [
  'folder',
  'git',
  'bucket',
  'volume',
  'instance',
  'command',
  'health',
  'checkpoint',
  'message',
] as const;
export type StepKind = (typeof stepKinds)[number];

export const stepIdPattern = /^[a-z0-9](?:[a-z0-9-]{0,38}[a-z0-9])?$/;
export const parameterPattern = /^[a-z][a-z0-9_]{0,39}$/;

/** Asked when a run is created; `${name}` in the texts of steps stands for it. */
export type PlanParameter = {
  readonly name: string;
  /** What is asked for, in words. */
  readonly label: string;
  /** `path` is absolute; `time` is ISO-8601 UTC. */
  readonly type: (typeof parameterTypes)[number];
  /** Of a choice; empty for the others. */
  readonly choices: readonly string[];
  /** Null: somebody has to say. */
  readonly default: string | null;
};

/** Which recovery point: the newest good one, the newest good one before a parameter of type `time`, or this one. */
export type PointRule =
  | { readonly kind: 'latest' }
  | { readonly kind: 'before'; readonly parameter: string }
  | { readonly kind: 'snapshot'; readonly snapshot: string };

type FromSource = { readonly source: string; readonly point: PointRule };
type Overwrite = 'never' | 'if-changed' | 'always';
/** As whom and where AWS is asked; null: as the source is. */
type InAws = { readonly account: string | null; readonly region: string | null; readonly endpoint: string | null };

/** Texts in which parameters stand are marked by `mapTexts`. */
export type StepWork =
  | (FromSource & {
      readonly kind: 'folder';
      /** In the snapshot; `/` for all of it. */
      readonly path: string;
      /** Folder to restore below; null restores to the original place. */
      readonly target: string | null;
      readonly overwrite: Overwrite;
      readonly verify: boolean;
    })
  | (FromSource & {
      readonly kind: 'git';
      /** Paths of repositories in the snapshot; null: all. */
      readonly repositories: readonly string[] | null;
      /** `url` has `{name}` in it where several are given back. A token for GitHub is asked for when the run starts. */
      readonly target:
        | { readonly kind: 'bare' | 'checkout'; readonly path: string }
        | { readonly kind: 'url'; readonly url: string }
        | { readonly kind: 'github'; readonly api: string | null; readonly owner: string };
      /** Refs that are otherwise there are moved. */
      readonly overwrite: boolean;
    })
  | (FromSource &
      InAws & {
        readonly kind: 'bucket';
        /** What keys in the snapshot begin with. */
        readonly from: string;
        readonly bucket: string;
        readonly prefix: string;
        readonly overwrite: Overwrite;
      })
  | (FromSource & InAws & { readonly kind: 'volume'; readonly volume: string; readonly zone: string })
  | (FromSource &
      InAws & {
        readonly kind: 'instance';
        readonly instance: string;
        /** `launch`: a new one like it. `clone`: the same in isolation, with an expiry. */
        readonly how: 'launch' | 'clone';
        /** Of a launch: the old one is stopped first. */
        readonly stopOld: boolean;
      })
  | { readonly kind: 'command'; readonly run: PlanCommand }
  | { readonly kind: 'health'; readonly check: HealthCheck; readonly everyMs: number }
  | { readonly kind: 'checkpoint'; readonly instruction: string }
  | { readonly kind: 'message'; readonly text: string };

export type RestoreWork = Extract<StepWork, FromSource>;

/** Words of a program, each on its own; or a line for `/bin/sh -c`, which finds parameters as `$HOLDFAST_SET_NAME` only. */
export type PlanCommand =
  | { readonly kind: 'program'; readonly words: readonly string[] }
  | { readonly kind: 'shell'; readonly script: string };

/** Asked again and again until it goes well, or the time limit of the step has passed. */
export type HealthCheck =
  | {
      readonly kind: 'http';
      readonly url: string;
      readonly status: number;
      /** What the answer has in it; null: anything. */
      readonly contains: string | null;
    }
  | { readonly kind: 'tcp'; readonly host: string; readonly port: number }
  | {
      readonly kind: 'ssh';
      readonly host: string;
      readonly port: number;
      readonly user: string;
      /** `SHA256:…` of the key that the host shows. */
      readonly hostKey: string;
      /** Ends with exit code 0 when all is well. */
      readonly command: string;
      /** Path of a private key on this machine. */
      readonly keyFile: string;
    };

export type PlanStep = {
  readonly id: string;
  readonly title: string;
  /** Ids of steps that have to be done before. */
  readonly after: readonly string[];
  /** Null: as long as it takes. */
  readonly timeLimitMs: number | null;
  /** Of commands, checks of health and messages: whether they go along when the plan is rehearsed. */
  readonly inDrills: boolean;
  readonly work: StepWork;
};

export type RecoveryPlan = {
  readonly name: string;
  readonly description: string;
  /** How soon all of it has to be back; null: nobody has said. */
  readonly targetRtoMs: number | null;
  readonly parameters: readonly PlanParameter[];
  readonly steps: readonly PlanStep[];
};

/** `step` and `parameter`: of which; null: of the plan as a whole. */
export type PlanProblem = { readonly step: string | null; readonly parameter: string | null; readonly problem: string };

/** Whether it holds anything that runs on this machine and somebody has to approve. */
export function hasCommands({ steps }: Pick<RecoveryPlan, 'steps'>): boolean {
  return steps.some((step) => commandOf(step) !== null);
}

/** Whether both run the same commands: what somebody has approved stays so. */
export function runTheSame(one: Pick<RecoveryPlan, 'steps'>, other: Pick<RecoveryPlan, 'steps'>): boolean {
  const commandsIn = ({ steps }: Pick<RecoveryPlan, 'steps'>): string =>
    JSON.stringify(steps.map(commandOf).filter((command) => command !== null));
  return commandsIn(one) === commandsIn(other);
}

function commandOf({ work }: PlanStep): PlanCommand | HealthCheck | null {
  if (work.kind === 'command') return work.run;
  return work.kind === 'health' && work.check.kind === 'ssh' ? work.check : null;
}

export function isRestore(work: StepWork): work is RestoreWork {
  return 'source' in work;
}

/** What keeps a plan from being run at all, whatever there is today. */
export function planProblems(plan: RecoveryPlan): PlanProblem[] {
  return [...parameterProblems(plan), ...stepProblems(plan), ...cycleProblems(plan)];
}

function parameterProblems({ parameters }: RecoveryPlan): PlanProblem[] {
  return parameters.flatMap((parameter, at) => {
    const { name, type, choices } = parameter;
    const problems: string[] = [];
    if (!parameterPattern.test(name))
      problems.push('A parameter is named by small letters, digits and underscores, a letter first.');
    if (parameters.findIndex((other) => other.name === name) < at)
      problems.push(`There are two parameters named ${name}.`);
    if (type === 'choice' && choices.length === 0) problems.push(`There is nothing to choose from for ${name}.`);
    const wrong = parameter.default === null ? null : valueProblem(parameter, parameter.default);
    if (wrong !== null) problems.push(wrong);
    return problems.map((problem) => ({ step: null, parameter: name, problem }));
  });
}

function stepProblems({ steps, parameters }: RecoveryPlan): PlanProblem[] {
  const ids = new Set(steps.map(({ id }) => id));
  const problems = steps.flatMap((step, at) => {
    const own: string[] = [];
    if (!stepIdPattern.test(step.id)) own.push('A step is named by small letters, digits and hyphens.');
    if (steps.findIndex(({ id }) => id === step.id) < at) own.push(`There are two steps named ${step.id}.`);
    for (const before of step.after) {
      if (before === step.id) own.push('It waits for itself.');
      else if (!ids.has(before)) own.push(`It waits for ${before}, which is no step of this plan.`);
    }
    own.push(...textProblems(step, parameters));
    return own.map((problem) => ({ step: step.id, parameter: null, problem }));
  });
  if (steps.length > 0) return problems;
  return [{ step: null, parameter: null, problem: 'A plan without steps brings nothing back.' }];
}

function textProblems({ work }: PlanStep, parameters: readonly PlanParameter[]): string[] {
  const problems: string[] = [];
  for (const name of parametersIn(work)) {
    if (!parameters.some((parameter) => parameter.name === name))
      problems.push(`It uses \${${name}}, which is no parameter of this plan.`);
  }
  if (isRestore(work) && work.point.kind === 'before') {
    const { parameter: name } = work.point;
    const parameter = parameters.find((one) => one.name === name);
    if (parameter === undefined) problems.push(`Its moment is ${name}, which is no parameter of this plan.`);
    else if (parameter.type !== 'time') problems.push(`Its moment is ${name}, which is no time.`);
  }
  if (work.kind === 'command' && isEmptyCommand(work.run)) problems.push('It says no command.');
  return problems;
}

function isEmptyCommand(run: PlanCommand): boolean {
  return (run.kind === 'program' ? (run.words[0] ?? '') : run.script).trim() === '';
}

function cycleProblems({ steps }: RecoveryPlan): PlanProblem[] {
  const placed = new Set(wavesOf(steps).flat());
  const known = new Set(steps.map(({ id }) => id));
  // What waits for an unknown step is told about that already.
  return steps
    .filter(({ id, after }) => !placed.has(id) && after.every((before) => known.has(before) && before !== id))
    .map(({ id }) => ({ step: id, parameter: null, problem: 'It waits for a step that waits for it.' }));
}

/** Ids of steps that can go at the same time, wave after wave, each step as early as it can. Steps in a circle are in none. */
export function wavesOf(steps: readonly Pick<PlanStep, 'id' | 'after'>[]): string[][] {
  const waves: string[][] = [];
  const placed = new Set<string>();
  let left = [...steps];
  for (;;) {
    const next = left.filter(({ after }) => after.every((before) => placed.has(before)));
    if (next.length === 0) return waves;
    waves.push(next.map(({ id }) => id));
    for (const { id } of next) placed.add(id);
    left = left.filter(({ id }) => !placed.has(id));
  }
}

/** What each parameter is, given or by default, and what is missing or wrong. */
export function parameterValues(
  { parameters }: Pick<RecoveryPlan, 'parameters'>,
  given: Readonly<Record<string, string>>,
): { readonly values: Readonly<Record<string, string>>; readonly problems: readonly string[] } {
  const values: Record<string, string> = {};
  const problems: string[] = [];
  for (const name of Object.keys(given)) {
    if (!parameters.some((parameter) => parameter.name === name))
      problems.push(`${name} is no parameter of this plan.`);
  }
  for (const parameter of parameters) {
    const value = Object.hasOwn(given, parameter.name) ? given[parameter.name] : parameter.default;
    if (value === undefined || value === null) problems.push(`${parameter.name} is not said: ${parameter.label}`);
    else {
      const wrong = valueProblem(parameter, value);
      if (wrong !== null) problems.push(wrong);
      values[parameter.name] = value;
    }
  }
  return { values, problems };
}

function valueProblem({ name, type, choices }: PlanParameter, value: string): string | null {
  if (value.length > planLimits.textLength || value.includes('\0')) return `${name} is too long, or no text.`;
  if (type === 'choice' && !choices.includes(value)) return `${name} is one of ${choices.join(', ')}.`;
  if (type === 'path' && !value.startsWith('/')) return `${name} is an absolute path.`;
  if (type === 'time' && !isTime(value)) return `${name} is a time in UTC, such as 2026-03-01T08:00:00Z.`;
  return null;
}

function isTime(value: string): boolean {
  return /^\d{4}-\d\d-\d\dT\d\d:\d\d(?::\d\d(?:\.\d{1,3})?)?Z$/.test(value) && !Number.isNaN(Date.parse(value));
}

const placeholder = /\$(\$\{|\{([^{}]*)\})/g;

/** `${name}` becomes what it stands for, `$${` becomes `${`. What it stands for is not looked at again. */
export function fillText(text: string, values: Readonly<Record<string, string>>): string {
  return text.replaceAll(placeholder, (all, _rest: string, name: string | undefined) =>
    name === undefined ? '${' : Object.hasOwn(values, name) ? (values[name] ?? all) : all,
  );
}

export function fillStep(step: PlanStep, values: Readonly<Record<string, string>>): PlanStep {
  return { ...step, work: mapTexts(step.work, (text) => fillText(text, values)) };
}

/** Names that stand in its texts. */
export function parametersIn(work: StepWork): string[] {
  const names = new Set<string>();
  mapTexts(work, (text) => {
    for (const [, , name] of text.matchAll(placeholder)) if (name !== undefined) names.add(name);
    return text;
  });
  return [...names];
}

/** Every text of a step in which parameters may stand. Lines for a shell are none: what is put into them would be run. */
function mapTexts(work: StepWork, map: (text: string) => string): StepWork {
  switch (work.kind) {
    case 'folder':
      return { ...work, path: map(work.path), target: work.target === null ? null : map(work.target) };
    case 'git':
      return { ...work, target: mapGitTarget(work.target, map) };
    case 'bucket':
      return {
        ...work,
        from: map(work.from),
        bucket: map(work.bucket),
        prefix: map(work.prefix),
        ...mapPlace(work, map),
      };
    case 'volume':
      return { ...work, volume: map(work.volume), zone: map(work.zone), ...mapPlace(work, map) };
    case 'instance':
      return { ...work, instance: map(work.instance), ...mapPlace(work, map) };
    case 'command':
      return work.run.kind === 'shell' ? work : { ...work, run: { ...work.run, words: work.run.words.map(map) } };
    case 'health':
      return { ...work, check: mapCheck(work.check, map) };
    case 'checkpoint':
      return { ...work, instruction: map(work.instruction) };
    case 'message':
      return { ...work, text: map(work.text) };
  }
}

type GitTarget = Extract<StepWork, { kind: 'git' }>['target'];

function mapGitTarget(target: GitTarget, map: (text: string) => string): GitTarget {
  if (target.kind === 'url') return { ...target, url: map(target.url) };
  if (target.kind === 'github') return { ...target, owner: map(target.owner) };
  return { ...target, path: map(target.path) };
}

function mapPlace({ account, region, endpoint }: InAws, map: (text: string) => string): InAws {
  const mapped = (text: string | null): string | null => (text === null ? null : map(text));
  return { account: mapped(account), region: mapped(region), endpoint: mapped(endpoint) };
}

function mapCheck(check: HealthCheck, map: (text: string) => string): HealthCheck {
  if (check.kind === 'http')
    return { ...check, url: map(check.url), contains: check.contains === null ? null : map(check.contains) };
  return { ...check, host: map(check.host) };
}
