import { fileURLToPath } from 'node:url';

export const programVariable = 'HOLDFAST_TEST_PROGRAM';
export const sourceLauncher = fileURLToPath(new URL('../../electron/launch.mjs', import.meta.url));

/** What to give Node.js to start `holdfast`: what `build-program.ts` has made of the sources, where it ran, else these. */
export function launcher(): string {
  return process.env[programVariable] ?? sourceLauncher;
}
