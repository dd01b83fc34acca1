/** AWS's kit takes longer to load than all the rest of the engine: whoever asks nothing of AWS does not wait for it. */
import { existsSync, writeFileSync } from 'node:fs';
import { expect, test } from 'vitest';
import { mustRun } from '../../support/processes.ts';
import { makeWorkspace } from '../../support/workspace.ts';

/** Whether a command loads any client of AWS's kit. */
async function loadsKit(...args: string[]): Promise<boolean> {
  await using workspace = await makeWorkspace();
  const hook = workspace.path('hook.mjs');
  const said = workspace.path('loaded');
  writeFileSync(
    hook,
    `import { registerHooks } from 'node:module';
import { appendFileSync } from 'node:fs';
registerHooks({ load: (url, context, next) => {
  if (url.includes('/@aws-sdk/client-')) appendFileSync(${JSON.stringify(said)}, url + '\\n');
  return next(url, context);
} });\n`,
  );
  const launcher = new URL('../../../electron/launch.mjs', import.meta.url).pathname;
  const env = {
    HOLDFAST_HOME: workspace.path('home'),
    AWS_EC2_METADATA_DISABLED: 'true',
    PATH: process.env['PATH'] ?? '',
  };
  await mustRun(process.execPath, ['--import', hook, launcher, ...args], { env });
  return existsSync(said);
}

test('a command that asks nothing of AWS does not load its kit', async () => {
  expect(await loadsKit('status')).toBe(false);
});

test('one that does, does', async () => {
  expect(await loadsKit('aws', 'policy')).toBe(true);
});
