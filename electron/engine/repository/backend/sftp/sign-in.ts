/** As whom an SSH server is asked: keys, an agent, a password, in the order in which SSH tries them. */
import { readFile } from 'node:fs/promises';
import { homedir } from 'node:os';
import { join } from 'node:path';
import ssh2 from 'ssh2';
import { HoldfastError } from '../../../../../shared/model/errors.ts';
import type { BackendAccess } from '../access.ts';

/** What SSH looks for where nothing is said. */
const usualKeys = ['id_ed25519', 'id_ecdsa', 'id_rsa'];

/** ACCESS_REFUSED for a key that is none, or that its passphrase does not open. */
export async function signIn(username: string, access: BackendAccess): Promise<readonly ssh2.AnyAuthMethod[]> {
  const { keyFile, agent } = access.settings;
  const [key, password] = [await access.secret('key'), await access.secret('password')];
  const ways: ssh2.AnyAuthMethod[] = [{ type: 'none', username }];
  const isNamed = keyFile !== undefined || key !== null || password !== null || agent !== undefined;
  const socket = process.env['SSH_AUTH_SOCK'] ?? '';
  if (socket !== '' && (agent === true || !isNamed)) ways.push({ type: 'agent', username, agent: socket });
  const passphrase = (await access.secret('passphrase')) ?? undefined;
  const keys = key === null ? await keysIn(keyFile, isNamed) : [{ name: 'The private key', text: key }];
  for (const { name, text } of keys) ways.push({ type: 'publickey', username, key: readKey(name, text, passphrase) });
  if (password !== null) {
    ways.push({ type: 'password', username, password });
    // Some servers ask for the password in this way alone.
    const prompt: ssh2.KeyboardInteractiveAuthMethod['prompt'] = (_name, _instructions, _lang, prompts, finish) =>
      finish(prompts.map(({ echo }) => (echo === true ? '' : password)));
    ways.push({ type: 'keyboard-interactive', username, prompt });
  }
  return ways;
}

type KeyText = { readonly name: string; readonly text: string };

async function keysIn(keyFile: string | undefined, isNamed: boolean): Promise<readonly KeyText[]> {
  if (keyFile !== undefined) {
    const text = await readFile(keyFile, 'utf8').catch((error: unknown) => {
      throw new HoldfastError('ACCESS_REFUSED', `The private key ${keyFile} cannot be read.`, { cause: error });
    });
    return [{ name: `The private key ${keyFile}`, text }];
  }
  if (isNamed) return [];
  const found: KeyText[] = [];
  for (const name of usualKeys) {
    const path = join(homedir(), '.ssh', name);
    const text = await readFile(path, 'utf8').catch(() => null);
    // One with a passphrase is for an agent to use.
    if (text !== null && !(ssh2.utils.parseKey(text) instanceof Error)) found.push({ name: path, text });
  }
  return found;
}

/** Its own message may quote the key. */
function readKey(name: string, text: string, passphrase: string | undefined): ssh2.ParsedKey {
  const parsed = ssh2.utils.parseKey(text, passphrase);
  const key = Array.isArray(parsed) ? parsed[0] : parsed;
  if (key !== undefined && !(key instanceof Error)) return key;
  const isLocked = key instanceof Error && /passphrase|encrypted|decrypt|integrity|bad/i.test(key.message);
  const what = isLocked
    ? `${name} has a passphrase, and ${passphrase === undefined ? 'none was given' : 'it is another one'}.`
    : `${name} is no private key that is known here.`;
  throw new HoldfastError('ACCESS_REFUSED', what);
}
