import fs from 'node:fs';
import { connect as connectTcp } from 'node:net';
import { ReadlineParser } from '@serialport/parser-readline';
import { MqttClient } from 'mqtt';
import { SerialPort } from 'serialport';
import { compileEarly } from '../../agent/compile-early.ts';

// The floor: the physical steps of a sale in the product's order, and nothing else. What has to be on disk before what
// (the attempt before its request, the payment with the slip's job before the slip) and what the printer is asked are part
// of the work; everything that thinks is not. Stock serialport and ReadlineParser, plain appends with fdatasyncSync (the
// cheapest durable write Node has: no thread between), mqtt.js over a socket without Nagle, nothing awaited that need not
// be. No events to the backend, no log, no checks, no memory: it would lose money at the first fault.

/** What the measured program was seen to write and say, so that this one writes and says as much. */
export interface FloorOrders {
  readonly brokerPort: number;
  readonly gunPath: string;
  readonly printerPath: string;
  readonly journalFile: string;
  /** bytes of each durable record */
  readonly records: {
    readonly command: number;
    readonly order: number;
    readonly attempt: number;
    /** that the request left, and that it was paid: one write */
    readonly paid: number;
  };
  readonly commands: string;
  readonly replies: string;
  readonly acceptedTopic: string;
  readonly accepted: string;
  readonly requestTopic: string;
  readonly request: string;
  /** the n of each DLE EOT n that the printer is asked before a slip */
  readonly questions: readonly number[];
  /** base64 */
  readonly slip: string;
}

// what the agent asks of V8 would hurry libraries too: both or none
compileEarly();

const orders = JSON.parse(process.argv[2] ?? '') as FloorOrders;
const journal = fs.openSync(orders.journalFile, 'a', 0o600);
const record = (bytes: number) => Buffer.alloc(bytes, 'x');
const { command, order, attempt, paid } = orders.records;
const records = {
  command: record(command),
  order: record(order),
  attempt: record(attempt),
  paid: record(paid),
};
const slip = Buffer.from(orders.slip, 'base64');
const statusQuery = Buffer.from(orders.questions.flatMap((n) => [0x10, 0x04, n]));

function keep(bytes: Buffer): void {
  fs.writeSync(journal, bytes);
  fs.fdatasyncSync(journal);
}

async function openPort(path: string): Promise<SerialPort> {
  const port = new SerialPort({ path, baudRate: 115_200, autoOpen: false });
  await new Promise<void>((resolve, reject) => port.open((error) => (error ? reject(error) : resolve())));
  return port;
}

const gun = await openPort(orders.gunPath);
const printer = await openPort(orders.printerPath);
const client = new MqttClient(() => connectTcp({ host: '127.0.0.1', port: orders.brokerPort, noDelay: true }), {
  clientId: 'floor',
  protocolVersion: 4,
  reconnectPeriod: 0,
});
client.on('connect', () => {
  client.subscribe({ [orders.commands]: { qos: 1 }, [orders.replies]: { qos: 1 } }, () => process.send?.('ready'));
});
// A slip leaves when its payment is on disk and the printer has said that it can print: three status bytes.
let isPaid = false;
let answers = 0;
function printWhenBoth(): void {
  if (!isPaid || answers < orders.questions.length) return;
  isPaid = false;
  answers = 0;
  printer.write(slip);
}
printer.on('data', (bytes: Buffer) => {
  answers += bytes.length;
  printWhenBoth();
});
client.on('message', (topic) => {
  if (topic.includes('/rep/')) {
    keep(records.paid);
    isPaid = true;
    printWhenBoth();
  } else {
    keep(records.command);
    client.publish(orders.acceptedTopic, orders.accepted, { qos: 1 });
    keep(records.order);
  }
});
gun.pipe(new ReadlineParser({ delimiter: '\r\n' })).on('data', () => {
  keep(records.attempt);
  client.publish(orders.requestTopic, orders.request, { qos: 1 });
  // mqtt.js writes to its socket at the end of this turn: the question comes behind it, in the shadow of the round trip
  setImmediate(() => printer.write(statusQuery));
});
process.once('disconnect', () => process.exit(0));
