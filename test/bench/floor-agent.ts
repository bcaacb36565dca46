import fs from 'node:fs';
import { connect as connectTcp } from 'node:net';
import { ReadlineParser } from '@serialport/parser-readline';
import { MqttClient } from 'mqtt';
import { SerialPort } from 'serialport';

// The floor: the physical steps of a sale and nothing else. Stock serialport and ReadlineParser, plain appends with
// fdatasyncSync (the cheapest durable write Node has: no thread between), mqtt.js over a socket without Nagle. It checks
// nothing, parses nothing, remembers nothing and would lose money at the first fault.

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
    readonly paid: number;
  };
  readonly commands: string;
  readonly replies: string;
  readonly acceptedTopic: string;
  readonly accepted: string;
  readonly requestTopic: string;
  readonly request: string;
  readonly slip: string;
}

const orders = JSON.parse(process.argv[2] ?? '') as FloorOrders;
const journal = fs.openSync(orders.journalFile, 'a', 0o600);
const record = (bytes: number) => Buffer.alloc(bytes, 'x');
const { command, order, attempt, paid } = orders.records;
const records = { command: record(command), order: record(order), attempt: record(attempt), paid: record(paid) };
const slip = Buffer.from(orders.slip, 'base64');

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
client.on('message', (topic) => {
  if (topic.includes('/rep/')) {
    keep(records.paid);
    printer.write(slip);
  } else {
    keep(records.command);
    client.publish(orders.acceptedTopic, orders.accepted, { qos: 1 });
    keep(records.order);
  }
});
gun.pipe(new ReadlineParser({ delimiter: '\r\n' })).on('data', () => {
  keep(records.attempt);
  client.publish(orders.requestTopic, orders.request, { qos: 1 });
});
process.once('disconnect', () => process.exit(0));
