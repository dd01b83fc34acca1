/** Memory that many share: whoever brings bytes asks first, and waits while as much is held as may be. */

/** So many bytes at once; whoever asks first is served first. */
export class Room {
  #free: number;
  readonly #waiting: { readonly bytes: number; readonly resume: () => void }[] = [];

  constructor(bytes: number) {
    this.#free = bytes;
  }

  /** Resolves in turn. More than there is at all would never be granted. */
  take(bytes: number): Promise<void> {
    const granted = new Promise<void>((resume) => this.#waiting.push({ bytes, resume }));
    this.#serve();
    return granted;
  }

  isFree(bytes: number): boolean {
    return this.#waiting.length === 0 && bytes <= this.#free;
  }

  giveBack(bytes: number): void {
    this.#free += bytes;
    this.#serve();
  }

  #serve(): void {
    for (let [next] = this.#waiting; next !== undefined && next.bytes <= this.#free; [next] = this.#waiting) {
      this.#waiting.shift();
      this.#free -= next.bytes;
      next.resume();
    }
  }
}
