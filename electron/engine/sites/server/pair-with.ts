/** The other end of pairing: a code is traded for a lasting password, once. */
import { hostname } from 'node:os';
import { HoldfastError } from '../../../../shared/model/errors.ts';
import { newSecretText } from '../../platform/secret-text.ts';
import { readBytes } from '../../repository/backend/rest/answers.ts';
import { RestClient, type RestAnswer } from '../../repository/backend/rest/rest-client.ts';
import { readPairingCode } from './pairing-code.ts';
import { pairingAnswerSchema, pairingPath, pairingRequestSchema } from './serve-pairing.ts';

export type Paired = {
  /** As `rest:https://host:port/user/`. */
  readonly location: string;
  readonly user: string;
  readonly password: string;
  /** SHA-256 of the server's certificate, 64 hexadecimal digits. */
  readonly fingerprint: string;
  readonly appendOnly: boolean;
  readonly quotaBytes: number | null;
};

/** An answer that was lost is asked for again: the same password with the same code is the same pairing. */
const attempts = 3;
const longestAnswer = 4096;

/** SITE_CODE_INVALID, TOO_MANY_REQUESTS, REPOSITORY_UNREACHABLE, CERTIFICATE_WRONG. */
export async function pairWith(code: string): Promise<Paired> {
  const { address, fingerprint, secret } = readPairingCode(code);
  const origin = `https://${address}`;
  const nobody = { user: null, password: () => Promise.resolve(null), authority: null };
  const client = new RestClient({ url: `${origin}/`, fingerprint, ...nobody });
  const password = newSecretText();
  const request = pairingRequestSchema.encode({
    secret: secret.toString('hex'),
    password,
    machine: hostname().slice(0, 200),
  });
  for (let attempt = 1; ; attempt++) {
    try {
      const { user, path, ...terms } = await ask(client, JSON.stringify(request));
      return { location: `rest:${origin}${path}`, user, password, fingerprint, ...terms };
    } catch (error) {
      const isLost = error instanceof HoldfastError && error.code === 'REPOSITORY_UNREACHABLE';
      if (!isLost || attempt === attempts) throw error;
    }
  }
}

async function ask(client: RestClient, body: string) {
  const answer = await client.ask({ method: 'POST', path: pairingPath, body: Buffer.from(body) });
  const text = await bodyOf(client, answer);
  switch (answer.statusCode) {
    case 200:
      break;
    case 403:
      throw new HoldfastError(
        'SITE_CODE_INVALID',
        'The server takes the code not (any more): it was used, or is too old.',
      );
    case 429:
      throw new HoldfastError('TOO_MANY_REQUESTS', 'The server was asked with too many wrong codes.');
    default:
      throw new HoldfastError('REPOSITORY_UNREACHABLE', `The server answers ${answer.statusCode}.`);
  }
  try {
    return pairingAnswerSchema.parse(JSON.parse(text));
  } catch (cause) {
    const what = 'What answers at that address does not answer as a site does.';
    throw new HoldfastError('REPOSITORY_UNREACHABLE', what, { cause });
  }
}

async function bodyOf(client: RestClient, answer: RestAnswer): Promise<string> {
  try {
    return (await readBytes(answer, { length: longestAnswer })).toString('utf8');
  } catch (error) {
    throw client.unreachable(error);
  }
}
