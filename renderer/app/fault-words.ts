/** What a screen that did not come up says. Pure. */
import { ProblemError } from '../client/problem.ts';
import type { Trouble } from '../components/error-notice.tsx';

/** As Chromium, Firefox, Safari and Vite call a part of the page that could not be fetched. */
const notFetched = /dynamically imported module|importing a module script failed|preload css/i;

/** Screens come from the engine when they are first opened: one that cannot be had then is no fault of the page. */
export function isNotFetched(error: unknown): boolean {
  return error instanceof Error && notFetched.test(error.message);
}

export function troubleOf(error: unknown): Trouble {
  if (error instanceof ProblemError) return error.problem;
  if (isNotFetched(error))
    return {
      code: 'SCREEN_NOT_LOADED',
      message: 'The engine did not answer when this screen was asked for.',
      meaning: 'A screen comes from the engine when it is first opened. Jobs in the engine may go on.',
      action:
        'It opens by itself when the connection is back. Screens that were open before can be looked at meanwhile.',
    };
  return {
    code: 'PAGE_FAULT',
    message: error instanceof Error ? error.message : 'The page came upon something it was not made for.',
    meaning: 'Only this page is affected; what runs in the engine goes on.',
    action: 'Reload the page, and report it if it comes back.',
  };
}
