/** The folder one engine lives in (HOLDFAST_HOME): made for its owner alone, and refused where others could meddle. */
import { stat } from 'node:fs/promises';
import { HoldfastError, toHoldfastError } from '../../../shared/model/errors.ts';
import { makeFolders } from './make-folders.ts';

const writableByAnyone = 0o002;

/**
 * Makes the folder where it is missing. HOME_UNSAFE where it belongs to another account or anybody may write to it: the
 * lock, the socket and the catalog in it could then be replaced by somebody else's.
 */
export async function prepareHome(home: string): Promise<void> {
  try {
    await makeFolders(home);
  } catch (error) {
    const { code, message } = toHoldfastError(error);
    throw new HoldfastError(code, `The folder ${home} could not be made: ${message.replace(/\.$/, '')}.`, {
      cause: error,
    });
  }
  const { uid, mode } = await stat(home);
  const ownUid = process.getuid?.();
  if (ownUid === undefined) return;
  if (uid !== ownUid) throw new HoldfastError('HOME_UNSAFE', `The folder ${home} belongs to another account (${uid}).`);
  if ((mode & writableByAnyone) !== 0) {
    throw new HoldfastError('HOME_UNSAFE', `Any account of this machine may write to the folder ${home}.`);
  }
}
