import type { PrinterModel } from '../devices/printer.ts';

/** Acts when so many more bytes have reached the printer, before the next one does. */
export function afterBytes(model: Pick<PrinterModel, 'receive'>, count: number, act: () => void): void {
  const receive = model.receive.bind(model);
  let left = count;
  model.receive = (bytes) => {
    const now = bytes.subarray(0, left);
    left -= now.length;
    receive(now);
    if (left > 0) return;
    model.receive = receive;
    act();
    receive(bytes.subarray(now.length));
  };
}
