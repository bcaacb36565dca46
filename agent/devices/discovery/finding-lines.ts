import type { DeviceFinding, Usable } from './findings.ts';
import type { PresenceEvent } from './presence.ts';

// What `tillwire devices` says to a person: Chinese first, English behind it.

const KINDS = {
  scanner: '扫码枪 scanner',
  printer: '打印机 printer',
  adapter: '串口 serial port',
  keyboard: '键盘 keyboard',
  other: '其他 other',
} as const satisfies Record<DeviceFinding['kind'], string>;

const MARKS: Readonly<Record<Usable, string>> = {
  ready: '✓',
  better: '!',
  switch: '✗',
  denied: '✗',
  unknown: '?',
  no: '-',
};

/** What belongs to a till first, most certain first. */
export function inOrder(findings: readonly DeviceFinding[]): DeviceFinding[] {
  const kinds = Object.keys(KINDS);
  return [...findings].sort((a, b) => kinds.indexOf(a.kind) - kinds.indexOf(b.kind) || b.points - a.points);
}

export function findingLines(finding: DeviceFinding): string[] {
  const { kind, usable, make, model, id, mode, paths, address, language, setting, hasTwin, advice } = finding;
  const name = [make, model].filter((part) => part !== undefined && part !== '').join(' ');
  const lines = [
    [MARKS[usable], KINDS[kind], name, id, mode].filter((part) => part !== undefined && part !== '').join('  '),
  ];
  if (usable === 'no') return lines;
  if (paths.length > 0) lines.push(`    端口 paths     ${paths.join('  ')}`);
  if (address !== undefined) lines.push(`    地址 address   "path": "${address}"${languageWords(language)}`);
  lines.push(`    ${advice.zh}`, `    ${advice.en}`);
  if (setting)
    lines.push(`    设置码 setting barcode   Code 128, FNC3 + ${JSON.stringify(setting.says)}`, sheetLine(id));
  if (hasTwin)
    lines.push(`    有两个相同的设备，按插口区分 / two of the same kind: told apart by the socket they are in`);
  return lines;
}

function sheetLine(id: string): string {
  return `    打印设置码 print it      tillwire devices --sheet ${id}`;
}

function languageWords(language: string | undefined): string {
  return language === undefined || language === 'line' ? '' : `, "language": "${language}"`;
}

export const NOTHING_FOUND = [
  '没有发现设备：检查连接线和 USB 集线器的电源',
  'no devices found: check the cables and the power of the USB hub',
];

export function eventLine(event: PresenceEvent, finding: DeviceFinding | undefined): string {
  const what = finding ? `${KINDS[finding.kind]} ${event.id}` : event.id;
  switch (event.kind) {
    case 'arrived':
      return `+ 接入 arrived   ${what}`;
    case 'left':
      return `- 拔出 left      ${what}`;
    case 'changed':
      return `~ 变化 changed   ${what}`;
    case 'flapping':
      return `! 接触不良，一分钟内断开 ${event.times} 次：检查插头、线和供电 / loose: left ${event.times} times within a minute, check plug, cable and power   ${what}`;
    default:
      return event satisfies never;
  }
}
