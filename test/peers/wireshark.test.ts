import { type ExecFileSyncOptions, execFileSync } from 'node:child_process';
import { mkdtempSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { expect, it } from 'vitest';
import { toHex } from '../../protocols/bytes/hex.ts';
import { TERMINALS, type TerminalPersonality } from '../../simulator/personalities/terminals.ts';
import { needs } from '../needs.ts';
import { ZvtCounter } from '../terminals/zvt-counter.ts';

// Wireshark has a reader of ZVT that knows nothing of ours. It reads what our till and our terminal say to each other over
// TCP: each message by its name, each amount, number and line of text where we mean it, and nothing malformed.

const FIELDS = [
  'zvt.control_field',
  'zvt.ccrc',
  'zvt.int_status',
  'zvt.result_code',
  'zvt.amount',
  'zvt.cc',
  'zvt.trace_number',
  'zvt.date',
  'zvt.time',
  'zvt.expiry_date',
  'zvt.card_number',
  'zvt.terminal_id',
  'zvt.card_name',
  'zvt.tlv.permitted_command',
  'zvt.tlv.receipt_type',
  'zvt.tlv.text_lines.line',
  '_ws.malformed',
  '_ws.expert.message',
] as const;

type Reading = Readonly<Partial<Record<(typeof FIELDS)[number], string>>>;

/** One reading for each message of the conversation. */
function readByWireshark(line: ZvtCounter['line']): readonly Reading[] {
  const folder = mkdtempSync(join(tmpdir(), 'tillwire-wireshark-'));
  try {
    const dump = line.map(({ from, bytes }) => `${from === 'till' ? 'O' : 'I'} 000000 ${spaced(bytes)}\n`).join('');
    writeFileSync(join(folder, 'line.txt'), dump);
    const capture = join(folder, 'line.pcap');
    execFileSync('text2pcap', ['-q', '-D', '-T', '40000,20007', join(folder, 'line.txt'), capture], QUIET);
    const columns = FIELDS.flatMap((name) => ['-e', name]);
    const options = ['-r', capture, '-d', 'tcp.port==20007,zvt', '-T', 'fields', '-E', 'separator=|', ...columns];
    const read = execFileSync('tshark', options, { ...QUIET, encoding: 'utf8' });
    return read.trimEnd().split('\n').map(reading);
  } finally {
    rmSync(folder, { recursive: true, force: true });
  }
}

/** both say on stderr that root runs them */
const QUIET: ExecFileSyncOptions = { stdio: ['ignore', 'pipe', 'ignore'], timeout: 60_000 };

const spaced = (bytes: Uint8Array) => (toHex(bytes).match(/../g) ?? []).join(' ');

function reading(row: string): Reading {
  const values = row.split('|');
  return Object.fromEntries(FIELDS.map((name, at) => [name, values[at] ?? '']).filter(([, value]) => value !== ''));
}

/** A sale, a refusal, money back twice, the end of the day. */
function dayOf(personality: TerminalPersonality): readonly Reading[] {
  const counter = new ZvtCounter({ transport: 'tcp', personality });
  const sold = counter.sale(1250);
  counter.sale(1251);
  counter.money({ kind: 'refund', reference: 'R1', amount: 300 });
  counter.money({ kind: 'void', reference: 'V1', amount: 1250, original: sold.key });
  counter.money({ kind: 'settle', reference: 'E1' });
  return readByWireshark(counter.line);
}

/** Commands with what they are about; answers and lines of receipts are counted elsewhere. */
function talk(said: readonly Reading[]): readonly string[] {
  return said.flatMap((one) => {
    const control = one['zvt.control_field']?.slice(2);
    if (control === undefined || /^06d[13]|04ff/.test(control)) return [];
    const about = [one['zvt.result_code']?.slice(2), one['zvt.amount'], one['zvt.trace_number']];
    return [[control, ...about].filter((word) => word !== undefined).join(' ')];
  });
}

const DAY: readonly string[] = [
  '0600',
  '060f',
  '061e 83',
  '0601 1250',
  '040f 00 1250 000001',
  '060f',
  '0601 1251',
  '040f 51 1251 000002',
  '061e 51',
  '0631 300',
  '040f 00 300 000003',
  '060f',
  '0630',
  '040f 00 1250 000004',
  '060f',
  '0650',
  '040f 00 0',
  '060f',
];

needs('tshark')('Wireshark reads what our till and our terminal say to each other', () => {
  it('a day at a plain terminal: every amount, code and number, and each message is answered', () => {
    const said = dayOf(TERMINALS['zvt-plain']);
    expect(talk(said)).toEqual(DAY);
    const result = said.find((one) => one['zvt.trace_number'] === '000001');
    expect(result).toMatchObject({
      'zvt.cc': '0x0978',
      'zvt.date': '11/22',
      'zvt.time': '17:00:01',
      'zvt.expiry_date': '31/12',
      'zvt.card_number': '????????????0119',
      'zvt.terminal_id': '00000104',
    });
    const answers = said.filter((one) => one['zvt.ccrc'] === '0x80');
    expect(answers).toHaveLength(said.length / 2);
    expect(said.filter((one) => one['_ws.malformed'] ?? one['_ws.expert.message'])).toEqual([]);
  });

  it('receipts as blocks, with their type and every line', () => {
    const said = dayOf(TERMINALS['zvt-modern']);
    const blocks = said.filter((one) => one['zvt.control_field'] === '0x06d3');
    expect(blocks.map((one) => one['zvt.tlv.receipt_type'])).toEqual(RECEIPTS);
    expect(blocks[0]?.['zvt.tlv.text_lines.line']?.split(',')).toEqual(
      expect.arrayContaining(['** KUNDENBELEG **', 'Beleg-Nr                          0001', 'Zahlung erfolgt']),
    );
    expect(said.filter((one) => one['_ws.malformed'] ?? one['_ws.expert.message'])).toEqual([]);
  });
});

/** customer, four times, and the end of the day */
const RECEIPTS: readonly string[] = ['0x0002', '0x0002', '0x0002', '0x0002', '0x0004'];
