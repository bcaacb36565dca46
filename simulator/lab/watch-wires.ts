import { BACKEND_CLIENT } from '../shop.ts';
import type { LabCounter } from './counter.ts';
import { padWords } from './pad-place.ts';
import type { Line, PlugName } from './schemas.ts';
import { terminalWords } from './terminal-words.ts';
import { gunWords, mqttWords, PrinterWords, type Told } from './wire-lines.ts';

/** Every frame of every device and of the broker becomes a line of the list, every cable that moves a happening. */
export function watchWires(counter: LabCounter, isKeyboard: boolean): void {
  const { gun, printer, terminal, pad } = counter.wires;
  const words = new PrinterWords();
  gun.onBytes = (direction, bytes, fault) =>
    line(counter, { wire: 'gun', direction, bytes: bytes.length, ...gunWords(bytes, isKeyboard) }, fault);
  printer.onBytes = (direction, bytes, fault) => {
    const told: Told = direction === 'down' ? words.heard(bytes) : words.said(bytes);
    line(counter, { wire: 'printer', direction, bytes: bytes.length, ...told }, fault);
  };
  const { make } = counter.cards.terminal;
  terminal.onBytes = (direction, bytes, fault) =>
    line(counter, { wire: 'terminal', direction, bytes: bytes.length, ...terminalWords(make, bytes) }, fault);
  pad.onBytes = (direction, bytes, fault) =>
    line(counter, { wire: 'pad', direction, bytes: bytes.length, ...padWords(bytes, direction) }, fault);
  for (const device of ['gun', 'terminal', 'pad'] as const)
    counter.wires[device].onPlug = (plugged) => plug(counter, device, plugged);
  printer.onPlug = (plugged) => {
    if (!plugged) words.cut();
    plug(counter, 'printer', plugged);
  };
  counter.pad.onChange = () => counter.changed();
  counter.cards.onChange = () => counter.changed();
  watchBroker(counter);
}

function watchBroker(counter: LabCounter): void {
  const { broker, till } = counter.shop;
  const root = `pos/v1/${till.tenant}/${till.store}/${till.agent}/`;
  broker.onPublish = ({ clientId, topic, payload }) => {
    const direction = clientId === BACKEND_CLIENT ? 'down' : 'up';
    const name = topic.startsWith(root) ? topic.slice(root.length) : topic;
    line(counter, { wire: 'mqtt', direction, bytes: payload.length, ...mqttWords(name, payload) }, undefined);
  };
  broker.onClient = () => counter.changed();
}

function line(counter: LabCounter, said: Pick<Line, 'wire' | 'direction' | 'bytes'> & Told, fault: string | undefined) {
  if (fault !== undefined) {
    counter.faultsHappened += 1;
    counter.tell('fault', 'bad', {
      zh: `线路故障发生：${fault}`,
      en: `It happened on the ${said.wire} wire: ${fault}`,
    });
  }
  counter.feed.line({ ...said, ...(fault !== undefined && { fault }) });
  counter.changed();
}

function plug(counter: LabCounter, device: PlugName, plugged: boolean): void {
  const name = DEVICE_WORDS[device];
  counter.tell(device, plugged ? 'calm' : 'bad', {
    zh: `${name.zh}${plugged ? '已插上' : '被拔掉了'}`,
    en: `The ${name.en} is ${plugged ? 'plugged in' : 'pulled out'}`,
  });
}

const DEVICE_WORDS = {
  gun: { zh: '扫码枪', en: 'gun' },
  printer: { zh: '打印机', en: 'printer' },
  terminal: { zh: '刷卡终端', en: 'card terminal' },
  pad: { zh: '签名板', en: 'signature pad' },
} as const;
