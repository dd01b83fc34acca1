import { badUsage } from './failure.ts';
import type { Output } from './output.ts';
import type { Cli } from './session.ts';

/** Nothing of the argument is repeated in an error: it may be the secret itself, typed by mistake. */
export function secretValue({ world }: Cli, text: string): { key: string; value: string; variable: string } {
  const match = /^([A-Za-z][A-Za-z0-9_.-]{0,99})=env:([A-Za-z_][A-Za-z0-9_]*)$/.exec(text);
  if (match === null) {
    throw badUsage(
      'Write --secret key=env:NAME, with the value in the environment variable NAME; arguments can be seen by others.',
    );
  }
  const [, key = '', variable = ''] = match;
  const value = world.env[variable];
  if (value === undefined || value === '') throw badUsage(`The environment variable for the secret ${key} is not set.`);
  return { key, value, variable };
}

/** Says that a secret which could not be kept is read from the environment by each run. */
export function tellSecrets(
  output: Output,
  kept: 'store' | 'environment' | null,
  secrets: readonly { readonly variable: string | null }[],
): void {
  if (kept !== 'environment') return;
  const names = secrets.map(({ variable }) => variable ?? '').join(' and ');
  output.warn(
    `Its secret is not kept, since this home has no place for secrets without a passphrase (HOLDFAST_PASSPHRASE): each run reads ${names} from its environment.`,
  );
}
