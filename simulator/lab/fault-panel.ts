import type { BackendFault } from '../backend/request-desk.ts';
import { GUN_FAULTS, type GunFault } from '../faults/gun-faults.ts';
import { TERMINAL_FAULTS, type TerminalFault } from '../faults/terminal-faults.ts';
import { WIRE_FAULTS, type WireFault } from '../faults/wire-faults.ts';
import type { Direction } from '../wires/faulty-wire.ts';
import type { Words } from './schemas.ts';

// Everything that can go wrong in the shop, as one table: where, what it is called, what it does. The panel of the page, the
// API and a saved story know a fault by its id.

export type FaultAct =
  | { readonly on: 'gun'; readonly fault: GunFault }
  | {
      readonly on: 'wire';
      readonly wire: 'gun' | 'printer' | 'terminal' | 'pad';
      readonly direction: Direction;
      readonly fault: WireFault;
    }
  | { readonly on: 'backend'; readonly fault: BackendFault }
  | { readonly on: 'backend-events'; readonly acknowledges: boolean }
  | { readonly on: 'network'; readonly does: 'cut' | 'fall' | 'back' | 'swallow' }
  | { readonly on: 'clock'; readonly aheadMs: number }
  | { readonly on: 'terminal'; readonly fault: TerminalFault }
  | { readonly on: 'disk'; readonly isFull: boolean };

export interface FaultRow {
  readonly id: string;
  readonly group: FaultGroup;
  readonly words: Words;
  readonly act: FaultAct;
}

export const FAULT_GROUPS = {
  backend: { zh: '后台与支付通道', en: 'Backend and channel' },
  network: { zh: '网络 (MQTT)', en: 'Network (MQTT)' },
  gun: { zh: '扫码枪：下一次扫码', en: 'Gun: its next scan' },
  'gun-wire': { zh: '扫码枪的线', en: 'The gun’s cable' },
  'printer-down': { zh: '打印机的线：收到的数据', en: 'The printer’s cable: what it is sent' },
  'printer-up': { zh: '打印机的线：打印机的应答', en: 'The printer’s cable: its answers' },
  terminal: { zh: '刷卡终端：下一次刷卡', en: 'Card terminal: its next payment' },
  'terminal-down': { zh: '终端的线：收到的数据', en: 'The terminal’s cable: what it is sent' },
  'terminal-up': { zh: '终端的线：终端的应答', en: 'The terminal’s cable: its answers' },
  'pad-up': { zh: '签名板的线：签名板发出的', en: 'The pad’s cable: what it says' },
  clock: { zh: '时钟', en: 'Clock' },
  disk: { zh: '硬盘（收银机）', en: 'Disk of the till' },
} as const satisfies Record<string, Words>;
export type FaultGroup = keyof typeof FAULT_GROUPS;

const GUN_ZH: Readonly<Record<GunFault, string>> = {
  split: '逐字节到达，中间有停顿',
  glued: '字节滞留，与后面的数据一起到达',
  garbled: '一个字节翻转了一位',
  'byte-lost': '少了一个字节',
  truncated: '只发了一半',
  duplicated: '同一条码发两遍',
  retransmitted: '应答未到扫码枪，扫码枪重发',
  noise: '前面有乱码',
  stalled: '发出 XOFF，两秒不接收命令，再发 XON',
  'report-lost': '丢失一个 HID 报告',
  'reports-swapped': '两个 HID 报告颠倒',
  'key-up-lost': '“松键”报告丢失',
  'wrong-layout': '键盘布局是别国的',
  'wrong-baud': '波特率不一致',
  unplugged: '发送途中被拔出，又插回',
  renamed: '同上，插回后端口换了名字',
};

/** What a person at a counter can see of; the frames' own troubles are in the English table. */
const TERMINAL_ZH: Readonly<Partial<Record<TerminalFault, string>>> = {
  'answer-lost': '已批准，但结果没有送到收银机',
  'declined-answer-lost': '已拒绝，但结果没有送到收银机',
  'power-cut': '结果刚出就断电，下次开机自动冲正',
  reboot: '批准后终端重启',
  'wrong-pin': '密码连续输错',
  partial: '只批准了一部分金额',
  tip: '顾客加了小费',
  'other-amount': '结果里的金额不对',
  'result-twice': '结果来了两次',
  'late-result': '先来了上一笔的结果',
  'no-answer': '终端没有任何应答',
  'silent-after-accept': '接收后就没有下文',
  'settlement-needed': '需要先结算',
  'paper-out': '终端缺纸',
  busy: '终端忙',
  unplugged: '要报告结果时线被拔掉',
};

function terminalFaults(): FaultRow[] {
  return (Object.keys(TERMINAL_ZH) as TerminalFault[]).map((fault) => ({
    id: `terminal.${fault}`,
    group: 'terminal',
    words: { zh: TERMINAL_ZH[fault] ?? fault, en: TERMINAL_FAULTS[fault].title },
    act: { on: 'terminal', fault },
  }));
}

const MINUTE_MS = 60_000;
const LATE_MS = 12_000;

function gunFaults(): FaultRow[] {
  return Object.entries(GUN_FAULTS).map(([name, en]) => {
    const fault = name as GunFault;
    return { id: `gun.${fault}`, group: 'gun', words: { zh: GUN_ZH[fault], en }, act: { on: 'gun', fault } };
  });
}

function wireFaults(group: FaultGroup, wire: 'gun' | 'printer' | 'terminal' | 'pad', direction: Direction): FaultRow[] {
  return Object.entries(WIRE_FAULTS).map(([name, words]) => {
    const fault = name as WireFault;
    return { id: `${group}.${fault}`, group, words, act: { on: 'wire', wire, direction, fault } };
  });
}

const backend = (id: string, zh: string, en: string, fault: BackendFault): FaultRow => ({
  id: `backend.${id}`,
  group: 'backend',
  words: { zh, en },
  act: { on: 'backend', fault },
});

const network = (does: 'cut' | 'fall' | 'back' | 'swallow', zh: string, en: string): FaultRow => ({
  id: `network.${does}`,
  group: 'network',
  words: { zh, en },
  act: { on: 'network', does },
});

export const FAULT_ROWS: readonly FaultRow[] = [
  backend(
    'answer-lost',
    '应答丢失：已向通道请求付款，回应未到收银机',
    'Answer lost: the channel did its part, the till hears nothing',
    {
      kind: 'drop-reply',
      op: 'pay',
    },
  ),
  backend('answer-late', '应答迟到 12 秒', 'Answer late: 12 s', { kind: 'delay-reply', op: 'pay', ms: LATE_MS }),
  backend('request-lost', '付款请求丢失：后台没有收到', 'Pay request lost: the backend never sees it', {
    kind: 'swallow',
    op: 'pay',
  }),
  backend('query-lost', '查询的回应丢失', 'The answer to a query is lost', { kind: 'drop-reply', op: 'query' }),
  backend('reverse-lost', '撤销的回应丢失', 'The answer to a reversal is lost', { kind: 'drop-reply', op: 'reverse' }),
  backend('refund-lost', '退款的回应丢失', 'The answer to a refund is lost', { kind: 'drop-reply', op: 'refund' }),
  {
    id: 'backend.events-unacknowledged',
    group: 'backend',
    words: { zh: '后台不再确认事件', en: 'The backend acknowledges no events any more' },
    act: { on: 'backend-events', acknowledges: false },
  },
  {
    id: 'backend.events-acknowledged',
    group: 'backend',
    words: { zh: '后台恢复确认事件', en: 'The backend acknowledges events again' },
    act: { on: 'backend-events', acknowledges: true },
  },
  network('cut', '断一次线，马上可以重连', 'Cut once; the till may come back at once'),
  network('fall', '断网，直到恢复', 'The network is down, until it comes back'),
  network('swallow', '连接还在，但什么都传不过去', 'Connected, and nothing gets through any more'),
  network('back', '恢复网络', 'The network comes back'),
  {
    id: 'clock.behind',
    group: 'clock',
    words: { zh: '收银机的时钟慢 10 分钟', en: 'The till’s clock is 10 min slow' },
    act: { on: 'clock', aheadMs: 10 * MINUTE_MS },
  },
  {
    id: 'clock.ahead',
    group: 'clock',
    words: { zh: '收银机的时钟快 10 分钟', en: 'The till’s clock is 10 min fast' },
    act: { on: 'clock', aheadMs: -10 * MINUTE_MS },
  },
  {
    id: 'clock.right',
    group: 'clock',
    words: { zh: '时钟恢复准确', en: 'The clock is right again' },
    act: { on: 'clock', aheadMs: 0 },
  },
  {
    id: 'disk.full',
    group: 'disk',
    words: { zh: '硬盘写不进去', en: 'Nothing can be written any more' },
    act: { on: 'disk', isFull: true },
  },
  {
    id: 'disk.free',
    group: 'disk',
    words: { zh: '硬盘恢复', en: 'The disk takes bytes again' },
    act: { on: 'disk', isFull: false },
  },
  ...gunFaults(),
  ...wireFaults('gun-wire', 'gun', 'up'),
  ...wireFaults('printer-down', 'printer', 'down'),
  ...wireFaults('printer-up', 'printer', 'up'),
  ...terminalFaults(),
  ...wireFaults('terminal-down', 'terminal', 'down'),
  ...wireFaults('terminal-up', 'terminal', 'up'),
  ...wireFaults('pad-up', 'pad', 'up'),
];

/** The id of what waits at the backend. */
export function backendFaultId({ kind, op }: BackendFault): string {
  const row = FAULT_ROWS.find(({ act }) => act.on === 'backend' && act.fault.kind === kind && act.fault.op === op);
  return row?.id ?? `backend.${kind}.${op}`;
}

export function faultRow(id: string): FaultRow | undefined {
  return FAULT_ROWS.find((row) => row.id === id);
}
