/** Whoever else may be collecting the same order. */
export interface OtherPayment {
  /**
   * Money turned up for the order elsewhere: its payment that runs here is given up, and `inTurn` comes in its turn, told whether
   * the payment still runs then. False: none runs here. Money that goes back is no payment: it is left alone.
   */
  interrupt(orderId: string, inTurn: (isRunning: boolean) => Promise<void>): boolean;
}
