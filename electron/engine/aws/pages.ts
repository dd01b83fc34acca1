/** Lists that AWS gives page by page: read to their end, which some that only speak like AWS may not have. */
import { HoldfastError } from '../../../shared/model/errors.ts';

export type Cursor = { readonly NextToken?: string };

/** Of up to a thousand each: AWS has no account with as much. */
const mostPages = 10_000;

/** `what` is asked: such as `DescribeSnapshots in eu-central-1`. AWS_ANSWER_INVALID, and what `ask` throws. */
export async function* pagesOf<Page extends { readonly NextToken?: string | undefined }>(
  what: string,
  ask: (cursor: Cursor) => Promise<Page>,
): AsyncGenerator<Page, void> {
  const tokens = new Set<string>();
  for (let cursor: Cursor = {}; ;) {
    const page = await ask(cursor);
    yield page;
    const { NextToken = '' } = page;
    if (NextToken === '') return;
    if (tokens.has(NextToken) || tokens.size >= mostPages)
      throw new HoldfastError('AWS_ANSWER_INVALID', `The answer to ${what} goes on without an end.`);
    tokens.add(NextToken);
    cursor = { NextToken };
  }
}
