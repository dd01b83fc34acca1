/** One question to the witness of a lease: a site server, over the same client as its repositories, with a short patience. */
import { setTimeout as sleep } from 'node:timers/promises';
import { leaseAnswerSchema } from '../../../../shared/contract/leases.ts';
import { HoldfastError } from '../../../../shared/model/errors.ts';
import type { LeaseAnswer, LeaseRequest } from '../../../../shared/model/lease.ts';
import { readBytes } from '../../repository/backend/rest/answers.ts';
import type { RestClient } from '../../repository/backend/rest/rest-client.ts';

export type WitnessAddress = {
  /** An origin. */
  readonly url: string;
  readonly fingerprint: string | null;
  readonly lease: string;
  readonly holder: string;
};

const longestAnswer = 4096;

export class WitnessClient {
  /** Loaded with the first question: most homes have no witness, and HTTP takes its time to load. */
  readonly #open: () => Promise<RestClient>;
  #client: Promise<RestClient> | null = null;
  readonly #path: string;

  constructor({ url, fingerprint, lease, holder }: WitnessAddress, password: () => Promise<string | null>) {
    this.#open = async () => {
      const { RestClient: Client } = await import('../../repository/backend/rest/rest-client.ts');
      return new Client({ url: `${url}/`, user: holder, password, fingerprint, authority: null });
    };
    this.#path = `/lease/${lease}`;
  }

  /** WITNESS_UNREACHABLE, WITNESS_REFUSED, CERTIFICATE_WRONG. An answer after `patienceMs` is none. */
  async ask(request: LeaseRequest, patienceMs: number): Promise<LeaseAnswer> {
    const over = new AbortController();
    const late = sleep(patienceMs, 'late' as const, { signal: over.signal });
    const asking = this.#ask(request);
    asking.catch(() => undefined);
    late.catch(() => undefined);
    const answer = await Promise.race([asking, late]).finally(() => over.abort());
    if (answer !== 'late') return answer;
    throw new HoldfastError('WITNESS_UNREACHABLE', `The witness did not answer within ${patienceMs} ms.`);
  }

  async #ask(request: LeaseRequest): Promise<LeaseAnswer> {
    const body = Buffer.from(JSON.stringify(request));
    const client = await (this.#client ??= this.#open());
    const answer = await client.ask({ method: 'POST', path: this.#path, body }).catch((error: unknown) => {
      throw unreachable(error);
    });
    const text = await readBytes(answer, { length: longestAnswer }).catch((error: unknown) => {
      throw unreachable(error);
    });
    if (answer.statusCode === 200) return parsed(text.toString('utf8'));
    const said = text.toString('utf8').trim().slice(0, 300);
    if (answer.statusCode >= 500) throw new HoldfastError('WITNESS_UNREACHABLE', `The witness fails: ${said}`);
    throw new HoldfastError('WITNESS_REFUSED', `The witness does not do it (${answer.statusCode}): ${said}`);
  }
}

function parsed(text: string): LeaseAnswer {
  try {
    return leaseAnswerSchema.parse(JSON.parse(text));
  } catch (cause) {
    throw new HoldfastError('WITNESS_REFUSED', 'What answers at that address is no witness.', { cause });
  }
}

function unreachable(error: unknown): HoldfastError {
  if (error instanceof HoldfastError && error.code === 'CERTIFICATE_WRONG') return error;
  const { message } = error instanceof Error ? error : { message: String(error) };
  return new HoldfastError('WITNESS_UNREACHABLE', message, { cause: error });
}
