import { Tokenizer } from '../../protocols/escpos/tokenize.ts';
import type { Clock } from '../clock.ts';
import type { ByteLink, WriteOutcome } from '../transport/link.ts';
import { AT_ONCE_BYTES, PAUSE_MS, PIECE_BYTES } from './paced-write.ts';

/** the process id behind a slip has 11 */
const OWN_COMMAND_BYTES = 16;

/** what a write of so many bytes may take, ms: a slow printer or line has its time for each piece */
type DeadlineOf = (bytes: number) => number;

/**
 * What a printer may still be waiting for: the rest of a command that broke off, such as a picture's. It takes all that comes
 * for that rest, a question too: `10` as the high byte of a length makes it swallow 4 KB. NULs end the command, whatever it
 * was, and are nothing between commands. Until the last of them is written nothing is printed.
 */
export class BrokenCommand {
  #bytes = 0;
  #written = 0;
  /** what was ended last, as far as writing does that */
  #ended = 0;

  get isOpen(): boolean {
    return this.#bytes > 0;
  }

  /** A write of these bytes may have broken off anywhere. */
  mayBeIn(bytes: Uint8Array): void {
    this.#bytes = Math.max(this.#bytes, longestCommand(bytes));
  }

  /** Behind the NULs a printer that answers said nothing: they may have got as little there as the rest of the command. */
  unheard(): void {
    this.#bytes = Math.max(this.#bytes, this.#ended);
  }

  /** What was written to a link that is lost may be lost with it; so may what nothing was answered behind. */
  beginAnew(): void {
    this.#written = 0;
  }

  /**
   * The first piece is longer than the head of any command. Behind it a question is understood, or is dots of a picture that is
   * torn anyway: so it is known that paper is missing before the rest fills a buffer that nobody empties.
   */
  async endHead(link: ByteLink, deadlineMs: DeadlineOf): Promise<WriteOutcome> {
    return this.#written > 0 ? { kind: 'written' } : this.#piece(link, deadlineMs);
  }

  /** Writes the rest, at the pace of a long document: what does not fit into a printer's buffer is no NUL to it. */
  async end(link: ByteLink, deadlineMs: DeadlineOf, clock: Clock): Promise<WriteOutcome> {
    while (this.isOpen) {
      if (this.#written >= AT_ONCE_BYTES) await new Promise<void>((resolve) => clock.after(PAUSE_MS, resolve));
      const outcome = await this.#piece(link, deadlineMs);
      if (outcome.kind !== 'written') return outcome;
    }
    return { kind: 'written' };
  }

  /** Sent, not taken: what stands in a driver is thrown away with its port. */
  async #piece(link: ByteLink, deadlineMs: DeadlineOf): Promise<WriteOutcome> {
    const length = Math.min(PIECE_BYTES, this.#bytes - this.#written);
    const outcome = await link.write(new Uint8Array(length), deadlineMs(length), 'sent');
    if (outcome.kind === 'written') this.#written += length;
    if (this.#written >= this.#bytes) {
      this.#ended = this.#bytes;
      this.#bytes = 0;
      this.#written = 0;
    }
    return outcome;
  }
}

/** The longest command of a slip: so many bytes a printer may still be waiting for. */
function longestCommand(bytes: Uint8Array): number {
  let longest = OWN_COMMAND_BYTES;
  const tokenizer = new Tokenizer((token) => {
    if (token.kind === 'command') longest = Math.max(longest, token.length);
  });
  tokenizer.push(bytes);
  tokenizer.end();
  return longest;
}
