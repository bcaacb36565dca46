// A cashier program that knows nothing of Tillwire but its contract (docs/mqtt.md): it takes orders from the broker, listens
// to the gun on its serial port, asks the backend to charge, and prints. It is short and not safe: nothing is written down
// before it is sent, no answer is asked after, nothing is reversed. A shop needs an agent; a test needs only a program.
import { createHash, randomUUID } from 'node:crypto';
import { constants, createReadStream, openSync, writeSync } from 'node:fs';
import { createInterface } from 'node:readline';
import mqtt from 'mqtt';

const { TILLWIRE_BROKER_URL, TILLWIRE_TILL, TILLWIRE_GUN, TILLWIRE_PRINTER } = process.env;
const root = `pos/v1/${TILLWIRE_TILL}`;
const boot = randomUUID();
/** charge twice when the answer is late: the mistake that such programs make */
const impatient = process.argv.includes('--impatient');

const broker = mqtt.connect(TILLWIRE_BROKER_URL, { clientId: `cashier-${process.pid}` });
const replies = new Map();
let order;

const send = (topic, body, retain = false) =>
  broker.publish(`${root}/${topic}`, JSON.stringify(body), { qos: 1, retain });
const now = () => Date.now();

broker.on('connect', () => {
  broker.subscribe([`${root}/cmd/+`, `${root}/rep/+`], { qos: 1 }, () => {
    send('state', { v: 1, s: 'online', boot, conn: 1, ts: now() }, true);
    for (const dev of ['scanner', 'printer'])
      send(`dev/${dev}/state`, { v: 1, dev, avail: 'online', since: now() }, true);
    console.log('ready');
  });
});

broker.on('message', (topic, payload) => {
  const message = JSON.parse(payload.toString());
  if (topic.startsWith(`${root}/rep/`)) return replies.get(message.requestId)?.(message);
  if (message.type !== 'collect') return answer(message, 'final', 'failed', 'UNSUPPORTED');
  order = message;
  answer(message, 'accepted', 'ok', 'OK');
  console.log(`order ${message.args.orderId}`);
});

const answer = (command, phase, status, code) =>
  send(`res/${command.id}`, { v: 1, id: command.id, phase, status, code, boot, ts: now() });

createInterface({ input: createReadStream(TILLWIRE_GUN, { flags: constants.O_RDONLY | constants.O_NOCTTY }) }).on(
  'line',
  (line) => {
    const code = line.trim();
    if (code !== '' && order) void charge(order, code);
  },
);

async function charge(command, paycode) {
  order = undefined;
  const { orderId, amountFen } = command.args;
  let reply = await ask(orderId, amountFen, paycode);
  if (!reply && impatient) reply = await ask(orderId, amountFen, nextCode(paycode));
  const paid = reply?.status === 'answered' && reply.transactionId !== undefined;
  answer(command, 'final', paid ? 'ok' : 'unknown', paid ? 'PAID' : 'NO_ANSWER');
  console.log(paid ? `paid ${orderId}` : `no answer for ${orderId}`);
  if (paid) print(orderId, amountFen, reply.transactionId);
}

/** The customer is asked to show a fresh code; here it is made up. */
const nextCode = (code) => code.slice(0, -1) + ((Number(code.at(-1)) + 1) % 10);

function ask(orderId, amountFen, paycode) {
  const attemptId = `C${now()}${Math.floor(Math.random() * 1000)}`;
  const args = { amountFen, currency: 'CNY', channel: channelOf(paycode), source: 'scanner' };
  const requestId = randomUUID();
  // everything but the paycode, keys in order
  const payloadHash = sha256({ args, attemptId, op: 'pay', orderId });
  send('req/pay', {
    v: 1,
    requestId,
    attemptId,
    orderId,
    op: 'pay',
    payloadHash,
    ts: now(),
    exp: now() + 10_000,
    args: { ...args, paycode },
  });
  return new Promise((resolve) => {
    const timer = setTimeout(() => resolve(undefined), 2_000);
    replies.set(requestId, (reply) => (clearTimeout(timer), resolve(reply)));
  });
}

const channelOf = (code) =>
  /^1[0-5]/.test(code) ? 'WECHAT' : /^(2[5-9]|30)/.test(code) ? 'ALIPAY' : code.startsWith('62') ? 'UNIONPAY' : 'ECNY';

/** SHA-256 over JSON with sorted keys */
const sha256 = (value) => createHash('sha256').update(canonical(value)).digest('hex');
const canonical = (value) =>
  typeof value === 'object' && value !== null
    ? `{${Object.keys(value)
        .sort()
        .map((key) => `${JSON.stringify(key)}:${canonical(value[key])}`)
        .join(',')}}`
    : JSON.stringify(value);

function print(orderId, amountFen, transactionId) {
  const printer = openSync(TILLWIRE_PRINTER, constants.O_RDWR | constants.O_NOCTTY);
  const qr = Buffer.from(transactionId, 'latin1');
  const size = qr.length + 3;
  writeSync(
    printer,
    Buffer.concat([
      Buffer.from(`\x1b@PAID ${orderId}\n${(amountFen / 100).toFixed(2)} CNY\n`, 'latin1'),
      Buffer.from([0x1d, 0x28, 0x6b, size & 0xff, size >> 8, 0x31, 0x50, 0x30]), // GS ( k: store the QR code's text
      qr,
      Buffer.from([0x1d, 0x28, 0x6b, 3, 0, 0x31, 0x51, 0x30]), // print it
      Buffer.from('\n\n\n\x1dV\x00', 'latin1'), // feed and cut
    ]),
  );
}
