/** Whoever else may be collecting the same order. */
export interface OtherPayment {
  /**
   * Money turned up for the order elsewhere: its payment that runs here is given up, and `write` comes in its turn. False:
   * none runs here.
   */
  interrupt(orderId: string, write: () => Promise<void>): boolean;
}
