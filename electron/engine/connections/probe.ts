/** Whether an open repository is still where it was. */
import { HoldfastError, toHoldfastError } from '../../../shared/model/errors.ts';
import { configHandle } from '../repository/backend/backend.ts';
import type { Repository } from '../repository/repository.ts';

/** A place that does not answer must not keep the look at all others waiting. */
const answerWithinMs = 10_000;

/** What keeps an open repository from being reached; null while nothing does. */
export async function probe({ backend }: Repository): Promise<HoldfastError | null> {
  try {
    await backend.load(configHandle);
    return null;
  } catch (error) {
    const { code, message } = toHoldfastError(error);
    if (code !== 'STORED_FILE_MISSING') return new HoldfastError('REPOSITORY_UNREACHABLE', message, { cause: error });
    return new HoldfastError('REPOSITORY_UNREACHABLE', `There is no repository at ${backend.location} now.`);
  }
}

/** REPOSITORY_UNREACHABLE in place of an answer that does not come. */
export async function withinTime(answer: Promise<HoldfastError | null>): Promise<HoldfastError | null> {
  const late = Promise.withResolvers<HoldfastError>();
  const timer = setTimeout(() => {
    const what = `It has not answered for ${answerWithinMs / 1000} seconds.`;
    late.resolve(new HoldfastError('REPOSITORY_UNREACHABLE', what));
  }, answerWithinMs);
  try {
    return await Promise.race([answer, late.promise]);
  } finally {
    clearTimeout(timer);
  }
}
