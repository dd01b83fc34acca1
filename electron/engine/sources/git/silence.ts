/** How long a command may say nothing: what does not even show progress is given up. */

export class Silence {
  readonly #ms: number | null;
  readonly #onTooLong: () => void;
  #timer: NodeJS.Timeout | null = null;
  #isTooLong = false;

  /** Null: for ever. */
  constructor(ms: number | null, onTooLong: () => void) {
    this.#ms = ms;
    this.#onTooLong = onTooLong;
    this.broken();
  }

  get isTooLong(): boolean {
    return this.#isTooLong;
  }

  broken(): void {
    this.end();
    if (this.#ms !== null && !this.#isTooLong) this.#timer = setTimeout(() => this.#over(), this.#ms);
  }

  end(): void {
    if (this.#timer !== null) clearTimeout(this.#timer);
    this.#timer = null;
  }

  #over(): void {
    this.#isTooLong = true;
    this.#onTooLong();
  }
}
