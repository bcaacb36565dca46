import type { PaymentDesk } from './desk.ts';
import type { OtherPayment } from './other-payment.ts';

export interface DisputeTurnParts {
  readonly desk: Pick<PaymentDesk, 'inTurn'>;
  /** what may be collecting the order right now */
  readonly payments: readonly OtherPayment[];
}

/**
 * Money that nobody expects disputes an order whoever else is writing it: its payment that runs, or the counter, which may
 * have seen it free and be about to open it again. So the dispute waits for its turn at the counter, and there gives up the
 * payment that runs, which writes it down in its own turn.
 */
export class DisputeTurn {
  readonly #parts: DisputeTurnParts;

  constructor(parts: DisputeTurnParts) {
    this.#parts = parts;
  }

  /** Calls `write` once, when nobody else can write the order. */
  take(orderId: string, write: () => Promise<void>): void {
    const { desk, payments } = this.#parts;
    desk.inTurn(async () => {
      const runs = payments.some((payment) =>
        payment.interrupt(orderId, (isRunning) => this.#behind(isRunning, orderId, write)),
      );
      if (!runs) await write();
    });
  }

  /**
   * The payment may have ended before its turn for this came: then the order is the counter's again. Each time round one payment
   * more has ended; behind one that still runs nothing is taken up anew, whatever its order is.
   */
  async #behind(isRunning: boolean, orderId: string, write: () => Promise<void>): Promise<void> {
    if (isRunning) await write();
    else this.take(orderId, write);
  }
}
