/** The passphrases of credentials: from the environment, from a file, or asked. */
import { HoldfastError } from '../../shared/model/errors.ts';
import { askTwice, passwordFromEnvironment } from './password.ts';
import type { Cli } from './session.ts';

/** Of this machine's store; asked twice where it is chosen now. NO_PASSPHRASE. */
export async function localPassphrase({ world, output }: Cli, exists: boolean): Promise<string> {
  const given = await passwordFromEnvironment(world, output, 'HOLDFAST_PASSPHRASE');
  if (given !== null) return given;
  const label = 'Passphrase of the credentials on this machine';
  if (world.askSecret === null)
    throw new HoldfastError('NO_PASSPHRASE', 'No passphrase for the credentials was given.');
  if (!exists) return askTwice(world.askSecret, output, `New ${label.toLowerCase()}`);
  const typed = await world.askSecret(`${label}: `);
  if (typed === '') throw new HoldfastError('NO_PASSPHRASE', 'The passphrase given is empty.');
  return typed;
}

/** Of the credentials in the configuration; chosen now. NO_PASSPHRASE. */
export async function newRecoveryPassphrase({ world, output }: Cli): Promise<string> {
  const given = await passwordFromEnvironment(world, output, 'HOLDFAST_RECOVERY_PASSPHRASE');
  if (given !== null) return given;
  if (world.askSecret === null) throw new HoldfastError('NO_PASSPHRASE', 'No recovery passphrase was given.');
  return askTwice(world.askSecret, output, 'New recovery passphrase');
}

/** As it was chosen once; null where none is given, which leaves the credentials closed. */
export async function recoveryPassphrase({ world, output }: Cli): Promise<string | null> {
  const given = await passwordFromEnvironment(world, output, 'HOLDFAST_RECOVERY_PASSPHRASE');
  if (given !== null || world.askSecret === null) return given;
  const typed = await world.askSecret('Recovery passphrase (empty: enter the credentials again later): ');
  return typed === '' ? null : typed;
}
