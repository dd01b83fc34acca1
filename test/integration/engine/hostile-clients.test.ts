import { connect, type Socket } from 'node:net';
import { mkdir, mkdtemp, rm, writeFile } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { randomBytes } from 'node:crypto';
import { setTimeout as sleep } from 'node:timers/promises';
import { afterEach, beforeEach, describe, expect, onTestFinished, test } from 'vitest';
import { openEngine, serveEngine, type Engine, type ServedEngine } from '../../../electron/engine/engine.ts';
import { encodeFrame, FrameReader } from '../../../electron/engine/api/socket/frames.ts';
import { streamWindow, type EngineMessage } from '../../../electron/engine/api/socket/protocol.ts';

const caller = { tenant: 'default', actor: 'test' };
const options = (home: string) => ({ home, caller, version: 'test', onNotice: () => {} });
const hello = { type: 'hello', protocol: 1, caller };
const mib = 1024 * 1024;

let home: string;
let served: ServedEngine;
let honest: Engine;
let sockets: Socket[];

beforeEach(async () => {
  home = await mkdtemp(join(tmpdir(), 'holdfast-hostile-'));
  served = await serveEngine(options(home));
  honest = await openEngine(options(home));
  sockets = [];
});
afterEach(async () => {
  for (const socket of sockets) socket.destroy();
  await honest.close();
  await served.close();
  await rm(home, { recursive: true });
});

/** A client that says what it likes. Errors of its socket are its own affair. */
async function intruder(): Promise<Intruder> {
  const socket = connect(served.socket);
  sockets.push(socket);
  const heard: EngineMessage[] = [];
  const frames = new FrameReader(64 * mib);
  socket.on('error', () => {});
  socket.on('data', (chunk) => heard.push(...([...frames.push(chunk)] as EngineMessage[])));
  const closed = new Promise<void>((resolve) => socket.once('close', () => resolve()));
  await new Promise<void>((resolve, reject) => socket.once('connect', resolve).once('error', reject));
  const say = (message: unknown): void => void socket.write(encodeFrame(message));
  const answer = async (id: number): Promise<EngineMessage> => {
    for (;;) {
      const found = heard.find((message) => 'id' in message && message.id === id);
      if (found !== undefined) return found;
      await sleep(5);
    }
  };
  return { socket, heard, closed, say, answer };
}
type Intruder = {
  readonly socket: Socket;
  readonly heard: EngineMessage[];
  readonly closed: Promise<void>;
  readonly say: (message: unknown) => void;
  readonly answer: (id: number) => Promise<EngineMessage>;
};

/** The engine still does what it is there for. */
async function expectAlive(): Promise<void> {
  expect(await honest.client.jobs.list({})).toEqual({ jobs: [], more: false, notice: null });
}

const lastWord = ({ heard }: Intruder): string | undefined => {
  const last = heard.at(-1);
  return last?.type === 'goodbye' ? last.report.code : undefined;
};

describe('a client that does not speak the protocol', () => {
  test.each<[string, () => Buffer]>([
    ['random bytes', () => Buffer.concat([Buffer.from([0, 0, 1, 0]), randomBytes(256)])],
    ['a web browser', () => Buffer.from('GET / HTTP/1.1\r\nHost: localhost\r\n\r\n')],
    ['a message that is no JSON', () => Buffer.concat([Buffer.from([0, 0, 0, 2]), Buffer.from('{]')])],
    ['a message that is null', () => encodeFrame(null)],
    ['a list', () => encodeFrame([hello])],
    ['an unknown message', () => encodeFrame({ type: 'shutdown' })],
    ['another version', () => encodeFrame({ ...hello, protocol: 2 })],
    ['a call before its hello', () => encodeFrame({ type: 'call', id: 1, path: ['jobs', 'list'], input: {} })],
    ['a caller without a tenant', () => encodeFrame({ ...hello, caller: { tenant: '', actor: 'x' } })],
    ['a call by a name with dots', () => encodeFrame({ type: 'call', id: 1, path: ['jobs.list'], input: {} })],
    ['a length of four gigabytes', () => Buffer.from([0xff, 0xff, 0xff, 0xff])],
    ['a length just above the limit', () => Buffer.from([0x00, 0x80, 0x00, 0x01])],
    ['an id that is no number', () => encodeFrame({ type: 'leave', id: '1' })],
  ])('(%s) is told so and cut off', async (_what, bytes) => {
    const client = await intruder();
    client.socket.write(bytes());
    await client.closed;
    expect(client.heard.map(({ type }) => type)).toEqual(['hello', 'goodbye']);
    expect(lastWord(client)).toBe('BAD_USAGE');
    await expectAlive();
  });

  test('and begins a call twice under one number is cut off', async () => {
    const { say, closed } = await intruder();
    say(hello);
    say({ type: 'call', id: 1, path: ['jobs', 'list'], input: {} });
    say({ type: 'call', id: 1, path: ['jobs', 'list'], input: {} });
    await closed;
    await expectAlive();
  });
});

describe('a call', () => {
  test.each<[string, string[]]>([
    ['nothing', ['nothing']],
    ['a router', ['jobs']],
    ['what every object has', ['constructor']],
    ['the prototype', ['__proto__', 'toString']],
    ['a part of a call', ['jobs', 'list', 'call']],
  ])('of %s is answered with an error', async (_what, path) => {
    const { say, answer } = await intruder();
    say(hello);
    say({ type: 'call', id: 7, path, input: {} });
    expect(await answer(7)).toMatchObject({ type: 'error', report: { code: 'BAD_USAGE' } });
    await expectAlive();
  });

  test('with input that the contract refuses says what is wrong, and repeats nothing of it', async () => {
    const { say, answer, heard } = await intruder();
    say(hello);
    const repository = { location: 7, password: 'a secret' };
    say({ type: 'call', id: 1, path: ['snapshots', 'list'], input: { repository } });
    expect(await answer(1)).toMatchObject({ type: 'error', wrongInput: [{ path: ['repository'] }] });
    expect(JSON.stringify(heard)).not.toContain('a secret');
  });

  test('whose failure is a fault of ours shows no stack', async () => {
    const { say, answer } = await intruder();
    say(hello);
    const repository = { location: `${home}\0`, password: 'x' };
    say({ type: 'call', id: 1, path: ['snapshots', 'list'], input: { repository } });
    const failed = await answer(1);
    expect(failed.type).toBe('error');
    expect(JSON.stringify(failed)).not.toMatch(/\.ts:|node_modules| at /);
  });

  test('beyond the number that one client may have is refused, and the others are answered', async () => {
    const { say, answer } = await intruder();
    say(hello);
    // Whoever reads none of a stream holds its call open.
    for (let id = 1; id <= 200; id++) say({ type: 'call', id, path: ['repository', 'info'], input: pipe() });
    expect(await answer(200)).toMatchObject({ type: 'error', report: { code: 'ENGINE_BUSY' } });
    expect(await answer(1)).toMatchObject({ type: 'error' });
    await expectAlive();
  });
});

const pipe = () => ({ repository: { location: '/nowhere/at/all', password: 'x' } });

describe('the memory of the engine', () => {
  test('is not given away to clients that send and send without an end', async () => {
    const intruders: Intruder[] = [];
    for (let count = 0; count < 20; count++) intruders.push(await intruder());
    const part = Buffer.alloc(mib, 'x');
    for (const { socket } of intruders) {
      // Announces seven megabytes and sends six: all of them together are more than the engine holds.
      socket.write(Buffer.from([0x00, 0x70, 0x00, 0x00]));
      for (let count = 0; count < 6; count++) socket.write(part);
    }
    // Five of them fit into what the engine holds at most; it cuts the others off.
    while (intruders.filter(({ socket }) => !socket.destroyed).length > 5) await sleep(10);
    await expectAlive();
    for (const { socket } of intruders) socket.destroy();
    // What was held for them is free again.
    await sleep(50);
    const { say, answer } = await intruder();
    say(hello);
    say({ type: 'call', id: 1, path: ['jobs', 'list'], input: { filler: 'x'.repeat(7 * mib) } });
    expect(await answer(1)).toMatchObject({ type: 'value' });
  });

  test('is not given away to a client that asks and never reads', async () => {
    const { say, socket } = await intruder();
    say(hello);
    socket.pause();
    for (let id = 1; id <= 20_000; id++) {
      say({ type: 'call', id, path: ['nothing'.repeat(50)], input: null });
      if (id % 500 === 0) await sleep(1);
    }
    await expectAlive();
    // It is not listened to either: what it says stays on its own side.
    expect(socket.writableLength).toBeGreaterThan(mib);
  });
});

describe('many clients', () => {
  test('above what can be served are turned away, and those that leave make room', async () => {
    const intruders: Intruder[] = [];
    for (let count = 0; count < 80; count++) intruders.push(await intruder());
    const last = intruders.at(-1) ?? expect.fail();
    await last.closed;
    expect([last.heard.length, lastWord(last)]).toEqual([1, 'ENGINE_BUSY']);
    await expectAlive();
    for (const { socket } of intruders) socket.destroy();
    await sleep(50);
    const { say, answer } = await intruder();
    say(hello);
    say({ type: 'call', id: 1, path: ['jobs', 'list'], input: {} });
    expect(await answer(1)).toMatchObject({ type: 'value' });
  });

  test('that come and go at once leave nothing behind', async () => {
    await Promise.all(
      Array.from({ length: 50 }, async () => {
        const { socket, say, closed } = await intruder();
        say(hello);
        say({ type: 'call', id: 1, path: ['jobs', 'follow'], input: { job: 'ffff' } });
        socket.destroy();
        await closed;
      }),
    );
    await expectAlive();
  });

  test('that leave a stream unread do not keep the engine from ending', async () => {
    const source = await mkdtemp(join(tmpdir(), 'holdfast-unread-'));
    onTestFinished(() => rm(source, { recursive: true }));
    // Each folder is an event of its own: many more than are sent to one who reads none.
    for (let folder = 0; folder < 40; folder++) {
      await mkdir(join(source, `folder-${folder}`), { recursive: true });
      await writeFile(join(source, `folder-${folder}`, 'file'), `${folder}`);
    }
    const repository = { location: join(home, 'repository'), password: 'x' };
    await honest.client.repository.init({ repository });
    for await (const _ of await honest.client.protection.protect({ repository, paths: [source] }));
    const { say, answer, closed, heard } = await intruder();
    say(hello);
    const input = { repository, snapshot: 'latest', recursive: true };
    say({ type: 'call', id: 1, path: ['snapshots', 'ls'], input });
    expect(await answer(1)).toMatchObject({ type: 'stream' });
    while (heard.length < 2 + streamWindow) await sleep(5);
    await served.close();
    expect(heard.filter(({ type }) => type === 'event')).toHaveLength(streamWindow);
    await closed;
  });

  test('do not keep the engine from ending', async () => {
    const halfOpen = await intruder();
    halfOpen.socket.write(Buffer.from([0, 0, 0]));
    await intruder();
    await served.close();
    await halfOpen.closed;
  });
});
