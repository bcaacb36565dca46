const INSPECT = Symbol.for('nodejs.util.inspect.custom');

/**
 * Text that must not be seen: what a gun read, before anybody knows whether it is a paycode. It cannot print itself:
 * string conversion, JSON, templates and Node's inspector all give the same harmless words. The only way in is `reveal()`.
 */
export class SecretText {
  readonly #text: string;

  constructor(text: string) {
    this.#text = text;
  }

  get length(): number {
    return this.#text.length;
  }

  /** The text itself. Callers are the classifier and the encoder of `req/pay`; nobody else. */
  reveal(): string {
    return this.#text;
  }

  toString(): string {
    return `[${this.#text.length} characters]`;
  }

  toJSON(): string {
    return this.toString();
  }

  [INSPECT](): string {
    return this.toString();
  }
}
