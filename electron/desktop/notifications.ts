/** What the desktop tells by itself: alerts, what else went wrong, and the end of a restore somebody waits for. */
import type { Job } from '../../shared/contract/jobs.ts';
import type { AlertMessage } from '../engine/engine.ts';
import type { LiveState } from '../../shared/contract/live.ts';
import { isOver } from '../../shared/model/job-states.ts';
import { titleOf } from './tray-state.ts';

export type Message = {
  readonly title: string;
  readonly body: string;
  /** The screen that a click leads to; without it the window as it is. */
  readonly place?: string;
};

/** Runs by which a source is kept: alerts tell of them, once, and here it would be twice. */
const toldByAlerts: ReadonlySet<string> = new Set(['protect', 'system', 'expire']);
const mostLines = 4;
const mostLetters = 240;

/** Of what alerts tell, as much as a notification shows. */
export function newsOfAlert({ title, text }: AlertMessage): Message {
  const [told = ''] = text.split('\n-- \n');
  const lines = told.split('\n').filter((line) => line.trim() !== '' && line !== title);
  const body = lines.slice(0, mostLines).join('\n');
  return { title, body: body.length > mostLetters ? `${body.slice(0, mostLetters - 1)}…` : body, place: '/alerts' };
}

/** News between two states. `isLookedAt`: the window has the focus, so what it shows need not be said. */
export function newsBetween(before: LiveState, after: LiveState, isLookedAt: boolean): Message[] {
  const messages: Message[] = [];
  for (const job of Object.values(after.jobs)) {
    const earlier = before.jobs[job.id];
    const ended = isOver(job.state) && (earlier === undefined || !isOver(earlier.state));
    const message = ended ? newsOf(job, isLookedAt) : null;
    if (message !== null) messages.push(message);
  }
  for (const notice of Object.values(after.notices)) {
    if (notice.level === 'error' && before.notices[notice.id] === undefined) {
      messages.push({ title: 'Holdfast needs attention', body: notice.text });
    }
  }
  return messages;
}

function newsOf(job: Job, isLookedAt: boolean): Message | null {
  if (toldByAlerts.has(job.kind)) return null;
  const what = titleOf(job);
  if (job.state === 'failed') {
    const error = job.error;
    return { title: `${what} failed`, body: error === null ? 'See Activity.' : `${error.message} ${error.action}` };
  }
  if (job.priority === 'background') return null;
  if (job.state === 'partial')
    return { title: `${what}: not everything was read`, body: job.summary ?? 'See Activity.' };
  if (job.state === 'interrupted') return { title: `${what} was interrupted`, body: job.summary ?? 'Run it again.' };
  if (job.state === 'done' && job.kind === 'restore' && !isLookedAt) {
    return { title: `${what} is done`, body: job.summary ?? '' };
  }
  return null;
}
