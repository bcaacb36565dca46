import { encodeBcd, packDigits } from '../../bytes/bcd.ts';
import type { FinancialCommand } from '../messages.ts';
import { type Message, message } from './apdu.ts';
import { container, type Field, field } from './bmp-list.ts';
import { encodeText } from './charset.ts';
import type { Task, TillSettings, TillState } from './till-state.ts';
import { constructed, type TlvObject, tlv } from './tlv.ts';

// What the till says for each task. `undefined`: ZVT has no words for it.

const PAYMENT_RECEIPTS = 0x02;
const ADMINISTRATION_RECEIPTS = 0x04;
const STATES = 0x08;
const CONTROLS_PAYMENT = 0x10;
const CONTROLS_ADMINISTRATION = 0x20;
const BY_06D = 0x80;

function configByte({ printsOnTill }: TillSettings): number {
  const printing = printsOnTill ? PAYMENT_RECEIPTS | ADMINISTRATION_RECEIPTS | BY_06D : 0;
  return STATES | CONTROLS_PAYMENT | CONTROLS_ADMINISTRATION | printing;
}

/** 06 20: the result again, and no paper */
const TELL_AND_DO_NOT_PRINT = 0x03;

export function requestFor(task: Task, state: TillState): Message | undefined {
  switch (task.kind) {
    case 'register':
      return registration(state.settings);
    case 'look':
      return withPassword('statusEnquiry', state);
    case 'learn':
    case 'query':
      return withPassword('repeatReceipt', state, field('03', Uint8Array.of(TELL_AND_DO_NOT_PRINT)));
    case 'money':
      return moneyRequest(task, state);
    case 'other':
      return otherRequest(task, state);
    case 'late':
      return undefined;
  }
}

function registration({ password, currency, messageIds, ...settings }: TillSettings): Message {
  const head = {
    password: packDigits(password),
    config: Uint8Array.of(configByte({ password, currency, messageIds, ...settings })),
    currency: encodeBcd(currency, 2),
  };
  const allowed = ['06D1', '06D3'].map((code) => tlv('0A', packDigits(code)));
  const objects = [
    ...(settings.printsOnTill ? [constructed('26', ...allowed)] : []),
    ...(messageIds ? [tlv('1F73', encodeBcd(0, 3))] : []),
  ];
  return { command: 'registration', head, fields: objects.length > 0 ? [container(...objects)] : [] };
}

type WithPassword = 'statusEnquiry' | 'repeatReceipt' | 'reversal' | 'refund' | 'endOfDay';

function withPassword(command: WithPassword, { settings }: TillState, ...fields: readonly Field[]): Message {
  return { command, head: { password: packDigits(settings.password) }, fields };
}

type MoneyTask = Extract<Task, { readonly kind: 'money' }>;

function moneyRequest({ command }: MoneyTask, state: TillState): Message | undefined {
  const sync = syncFields(state);
  switch (command.kind) {
    case 'sale':
      return message('authorisation', ...money(command.amount, state), ...sync);
    case 'refund':
      return withPassword('refund', state, ...money(command.amount, state), ...sync);
    case 'preAuth':
      return message('preAuthorisation', ...money(command.amount, state), ...sync);
    case 'completePreAuth':
      return completion(command, state);
    case 'cancelPreAuth': {
      const of = originalReceipt(command);
      return of && message('preAuthReversal', of, ...sync);
    }
    case 'settle':
      return withPassword('endOfDay', state);
    case 'void': {
      const of = originalReceipt(command);
      return of && withPassword('reversal', state, of);
    }
  }
}

type WithOriginal = Extract<FinancialCommand, { readonly original: unknown }>;

/** Without the receipt number there is nothing to take back or to charge: never blindly. */
function originalReceipt({ original: { receipt } }: WithOriginal): Field | undefined {
  return receipt === undefined ? undefined : field('87', packDigits(receipt));
}

type Completion = Extract<FinancialCommand, { readonly kind: 'completePreAuth' }>;

/** 06 24 says what was used of the hold, 06 23 what was not (2.10, 2.13); both name its trace number. */
function completion(command: Completion, state: TillState): Message | undefined {
  const { completesWith = 'bookTotal' } = state.settings;
  const { amount, held, original } = command;
  const said = completesWith === 'bookTotal' ? amount : held === undefined ? -1 : held - amount;
  const of = originalReceipt(command);
  if (!of || said < 0) return undefined;
  const trace = original.trace === undefined ? [] : [field('0B', packDigits(original.trace))];
  return message(completesWith, of, ...money(said, state), ...trace, ...syncFields(state));
}

function money(amount: number, { settings }: TillState): readonly Field[] {
  return [field('04', encodeBcd(amount, 6)), field('49', encodeBcd(settings.currency, 2))];
}

/** 1F1F with length 0 says "I do not know". A 0 would say "I have none", and the terminal would reverse a good sale. */
function syncFields({ settings, sync }: TillState): readonly Field[] {
  return settings.receiptSync ? [container(tlv('1F1F', sync === undefined ? new Uint8Array() : packDigits(sync)))] : [];
}

type OtherTask = Extract<Task, { readonly kind: 'other' }>;

function otherRequest({ command }: OtherTask, state: TillState): Message | undefined {
  switch (command.kind) {
    case 'status':
      return withPassword('statusEnquiry', state);
    case 'reprint':
      return withPassword('repeatReceipt', state, field('03', Uint8Array.of(0x00)));
    case 'display':
      return message('displayText', ...displayLines(command.lines));
    case 'print':
      return message(
        'printBlock',
        container(constructed('25', ...command.lines.map((line) => tlv('07', encodeText(line))))),
      );
    default:
      return undefined;
  }
}

const LINES = ['F1', 'F2', 'F3', 'F4', 'F5', 'F6', 'F7', 'F8'] as const;
const DISPLAY_SECONDS = 10;

function displayLines(lines: readonly string[]): readonly Field[] {
  const texts = LINES.slice(0, lines.length).map((bmp, at) => field(bmp, encodeText(lines[at] ?? '').subarray(0, 99)));
  return [field('F0', Uint8Array.of(DISPLAY_SECONDS)), ...texts];
}

/** 1F73 in the message's container, or in one of its own. */
export function withMessageId(said: Message, id: number): Message {
  const number: TlvObject = tlv('1F73', encodeBcd(id, 3));
  const last = said.fields.at(-1);
  const fields = last?.tlv
    ? [...said.fields.slice(0, -1), container(...last.tlv, number)]
    : [...said.fields, container(number)];
  return { ...said, fields };
}

const LAST_ID = 999_999;

/** 999999 is followed by 000001: 000000 is the registration's. */
export function nextMessageId(id: number): number {
  return id >= LAST_ID ? 1 : id + 1;
}
