import type { Block, Document } from '../../../protocols/document/document.ts';
import { type Locale, say, word } from '../words.ts';
import { field, head, note, tail, trainingMark } from './blocks.ts';

// What the till prints about itself.

/** 交班单 and 日结单: what was taken, by channel, and what is still open. */
export function reportDocument(kind: 'shift' | 'day', locale: Locale): Document {
  const [zh, en] = kind === 'shift' ? ['交班单', 'Shift report'] : ['日结单', 'Day report'];
  return {
    v: 1,
    blocks: [
      ...head(locale, zh, en),
      { type: 'rule' },
      field(locale, 'merchantNo'),
      field(locale, 'terminalNo'),
      field(locale, 'operatorNo'),
      field(locale, 'shiftNo'),
      field(locale, 'from'),
      field(locale, 'until'),
      { type: 'rule' },
      {
        type: 'table',
        each: 'rows',
        columns: [
          { title: word(locale, 'kind'), text: '{{kind}}', share: 1, above: true },
          { title: word(locale, 'count'), text: '{{count}}', align: 'right' },
          { title: word(locale, 'sum'), text: '{{amount}}', align: 'right' },
        ],
      },
      { type: 'rule' },
      field(locale, 'sales'),
      field(locale, 'refunds'),
      field(locale, 'discounts'),
      field(locale, 'fees'),
      field(locale, 'net', 'net', 'tall'),
      { type: 'rule' },
      field(locale, 'reversed'),
      field(locale, 'open'),
      field(locale, 'standingHolds'),
      {
        type: 'table',
        each: 'held',
        columns: [
          { text: '{{order}}', share: 1 },
          { text: '{{amount}}', align: 'right' },
        ],
      },
      field(locale, 'drawerOpened'),
      field(locale, 'journalHash'),
      { type: 'spacer' },
      { type: 'text', text: say(locale, '交班人签字', 'Signature') },
      { type: 'signature', name: 'signature', lines: 2 },
      ...trainingMark(locale, 'below'),
      { type: 'cut' },
    ],
  };
}

/** What `doctor` found, for the technician's file. */
export function diagnosisDocument(locale: Locale): Document {
  return {
    v: 1,
    blocks: [
      ...head(locale, '诊断单', 'Diagnosis'),
      { type: 'rule' },
      ...machine(locale),
      { type: 'rule' },
      {
        type: 'table',
        each: 'checks',
        columns: [
          { text: '{{title}}', share: 1, above: true },
          { text: '{{status}}', align: 'right' },
        ],
      },
      { type: 'rule' },
      { type: 'table', when: 'remedies', each: 'remedies', columns: [{ text: '{{text}}', share: 1 }] },
      { type: 'rule', when: 'remedies' },
      { type: 'text', text: '{{verdict}}', align: 'center', size: 'tall', bold: true },
      { type: 'cut' },
    ],
  };
}

/** Why this terminal may not collect, and whom to call: what the clerk's screen says, to be kept or handed on. */
export function terminalDocument(locale: Locale): Document {
  return {
    v: 1,
    blocks: [
      ...head(locale, '终端状态单', 'Terminal state'),
      { type: 'rule' },
      ...machine(locale),
      { type: 'rule' },
      { type: 'text', text: '{{state}}', align: 'center', size: 'tall', bold: true },
      { type: 'text', when: 'reason', text: '{{reason}}', align: 'center' },
      { type: 'rule' },
      field(locale, 'from', 'since'),
      field(locale, 'until'),
      field(locale, 'referenceNo'),
      { type: 'text', when: 'action', text: '{{action}}', bold: true },
      ...tail(locale),
    ],
  };
}

/** The short code that joins a new till to its shop. */
export function pairingDocument(locale: Locale): Document {
  return {
    v: 1,
    blocks: [
      ...head(locale, '终端配对码', 'Pairing code'),
      { type: 'rule' },
      ...machine(locale),
      { type: 'spacer' },
      { type: 'text', text: '{{code}}', align: 'center', size: 'large', bold: true },
      { type: 'qr', text: '{{code}}', mm: 25 },
      note(say(locale, '有效期至 {{expiresAt}}', 'Valid until {{expiresAt}}')),
      note(say(locale, '仅用一次，请勿拍照外传', 'Works once. Keep it to yourself')),
      { type: 'spacer' },
      ...tail(locale),
    ],
  };
}

function machine(locale: Locale): Block[] {
  return [field(locale, 'till'), field(locale, 'version'), field(locale, 'printedAt')];
}
