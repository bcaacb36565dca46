/** What came for a model and it has not heard yet, because it does not listen or takes nothing: whoever sent it waits. */
export class Ear {
  #hear: ((bytes: Uint8Array) => void) | undefined;
  #paused = false;
  readonly #waiting: { readonly bytes: Uint8Array; readonly heard: () => void }[] = [];

  /** Resolves when it is heard. */
  take(bytes: Uint8Array): Promise<void> {
    return new Promise((heard) => {
      this.#waiting.push({ bytes, heard });
      this.#deliver();
    });
  }

  listen(hear: (bytes: Uint8Array) => void): void {
    this.#hear = hear;
    this.#deliver();
  }

  pause(): void {
    this.#paused = true;
  }

  resume(): void {
    this.#paused = false;
    this.#deliver();
  }

  #deliver(): void {
    while (this.#hear && !this.#paused) {
      const next = this.#waiting.shift();
      if (!next) return;
      this.#hear(next.bytes);
      next.heard();
    }
  }
}
