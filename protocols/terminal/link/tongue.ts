import {
  type AckedReading,
  type AckedRequest,
  type AckedTongue,
  type LateResult,
  resultAbout,
} from '../acked-dialogue.ts';
import { countedBody, countedShape, encodeCountedFrame } from '../counted-frame.ts';
import type { FinancialCommand, Pending, TerminalCommand, TerminalOutcome, TransactionKey } from '../messages.ts';
import { decodeLinkBody, encodeLinkBody, type Head, type LinkBody, type LinkField, linkField } from './body.ts';
import type { LinkDialect } from './dialects.ts';

const SPOKEN = [
  'sale',
  'void',
  'refund',
  'settle',
  'preAuth',
  'completePreAuth',
  'cancelPreAuth',
] as const satisfies readonly FinancialCommand['kind'][];

/** What a till says to a terminal of the Link family, and what it makes of the answers. */
export function linkTongue(dialect: LinkDialect): AckedTongue {
  const { transactions, reference } = dialect;
  const commands = SPOKEN.filter((kind) => kind in transactions);
  return {
    capabilities: {
      commands: [...commands, 'cleared', ...(transactions.inquiry === undefined ? [] : (['queryByRef'] as const))],
      correlation: 'ecn' in reference ? 'echo' : 'reference',
      finalWhen: 'answered',
      printsOnTill: false,
      signatureImage: false,
      reference: {
        length: 'ecn' in reference ? reference.ecn : reference.length,
        characters: 'ecn' in reference ? 'digits' : 'letters-and-digits',
      },
      maxAmount: dialect.maxAmount,
    },
    shape: countedShape,
    times: dialect.times,
    request: (command) => request(dialect, command),
    unasked: (frame) => {
      const body = bodyOf(dialect, frame);
      return body && isAnswer(body) ? late(dialect, body) : undefined;
    },
  };
}

function request(dialect: LinkDialect, command: TerminalCommand): AckedRequest | undefined {
  switch (command.kind) {
    case 'sale':
    case 'refund':
    case 'void':
    case 'settle':
    case 'preAuth':
    case 'completePreAuth':
    case 'cancelPreAuth': {
      const fields = fieldsOf(dialect, command);
      const tx = dialect.transactions[command.kind];
      return fields && ask(dialect, tx, { command }, fields, (body) => resultOf(dialect, { command }, body));
    }
    case 'queryByRef': {
      const { about } = command;
      const fields = 'ecn' in dialect.reference ? undefined : [ownField(dialect.reference, about.command.reference)];
      const tx = dialect.transactions.inquiry;
      return fields && ask(dialect, tx, about, fields, (body) => inquired(dialect, about, body));
    }
    default:
      return undefined;
  }
}

/** `undefined`: the command lacks what makes it safe, or its amount has no place. */
function fieldsOf(dialect: LinkDialect, command: FinancialCommand): LinkField[] | undefined {
  const own = 'ecn' in dialect.reference ? [] : [ownField(dialect.reference, command.reference)];
  if (command.kind === 'settle') return [...(dialect.constant.settle ?? [])];
  // without its trace number nobody knows which transaction would be made void, or charged
  const trace = 'original' in command ? traceField(command.original) : [];
  if (!trace) return undefined;
  if (command.kind === 'void' || command.kind === 'cancelPreAuth') return [...trace, ...own];
  if (command.amount < 1 || command.amount > dialect.maxAmount) return undefined;
  const constant = command.kind === 'sale' ? (dialect.constant.sale ?? []) : [];
  return [...constant, ['40', String(command.amount).padStart(12, '0')], ...trace, ...own];
}

function traceField({ trace }: TransactionKey): LinkField[] | undefined {
  return trace !== undefined && /^\d{6}$/.test(trace) ? [['65', trace]] : undefined;
}

function ownField(
  { field, length }: { readonly field: string; readonly length: number },
  reference: string,
): LinkField {
  return [field, reference.padEnd(length)];
}

function ask(
  dialect: LinkDialect,
  tx: string | undefined,
  { command }: Pending,
  fields: readonly LinkField[],
  answered: (body: LinkBody) => AckedReading,
): AckedRequest | undefined {
  const { length } = 'ecn' in dialect.reference ? { length: dialect.reference.ecn } : dialect.reference;
  const pattern = 'ecn' in dialect.reference ? /^\d+$/ : /^[0-9A-Z]+$/;
  const fits = pattern.test(command.reference) && command.reference.length <= length;
  if (tx === undefined || !fits || ('ecn' in dialect.reference && command.reference.length !== length))
    return undefined;
  const frame = encodeCountedFrame(
    encodeLinkBody(dialect.head, { head: headOf(dialect, tx, command.reference), fields }),
  );
  return {
    frame,
    read: (heard) => {
      const body = bodyOf(dialect, heard);
      if (!body || !isAnswer(body)) return { kind: 'strange' };
      const owner = valueOf(body, 'tx') === tx ? whose(dialect, command, body) : 'other';
      if (owner === 'other') return { kind: 'late', result: late(dialect, body) };
      return owner === 'ours' ? answered(body) : result(dialect, { command }, body, 'unknown', 'cannot-tell');
    },
  };
}

function headOf({ head }: LinkDialect, tx: string, reference: string): LinkBody['head'] {
  const values: Readonly<Record<string, string>> = {
    transport: '6000000000',
    version: 'ecn' in head ? '01' : '1',
    req_resp: '0',
    tx,
    resp: '00',
    more: '0',
    ecn: reference,
  };
  return Object.fromEntries(Object.keys(head).map((name) => [name, values[name] ?? ''])) as LinkBody['head'];
}

function bodyOf({ head }: { readonly head: Head }, frame: Uint8Array): LinkBody | undefined {
  const inside = countedBody(frame);
  const body = inside && decodeLinkBody(head, inside);
  return body === undefined || typeof body === 'string' ? undefined : body;
}

function valueOf({ head }: LinkBody, name: string): string | undefined {
  const values: Readonly<Record<string, string>> = head;
  return values[name];
}

/** NETS has no mark for it: its till never gets a request. */
function isAnswer(body: LinkBody): boolean {
  return (valueOf(body, 'req_resp') ?? '1') === '1';
}

/** By the reference that came back; where none did, by the amount. Without either nobody can tell. */
function whose(dialect: LinkDialect, command: FinancialCommand, body: LinkBody): 'ours' | 'other' | 'cannot-tell' {
  if ('ecn' in dialect.reference) return valueOf(body, 'ecn') === command.reference ? 'ours' : 'other';
  const echoed = linkField(body, dialect.reference.field)?.trimEnd();
  if (echoed !== undefined && echoed !== '') return echoed === command.reference ? 'ours' : 'other';
  const amount = amountOf(body);
  if (amount !== undefined && 'amount' in command) return amount === command.amount ? 'ours' : 'other';
  return command.kind === 'settle' ? 'ours' : 'cannot-tell';
}

function codeOf(dialect: LinkDialect, body: LinkBody): string {
  return valueOf(body, dialect.responseIn) ?? '';
}

function amountOf(body: LinkBody): number | undefined {
  const text = linkField(body, '40');
  return text !== undefined && /^\d{12}$/.test(text) ? Number(text) : undefined;
}

function resultOf(dialect: LinkDialect, pending: Pending, body: LinkBody): AckedReading {
  const outcome = dialect.outcomes[codeOf(dialect, body)] ?? 'unknown';
  return result(dialect, pending, body, outcome, 'answer');
}

/** The terminal was asked what became of a reference. */
function inquired(dialect: LinkDialect, pending: Pending, body: LinkBody): AckedReading {
  const code = codeOf(dialect, body);
  if (dialect.outcomes[code] === 'approved') return result(dialect, pending, body, 'approved', 'query');
  const isNothing = dialect.inquiryFoundNothing.includes(code);
  return result(dialect, pending, body, isNothing ? 'declined' : 'unknown', isNothing ? 'query' : 'cannot-tell');
}

function result(
  dialect: LinkDialect,
  pending: Pending,
  body: LinkBody,
  outcome: TerminalOutcome,
  by: 'answer' | 'query' | 'cannot-tell',
): AckedReading {
  const said = late(dialect, body);
  const { command } = pending;
  const isOther =
    outcome === 'approved' && 'amount' in command && said.amount !== undefined && said.amount !== command.amount;
  return {
    kind: 'result',
    result: {
      ...resultAbout(pending),
      ...said,
      outcome: isOther ? 'unknown' : outcome,
      evidence: { ...said.evidence, by: isOther ? 'other-amount' : by },
    },
  };
}

function late(dialect: LinkDialect, body: LinkBody): LateResult {
  const amount = amountOf(body);
  const code = codeOf(dialect, body);
  const text = linkField(body, '02')?.trimEnd();
  const pan = linkField(body, '30')?.trimEnd();
  const name = linkField(body, 'D2')?.trimEnd();
  return {
    outcome: dialect.outcomes[code] ?? 'unknown',
    ...(amount !== undefined && { amount }),
    key: keyOf(body),
    // some terminals send the whole number: no more than its last four digits leaves this room
    ...(pan !== undefined && { card: { pan: `************${pan.slice(-4)}`, ...(name !== undefined && { name }) } }),
    standing: 'final',
    evidence: { by: 'answer', code, ...(text !== undefined && text !== '' && { text }) },
  };
}

function keyOf(body: LinkBody): TransactionKey {
  const named = {
    trace: linkField(body, '65'),
    terminalId: linkField(body, '16'),
    date: linkField(body, '03')?.slice(-4),
    time: linkField(body, '04'),
    authorisation: linkField(body, '01'),
    rrn: linkField(body, 'D3'),
    batch: linkField(body, '50'),
  };
  const said = Object.entries(named).filter((entry): entry is [string, string] => (entry[1]?.trim() ?? '') !== '');
  return Object.fromEntries(said.map(([name, value]) => [name, value.trim()]));
}
