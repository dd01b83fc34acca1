import { expect, test } from 'vitest';
import { isNotFetched, troubleOf } from '../../../../renderer/app/fault-words.ts';

test('a part of the page that could not be fetched is told from a fault of the page, in any browser', () => {
  for (const message of [
    'Unable to preload CSS for /assets/entry-1.css',
    'Failed to fetch dynamically imported module: http://127.0.0.1/assets/entry-1.js',
    'error loading dynamically imported module: http://127.0.0.1/assets/entry-1.js',
    'Importing a module script failed.',
  ]) {
    expect(isNotFetched(new Error(message))).toBe(true);
    expect(troubleOf(new Error(message)).code).toBe('SCREEN_NOT_LOADED');
  }
  expect(isNotFetched('no error')).toBe(false);
  expect(troubleOf(new TypeError('x is undefined'))).toMatchObject({ code: 'PAGE_FAULT', message: 'x is undefined' });
});
