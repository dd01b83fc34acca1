import { ORPCError } from '@orpc/client';
import { expect, test } from 'vitest';
import { reportError, HoldfastError } from '../../../../shared/model/errors.ts';
import { problemOf } from '../../../../renderer/client/problem.ts';

test('a report of the engine comes through as it is, at either place where a door puts it', () => {
  const report = reportError(new HoldfastError('NO_SPACE', 'The disk is full.'));
  expect(problemOf(new ORPCError('NO_SPACE', { status: 507, data: { report } }))).toEqual(report);
  expect(problemOf(new ORPCError('NO_SPACE', { status: 507, data: report }))).toEqual(report);
});

test('a report with a code of a newer engine keeps its words', () => {
  const report = { code: 'SOMETHING_NEW', message: 'a', meaning: 'b', action: 'c' };
  expect(problemOf(new ORPCError('X', { data: { report } }))).toEqual(report);
});

test('an engine that is not there is told from one that refuses', () => {
  expect(problemOf(new TypeError('Failed to fetch')).code).toBe('NOT_CONNECTED');
  expect(problemOf(new ORPCError('UNAUTHORIZED')).code).toBe('NOT_SIGNED_IN');
  expect(problemOf(new ORPCError('FORBIDDEN')).code).toBe('NOT_ALLOWED');
  expect(problemOf(new ORPCError('TOO_MANY_REQUESTS')).code).toBe('TOO_MANY_REQUESTS');
});

test('input that the contract refuses says what is wrong with it', () => {
  const error = new ORPCError('BAD_REQUEST', { data: { issues: [{ message: 'a NUL character', path: ['name'] }] } });
  expect(problemOf(error)).toMatchObject({
    code: 'NOT_UNDERSTOOD',
    message: 'The engine cannot use this: a NUL character.',
  });
});

test('a fault shows neither a stack nor the words of a stranger', () => {
  const problem = problemOf(new ORPCError('INTERNAL_SERVER_ERROR', { message: 'at Object.<anonymous> (/srv/x.js:1)' }));
  expect(JSON.stringify(problem)).not.toContain('/srv/x.js');
});
