/** The parameters of a call in EC2's Query protocol: `Filter.1.Name=…&Filter.1.Value.1=…`. */
import { missingParameter, invalidParameter } from './refusals.ts';

export class Form {
  readonly #values: URLSearchParams;
  readonly #prefix: string;

  constructor(values: URLSearchParams, prefix = '') {
    this.#values = values;
    this.#prefix = prefix;
  }

  text(name: string): string | undefined {
    return this.#values.get(this.#prefix + name) ?? undefined;
  }

  /** Throws where it is missing. */
  demand(name: string): string {
    const value = this.text(name);
    if (value === undefined || value === '') throw missingParameter(name);
    return value;
  }

  number(name: string): number | undefined {
    const value = this.text(name);
    if (value === undefined) return undefined;
    if (!/^\d{1,15}$/.test(value)) throw invalidParameter(name, value);
    return Number(value);
  }

  flag(name: string): boolean | undefined {
    const value = this.text(name);
    return value === undefined ? undefined : value === 'true';
  }

  /** All that is said, but for what is looked for by filters. */
  values(): readonly string[] {
    return [...this.#values].flatMap(([key, value]) => (key.startsWith('Filter.') ? [] : [value]));
  }

  /** `name.1`, `name.2`, … */
  texts(name: string): string[] {
    return this.#numbers(name).flatMap((number) => this.text(`${name}.${number}`) ?? []);
  }

  /** What is below `name`. */
  under(name: string): Form {
    return new Form(this.#values, `${this.#prefix}${name}.`);
  }

  /** What is below `name.1`, `name.2`, … */
  list(name: string): Form[] {
    return this.#numbers(name).map((number) => this.under(`${name}.${number}`));
  }

  has(name: string): boolean {
    return [...this.#values.keys()].some(
      (key) => key === this.#prefix + name || key.startsWith(`${this.#prefix}${name}.`),
    );
  }

  /** All of it but what is to be left out, in one order. */
  fingerprint(without: readonly string[]): string {
    return [...this.#values]
      .filter(([name]) => !without.includes(name))
      .map((pair) => pair.join('='))
      .sort()
      .join('&');
  }

  #numbers(name: string): number[] {
    const start = `${this.#prefix}${name}.`;
    const numbers = [...this.#values.keys()]
      .filter((key) => key.startsWith(start))
      .map((key) => Number.parseInt(key.slice(start.length), 10))
      .filter((number) => number > 0);
    return [...new Set(numbers)].sort((a, b) => a - b);
  }
}
