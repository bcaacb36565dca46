import process from 'node:process';
import type { SimulatedGun } from '../../../simulator/guns/gun.ts';
import { gunOn, openGunWire } from '../../../simulator/guns/gun-port.ts';
import { GUN_PERSONALITIES, type GunPersonality } from '../../../simulator/personalities/guns.ts';
import { Shop } from '../../../simulator/shop.ts';
import type { PortWire } from '../../../simulator/wires/wire.ts';
import { systemClock } from '../../../simulator/world/clock.ts';
import { BROKER_PORT, type CounterNews, CounterOrder, type Gun } from './counter-contract.ts';

// A shop with several guns, one process apart from whoever opens them (see simulator/wires/usbip/port.ts).

const MODELS: Readonly<Record<Gun, GunPersonality>> = {
  'hid-pos': GUN_PERSONALITIES['hid-pos-honeywell'],
  com: GUN_PERSONALITIES['line-crlf'],
  keyboard: GUN_PERSONALITIES['keyboard-us'],
};
const AMOUNT_FEN = 1250;
const LOOK_MS = 20;

const tell = (news: CounterNews): void => void process.send?.(news);

const shop = await Shop.open({
  till: { tenant: 'demo', store: 'store-1', agent: 'till-1' },
  clock: systemClock,
  paper: 58,
  gun: MODELS['hid-pos'],
  gunWire: 'usb',
  printerWire: 'usb',
  brokerPort: BROKER_PORT,
});
const guns = new Map<Gun, { readonly port: PortWire; readonly gun: SimulatedGun }>([
  ['hid-pos', { port: shop.gunPort, gun: shop.gun }],
]);
let isPrinting = false;
shop.onDevice = (state) => tell({ kind: 'device', state });
shop.onSlip = () => {
  isPrinting = false;
  tell({ kind: 'slip' });
};
shop.onEvent = ({ data }) => tell({ kind: 'event', event: data });
setInterval(() => {
  const begun = shop.printer.unfinished.items.length > 0;
  if (begun && !isPrinting) tell({ kind: 'printing' });
  isPrinting = begun;
}, LOOK_MS);

async function plug(device: Gun | 'printer'): Promise<void> {
  const known = device === 'printer' ? { port: shop.printerPort } : guns.get(device);
  if (known) {
    await known.port.replug();
    return;
  }
  if (device === 'printer') return;
  const port = await openGunWire(MODELS[device], { wire: 'usb', link: '' });
  const gun = gunOn(port, MODELS[device], { clock: systemClock, random: Math.random, unpaced: true });
  guns.set(device, { port, gun });
}

async function collect(orderId: string, answerAfterMs: number): Promise<void> {
  shop.acquirer.send({ behaviour: { kind: 'pays' }, answers: { pay: [{ kind: 'delay', ms: answerAfterMs }] } });
  const answer = await shop.backend.collect(shop.till, { orderId, amountFen: AMOUNT_FEN, validForMs: 600_000 });
  if (answer.phase !== 'accepted') throw new Error(`the till does not collect: ${answer.code}`);
  const watch = setInterval(() => {
    if (shop.acquirer.ledger.ofOrder(orderId).charges === 0) return;
    clearInterval(watch);
    tell({ kind: 'charged', orderId });
  }, LOOK_MS);
}

async function obey(order: CounterOrder): Promise<void> {
  switch (order.do) {
    case 'plug':
      await plug(order.device);
      break;
    case 'pull':
      await (order.device === 'printer' ? shop.printerPort : guns.get(order.device)?.port)?.hangup();
      break;
    case 'collect':
      await collect(order.orderId, order.answerAfterMs);
      break;
    case 'scan':
      // a gun that is pulled meanwhile never finishes
      void guns.get(order.gun)?.gun.scan(order.code);
      break;
    case 'ledger':
      return tell({ kind: 'done', id: order.id, ledger: shop.acquirer.ledger.ofOrder(order.orderId) });
  }
  tell({ kind: 'done', id: order.id });
}

process.on('message', (message) => {
  const order = CounterOrder.parse(message);
  obey(order).catch((error: unknown) => tell({ kind: 'done', id: order.id, error: String(error) }));
});
process.on('disconnect', () => process.exit(0));
await shop.gunPort.hangup();
tell({ kind: 'open', printerPath: shop.printerPort.path });
