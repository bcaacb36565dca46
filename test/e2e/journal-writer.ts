import { systemClock } from '../../agent/clock.ts';
import { TillBook } from '../../agent/journal/book.ts';
import { folderFiles } from '../../agent/journal/files.ts';
import type { Order } from '../../agent/journal/records.ts';

// A till that does nothing but write: `node journal-writer.js FOLDER ROUND`. Says the number of an order on standard output
// once its entry is on disk, and is killed by whoever started it. Checkpoints and forgetting run all the time.

const [folder = '', round = '0'] = process.argv.slice(2);
const { book, damages } = await TillBook.open(await folderFiles(folder), systemClock, 'T0000001', {
  checkpointEntries: 200,
  reserveBytes: 4096,
});
if (damages.length > 0) throw new Error(`damage: ${JSON.stringify(damages)}`);
process.stdout.write(`open ${book.head.seq}\n`);

async function writeOn(lane: number): Promise<never> {
  for (let n = 0; ; n++) {
    const order: Order = { orderId: `R${round}-L${lane}-N${n}`, amountFen: 1 + n, commandId: 'none', state: 'OPEN' };
    const data = { type: 'scan-refused' as const, reason: order.orderId, length: n };
    const event = book.event(data, order.orderId, 'BOOT', systemClock.now());
    const written = Promise.all([book.write({ type: 'ORDER', order }), book.write({ type: 'EVENT', event })]);
    await written;
    process.stdout.write(`${order.orderId} ${event.seq}\n`);
    if (n % 50 === 49 && lane === 0) await book.acknowledge(Math.max(0, event.seq - 300));
  }
}

// Four at once, so that writes share their syncs.
await Promise.all([0, 1, 2, 3].map(writeOn));
