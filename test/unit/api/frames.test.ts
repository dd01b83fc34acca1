import fc from 'fast-check';
import { describe, expect, test } from 'vitest';
import { ByteBudget, encodeFrame, FrameError, FrameReader } from '../../../electron/engine/api/socket/frames.ts';

describe('messages on a byte stream', () => {
  test('arrive as they were sent, however the stream is cut', () => {
    const messages = fc.array(fc.jsonValue({ maxDepth: 3 }), { maxLength: 6 });
    fc.assert(
      fc.property(messages, fc.array(fc.nat(50), { minLength: 1 }), (sent, cuts) => {
        const budget = new ByteBudget(1_000_000);
        const reader = new FrameReader(1_000_000, budget);
        const received: unknown[] = [];
        const stream = Buffer.concat(sent.map(encodeFrame));
        for (let at = 0, cut = 0; at < stream.length; cut += 1) {
          const size = (cuts[cut % cuts.length] ?? 0) + 1;
          received.push(...reader.push(Buffer.from(stream.subarray(at, at + size))));
          at += size;
        }
        expect(received).toEqual(JSON.parse(JSON.stringify(sent)));
        expect(reader.isWithinMessage).toBe(false);
        // All of the budget is there again.
        expect(budget.take(1_000_000)).toBe(true);
      }),
    );
  });

  test('hold any text: quotes, line ends, NUL, halves of a pair, other scripts', () => {
    const text = 'a"b\\c\r\n\0\u2028\ud800 ÿ 日本 🗄';
    expect([...new FrameReader(1000).push(encodeFrame({ [text]: text }))]).toEqual([{ [text]: text }]);
  });

  test('above the limit are refused by their announced length, before their bytes', () => {
    const reader = new FrameReader(10);
    expect([...reader.push(encodeFrame('12345678'))]).toEqual(['12345678']);
    expect(() => [...reader.push(Buffer.from([0, 0, 0, 11]))]).toThrow(FrameError);
  });

  test('in part are held only as far as the shared budget goes', () => {
    const budget = new ByteBudget(100);
    const one = new FrameReader(1000, budget);
    const other = new FrameReader(1000, budget);
    const part = encodeFrame('x'.repeat(200)).subarray(0, 60);
    expect([...one.push(part)]).toEqual([]);
    expect(() => [...other.push(part)]).toThrow(FrameError);
    one.close();
    expect([...other.push(part)]).toEqual([]);
  });

  test('byte by byte cost no more memory than at once', () => {
    const reader = new FrameReader(2_000_000);
    const frame = encodeFrame('x'.repeat(300_000));
    const received: unknown[] = [];
    for (const byte of frame) received.push(...reader.push(Buffer.from([byte])));
    expect(received).toHaveLength(1);
  });
});
