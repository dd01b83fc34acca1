import { visibleJson } from './display.ts';
import type { Output } from './output.ts';

/**
 * A JSON array written as it comes, one element a line. Nothing is written before the first batch, so that a failure
 * until then can still print its own document; a list that breaks off later stays unclosed, so that no reader takes it
 * for the whole.
 */
export class JsonList {
  readonly #output: Output;
  readonly #opening: string;
  #count = 0;
  #open = false;

  /** `opening` ends with the bracket of the array. */
  constructor(output: Output, opening = '[') {
    this.#output = output;
    this.#opening = opening;
  }

  async add(elements: readonly unknown[]): Promise<void> {
    if (elements.length === 0) return;
    const text = elements.map((element) => `${this.#count++ === 0 ? '' : ','}\n${visibleJson(element)}`).join('');
    await this.#output.documentPart(this.#open ? text : this.#opening + text);
    this.#open = true;
  }

  /** `closing` begins with the bracket of the array. */
  async end(closing = ']'): Promise<void> {
    const tail = `${this.#count === 0 ? '' : '\n'}${closing}\n`;
    await this.#output.documentPart(this.#open ? tail : this.#opening + tail);
  }
}
