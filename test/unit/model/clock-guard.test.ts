import fc from 'fast-check';
import { describe, expect, test } from 'vitest';
import {
  afterLook,
  confirmClock,
  firstClockMark,
  type ClockMark,
  type ClockReading,
} from '../../../shared/model/clock-guard.ts';

const minute = 60_000;
const hour = 60 * minute;
const day = 24 * hour;
const start = Date.parse('2026-11-25T12:00:00Z');

/** A machine with a clock that can be put wrong. */
class Machine {
  wallMs = start;
  uptimeMs = day;
  boot = 'a';
  mark: ClockMark = firstClockMark(this.read());

  pass(ms: number): void {
    this.wallMs += ms;
    this.uptimeMs += ms;
  }

  restart(offMs: number): void {
    this.wallMs += offMs;
    this.uptimeMs = minute;
    this.boot += 'b';
  }

  read(): ClockReading {
    const { wallMs, uptimeMs, boot } = this;
    return { wallMs, uptimeMs, boot };
  }

  look(): number | null {
    this.mark = afterLook(this.mark, this.read());
    return this.mark.jumpedByMs;
  }
}

describe('the wall clock', () => {
  test('is believed while it goes on, also through a long sleep', () => {
    const machine = new Machine();
    for (const ms of [minute, hour, 60 * day]) {
      machine.pass(ms);
      expect(machine.look()).toBeNull();
    }
  });

  test('is believed when it is corrected by less than an hour, again and again', () => {
    const machine = new Machine();
    for (let at = 0; at < 10; at++) {
      machine.pass(minute);
      machine.wallMs += 50 * minute;
      expect(machine.look()).toBeNull();
    }
  });

  test('is not when it jumps, either way, until it is right again', () => {
    for (const jump of [10 * 365 * day, 2 * hour, -2 * hour, -30 * day]) {
      const machine = new Machine();
      machine.pass(hour);
      machine.look();
      machine.wallMs += jump;
      machine.pass(minute);
      expect(machine.look()).toBe(jump);
      machine.pass(5 * day);
      expect(machine.look()).toBe(jump);
      machine.wallMs -= jump;
      expect(machine.look()).toBeNull();
    }
  });

  test('is believed again once somebody has confirmed it', () => {
    const machine = new Machine();
    machine.wallMs += 90 * day;
    machine.look();
    machine.mark = confirmClock(machine.read());
    machine.pass(hour);
    expect(machine.look()).toBeNull();
  });

  test('that is earlier after a start of the machine is not, until it has caught up', () => {
    const machine = new Machine();
    machine.restart(-20 * day);
    expect(machine.look()).toBe(-20 * day);
    machine.pass(day);
    expect(machine.look()).not.toBeNull();
    machine.wallMs += 20 * day;
    expect(machine.look()).toBeNull();
  });

  test('is believed after some weeks without a machine, and not after years', () => {
    const machine = new Machine();
    machine.restart(60 * day);
    expect(machine.look()).toBeNull();
    machine.restart(3 * 365 * day);
    expect(machine.look()).not.toBeNull();
  });
});

test('a jump beyond an hour never goes unnoticed while the machine runs, however small the steps of a look are', () => {
  const step = fc.record({ pass: fc.integer({ min: 1, max: day }), jump: fc.integer({ min: -day, max: day }) });
  fc.assert(
    fc.property(fc.array(step, { maxLength: 30 }), (steps) => {
      const machine = new Machine();
      for (const { pass, jump } of steps) {
        const before = machine.mark;
        machine.pass(pass);
        machine.wallMs += jump;
        const jumped = machine.look() !== null;
        const offBy = machine.wallMs - machine.uptimeMs - before.trustedOffsetMs;
        expect(jumped).toBe(Math.abs(offBy) > hour);
      }
    }),
  );
});
