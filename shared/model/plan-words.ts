/** What steps of recovery plans do, in words, and the runbook: a plan on paper, for whoever has nothing else. Pure. */
import {
  wavesOf,
  type HealthCheck,
  type PlanStep,
  type PointRule,
  type RecoveryPlan,
  type StepKind,
  type StepWork,
} from './recovery-plans.ts';
import { htmlPage } from './html-page.ts';
import { escapeHtml, harmless } from './safe-text.ts';
import { formatDuration } from './units.ts';

export const kindWords: Readonly<Record<StepKind, string>> = {
  folder: 'Restore files',
  git: 'Restore Git repositories',
  bucket: 'Restore into a bucket',
  volume: 'Restore a volume',
  instance: 'Restore an instance',
  command: 'Run a command',
  health: 'Wait for a health check',
  checkpoint: 'Ask somebody',
  message: 'Tell',
};

export function pointWords(point: PointRule): string {
  if (point.kind === 'latest') return 'newest good snapshot';
  return point.kind === 'before'
    ? `newest good snapshot before \${${point.parameter}}`
    : `snapshot ${point.snapshot.slice(0, 8)}`;
}

/** One line: what, from where, to where. */
export function workWords(work: StepWork): string {
  switch (work.kind) {
    case 'folder': {
      const what = work.path === '/' ? work.source : `${work.path} of ${work.source}`;
      return `${what}, ${pointWords(work.point)}, to ${work.target ?? 'its original place'}`;
    }
    case 'git': {
      const what = work.repositories === null ? `all repositories of ${work.source}` : work.repositories.join(', ');
      const { target } = work;
      const where =
        target.kind === 'url' ? target.url : target.kind === 'github' ? `GitHub, ${target.owner}` : target.path;
      return `${what}, ${pointWords(work.point)}, to ${where}`;
    }
    case 'bucket':
      return `${work.source}, ${pointWords(work.point)}, to s3://${work.bucket}/${work.prefix}`;
    case 'volume':
      return `${work.volume} of ${work.source}, ${pointWords(work.point)}, in ${work.zone}`;
    case 'instance':
      return `${work.instance} of ${work.source}, ${pointWords(work.point)}, ${work.how === 'clone' ? 'as an isolated clone' : 'as a new instance'}`;
    case 'command':
      return work.run.kind === 'program' ? work.run.words.join(' ') : oneLine(work.run.script);
    case 'health':
      return checkWords(work.check);
    case 'checkpoint':
      return oneLine(work.instruction);
    case 'message':
      return oneLine(work.text);
  }
}

function oneLine(text: string): string {
  return text.trim().replaceAll(/\s*\n\s*/g, ' ⏎ ');
}

function checkWords(check: HealthCheck): string {
  if (check.kind === 'http')
    return `${check.url} answers ${check.status}${check.contains === null ? '' : ` with “${check.contains}”`}`;
  if (check.kind === 'tcp') return `${check.host}:${check.port} takes connections`;
  return `${check.user}@${check.host}:${check.port}: ${check.command} ends well`;
}

type Line = { readonly number: number; readonly wave: number; readonly step: PlanStep; readonly after: string };

function linesOf({ steps }: RecoveryPlan): readonly Line[] {
  const waves = wavesOf(steps);
  const order = waves.flat();
  const numberOf = (id: string): number => order.indexOf(id) + 1;
  return order.flatMap((id, at) => {
    const step = steps.find((one) => one.id === id);
    if (step === undefined) return [];
    const after = step.after
      .map(numberOf)
      .toSorted((a, b) => a - b)
      .join(', ');
    return [{ number: at + 1, wave: waves.findIndex((ids) => ids.includes(id)) + 1, step, after }];
  });
}

/** `version`, and when and by whom it was saved, are printed: paper does not change. */
export type RunbookFacts = { readonly version: number; readonly savedAt: string; readonly savedBy: string };

export function runbookText(plan: RecoveryPlan, { version, savedAt, savedBy }: RunbookFacts): string {
  const head = [
    `RUNBOOK: ${plan.name}`,
    `Version ${version}, saved ${savedAt} by ${savedBy}`,
    ...(plan.description === '' ? [] : ['', plan.description]),
    ...(plan.targetRtoMs === null ? [] : ['', `Everything is to be back within ${formatDuration(plan.targetRtoMs)}.`]),
    '',
    `With Holdfast: holdfast plan run "${plan.name}"${plan.parameters.map(({ name }) => ` --set ${name}=…`).join('')}`,
  ];
  const asked = plan.parameters.map(
    ({ name, label, default: value }) =>
      `  \${${name}}  ${label}${value === null ? '' : ` (${value})`}  = ______________`,
  );
  const steps = linesOf(plan).flatMap(({ number, step, after }) => [
    '',
    `[ ] ${number}. ${step.title}${after === '' ? '' : `   (after ${after})`}`,
    `    ${kindWords[step.work.kind]}: ${workWords(step.work)}`,
    ...(step.timeLimitMs === null ? [] : [`    Within ${formatDuration(step.timeLimitMs)}.`]),
    '    Began ______  Ended ______  By ______________',
  ]);
  return [...head, ...(asked.length === 0 ? [] : ['', 'To be said first:', ...asked]), ...steps, '']
    .map(harmless)
    .join('\n');
}

const runbookStyle = `
@page { size: A4; margin: 15mm }
body { font: 10.5pt/1.4 system-ui, sans-serif; color: #111; margin: 2em auto; max-width: 60em; padding: 0 1em }
h1 { font-size: 18pt; margin: 0 } p.facts { color: #444; margin: .2em 0 1.2em }
table { border-collapse: collapse; width: 100%; margin: 1em 0 } th, td { border: 1px solid #999; padding: .35em .5em; text-align: left; vertical-align: top }
tr { break-inside: avoid } th { background: #eee } td.n { text-align: right } code { font-family: ui-monospace, monospace; font-size: 9pt; overflow-wrap: anywhere }
`;

/** One page that needs nothing from elsewhere and prints on A4. */
export function runbookHtml(plan: RecoveryPlan, { version, savedAt, savedBy }: RunbookFacts): string {
  const e = escapeHtml;
  const rows = linesOf(plan).map(
    ({ number, step, after }) =>
      `<tr><td class="n">${number}</td><td>☐</td><td><strong>${e(step.title)}</strong><br>${e(kindWords[step.work.kind])}: <code>${e(workWords(step.work))}</code>${step.timeLimitMs === null ? '' : `<br>Within ${e(formatDuration(step.timeLimitMs))}.`}</td><td>${e(after)}</td><td></td><td></td><td></td></tr>`,
  );
  const asked = plan.parameters.map(
    ({ name, label, default: value }) =>
      `<tr><td><code>\${${e(name)}}</code></td><td>${e(label)}</td><td>${e(value ?? '')}</td></tr>`,
  );
  const body = `<h1>Runbook: ${e(plan.name)}</h1>
<p class="facts">Version ${version}, saved ${e(savedAt)} by ${e(savedBy)}</p>
${plan.description === '' ? '' : `<p>${e(plan.description)}</p>`}
${plan.targetRtoMs === null ? '' : `<p>Everything is to be back within ${e(formatDuration(plan.targetRtoMs))}.</p>`}
<p>With Holdfast: <code>holdfast plan run "${e(plan.name)}"${plan.parameters.map(({ name }) => ` --set ${e(name)}=…`).join('')}</code></p>
${asked.length === 0 ? '' : `<table><tr><th>To be said first</th><th></th><th>Usual, or what it is today</th></tr>${asked.join('')}</table>`}
<table><tr><th></th><th></th><th>Step</th><th>After</th><th>Began</th><th>Ended</th><th>By</th></tr>
${rows.join('\n')}
</table>`;
  return htmlPage({ title: `Runbook: ${plan.name}`, style: runbookStyle, body });
}
