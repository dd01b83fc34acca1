/**
 * What a restore in AWS works with: calls that are tried out before they are made, a token and tags by which what it made
 * is known again, and patience for what is not there at once.
 */
import { createHash } from 'node:crypto';
import { setTimeout as sleep } from 'node:timers/promises';
import type { EC2Client } from '@aws-sdk/client-ec2';
import { HoldfastError } from '../../../../shared/model/errors.ts';
import type { AwsClients } from '../../aws/clients.ts';
import { asked, AwsFailure } from '../../aws/failures.ts';
import { tagPrefix, type Tag } from '../../aws/lineage.ts';
import { send, type Ec2Call } from './calls.ts';

export const restoreTags = {
  run: `${tagPrefix}restore`,
  step: `${tagPrefix}restore-step`,
  /** On what a restore has put aside. */
  replaced: `${tagPrefix}replaced-by`,
  clone: `${tagPrefix}clone-of`,
  expires: `${tagPrefix}expires`,
} as const;

const usualUnseenMs = 15_000;
const firstPauseMs = 100;
const longestPauseMs = 5_000;

export type HandsOptions = {
  readonly clients: AwsClients;
  /** Sixteen hexadecimal digits; of a preview, any. */
  readonly run: string;
  readonly signal: AbortSignal;
  /** What is waited for, and how far it is in percent where that is known. */
  readonly onWait?: (what: string, percent: number | null) => void;
  /** How long what AWS has made may not be shown by it. */
  readonly unseenMs?: number;
};

export class Hands {
  readonly signal: AbortSignal;
  readonly clients: AwsClients;
  readonly #run: string;
  readonly #unseenMs: number;
  readonly #onWait: NonNullable<HandsOptions['onWait']>;

  constructor({ clients, run, signal, onWait = () => undefined, unseenMs = usualUnseenMs }: HandsOptions) {
    this.clients = clients;
    this.signal = signal;
    this.#run = run;
    this.#onWait = onWait;
    this.#unseenMs = unseenMs;
  }

  ec2(region: string): EC2Client {
    return this.clients.ec2(region);
  }

  /** The same for the same step of the same run, whoever asks: AWS makes what was asked with it once. */
  token(step: string): string {
    return createHash('sha256').update(`${this.#run} ${step}`).digest('hex').slice(0, 48);
  }

  /** By which what a step has made is found again. */
  marks(step: string): Tag[] {
    return [
      { Key: restoreTags.run, Value: this.#run },
      { Key: restoreTags.step, Value: step },
    ];
  }

  marked(step: string): { Name: string; Values: string[] }[] {
    return this.marks(step).map(({ Key, Value }) => ({ Name: `tag:${Key}`, Values: [Value] }));
  }

  isOurs(tags: readonly { readonly Key?: string | undefined; readonly Value?: string | undefined }[] = []): boolean {
    return tags.some(({ Key, Value }) => Key === restoreTags.run && Value === this.#run);
  }

  /** Asks whether it may be called, and changes nothing. AWS_FORBIDDEN names the right that is missing. */
  async tryOut(call: Ec2Call): Promise<void> {
    const what = `the trial of ${call.action} in ${call.region}`;
    try {
      await asked(what, () => send(this.ec2(call.region), call, true, this.signal));
    } catch (error) {
      if (!(error instanceof AwsFailure)) throw error;
      if (error.awsCode === 'DryRunOperation') return;
      if (error.awsCode !== 'UnauthorizedOperation') throw error;
      const words = `The right ec2:${call.action} is missing in ${call.region}, or one that goes with it. ${error.message}`;
      throw new AwsFailure('AWS_FORBIDDEN', words, error.awsCode, error.status);
    }
    throw new HoldfastError(
      'AWS_DECLINED',
      `${call.action} was only to be tried out, and was answered as if it had been done: what speaks there as AWS does knows no trials.`,
    );
  }

  /** Never without a trial of exactly the same just before it; between the two, `note` writes down that it is asked. */
  async mutate(call: Ec2Call, note: () => Promise<void> = () => Promise.resolve()): Promise<unknown> {
    await this.tryOut(call);
    await note();
    return asked(`${call.action} in ${call.region}`, () => send(this.ec2(call.region), call, false, this.signal));
  }

  read<Answer>(what: string, region: string, call: (ec2: EC2Client) => Promise<Answer>): Promise<Answer> {
    return asked(`${what} in ${region}`, () => call(this.ec2(region)));
  }

  /** Null where there is none of that name: also for a while after it was made. */
  async find<Answer>(what: string, region: string, call: (ec2: EC2Client) => Promise<Answer>): Promise<Answer | null> {
    try {
      return await this.read(what, region, call);
    } catch (error) {
      if (error instanceof HoldfastError && error.code === 'AWS_NOT_FOUND') return null;
      throw error;
    }
  }

  /** Looks for what may be there and not be seen yet. */
  async patiently<Found>(look: () => Promise<Found | null>): Promise<Found | null> {
    const giveUpAtMs = Date.now() + this.#unseenMs;
    const found = await this.until('what an earlier attempt may have made', async () => {
      const seen = await look();
      return seen === null && Date.now() < giveUpAtMs ? null : { seen };
    });
    return found.seen;
  }

  /** Asks until there is an answer. CANCELLED. */
  async until<Answer>(
    what: string,
    probe: () => Promise<Answer | null>,
    percent: () => number | null = () => null,
  ): Promise<Answer> {
    for (let pauseMs = firstPauseMs; ; pauseMs = Math.min(pauseMs * 2, longestPauseMs)) {
      const answer = await probe();
      if (answer !== null) return answer;
      this.#onWait(what, percent());
      await sleep(pauseMs, undefined, { signal: this.signal });
    }
  }
}
