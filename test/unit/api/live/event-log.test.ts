import { describe, expect, test } from 'vitest';
import { EventLog } from '../../../../electron/engine/api/live/event-log.ts';
import { eventOf } from '../../../../electron/engine/api/live/event-of.ts';
import type { EngineEvent } from '../../../../shared/contract/events.ts';
import type { EventFacts } from '../../../../shared/model/engine-events.ts';

const facts = (title: string, kind: EventFacts['kind'] = 'job'): EventFacts => ({
  kind,
  what: 'running',
  subject: null,
  title,
  source: null,
  actor: null,
  detail: null,
  code: null,
});
const all = { after: null, kinds: new Set<EventFacts['kind']>() };

async function read(stream: AsyncGenerator<EngineEvent>, count: number): Promise<EngineEvent[]> {
  const events: EngineEvent[] = [];
  while (events.length < count) events.push((await stream.next()).value as EngineEvent);
  return events;
}
const titles = (events: readonly EngineEvent[]): string[] =>
  events.map(({ kind, title }) => (kind === 'job' ? title : kind));

describe('events of an engine', () => {
  test('come in order from where one begins, of one tenant, and go on after the one that is named', async () => {
    const log = new EventLog('e1');
    log.add('ours', facts('before'));
    const stop = new AbortController();
    const stream = log.follow('ours', all, stop.signal);
    const [begin] = await read(stream, 1);
    expect(begin).toMatchObject({ kind: 'begin', id: 'e1-1' });
    log.add('theirs', facts('not ours'));
    log.add('ours', facts('one'));
    log.add('ours', facts('two'));
    const [one] = await read(stream, 2);
    expect(one).toMatchObject({ title: 'one', tenant: 'ours', id: 'e1-2' });
    const again = log.follow('ours', { ...all, after: 'e1-1' }, stop.signal);
    expect(titles(await read(again, 3))).toEqual(['begin', 'one', 'two']);
    expect(log.followers).toBe(2);
    const waiting = stream.next();
    stop.abort();
    expect((await waiting).done).toBe(true);
    expect((await again.next()).done).toBe(true);
    expect(log.followers).toBe(0);
  });

  test('of one kind alone leave the others out', async () => {
    const log = new EventLog('e1');
    const stream = log.follow('ours', { after: null, kinds: new Set(['job']) }, undefined);
    await read(stream, 1);
    log.add('ours', facts('an alert', 'alert'));
    log.add('ours', facts('a job'));
    expect(titles(await read(stream, 1))).toEqual(['a job']);
    await stream.return(undefined);
  });

  test.each(['e0-1', 'e1-999', 'rubbish', 'e1--1', ''])(
    'say that some are missing after %j, which is none of theirs',
    async (after) => {
      const log = new EventLog('e1');
      log.add('ours', facts('one'));
      expect(titles(await read(log.follow('ours', { ...all, after }, undefined), 3))).toEqual(['begin', 'gap', 'one']);
    },
  );

  test('say so too to whoever reads so slowly that they are gone', async () => {
    const log = new EventLog('e1');
    const stream = log.follow('ours', all, undefined);
    await read(stream, 1);
    for (let number = 1; number <= 2_500; number++) log.add('ours', facts(String(number)));
    expect(titles(await read(stream, 2))).toEqual(['gap', '501']);
  });
});

describe('a change', () => {
  const job = { id: 'f', kind: 'protect', title: 'papers', state: 'running', actor: 'cli', summary: null, error: null };

  test('of the state of a job is an event, its progress is none', () => {
    const of = (before: object | null, after: object | null) => eventOf('jobs', before as never, after as never);
    expect(of(null, job)).toMatchObject({ kind: 'job', what: 'running', subject: 'f', title: 'protect: papers' });
    expect(of(job, { ...job, progress: { percent: 3 } })).toBeNull();
    const failed = { ...job, state: 'failed', error: { code: 'NO_SPACE', message: 'It is full.' } };
    expect(of(job, failed)).toMatchObject({ what: 'failed', code: 'NO_SPACE', detail: 'It is full.' });
    expect(of(job, null)).toBeNull();
  });

  test('of the newest snapshot of a source is one, and a source that turns up is none', () => {
    const source = { key: 'papers', name: 'papers', newest: null };
    const taken = { ...source, newest: { snapshot: 'a', status: 'complete' } };
    const of = (before: object | null, after: object | null) => eventOf('sources', before as never, after as never);
    expect(of(source, taken)).toMatchObject({ kind: 'snapshot', what: 'taken', subject: 'a', source: 'papers' });
    expect(of(null, taken)).toBeNull();
    expect(of(taken, { ...taken, files: 3 })).toBeNull();
  });

  test('of an alert is one where somebody would act otherwise', () => {
    const alert = {
      id: 'a',
      rule: 'overdue',
      title: 'papers is over its RPO',
      detail: '',
      level: 'warning',
      subject: { kind: 'source', name: 'papers' },
    };
    const of = (before: object | null, after: object | null) => eventOf('alerts', before as never, after as never);
    expect(of(null, alert)).toMatchObject({ what: 'raised', source: 'papers', code: 'overdue' });
    expect(of(alert, { ...alert, detail: 'by 3 h now' })).toBeNull();
    expect(of(alert, { ...alert, acknowledged: { at: '', by: 'anna' } })).toMatchObject({ what: 'changed' });
    expect(of(alert, null)).toMatchObject({ what: 'ended' });
  });
});
