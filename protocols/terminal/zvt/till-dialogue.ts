import { decodeBcd } from '../../bytes/bcd.ts';
import type { TerminalEffect, TerminalResult, TransactionKey } from '../messages.ts';
import { type Message, refusal } from './apdu.ts';
import { objectsOf } from './bmp-list.ts';
import { decodeText } from './charset.ts';
import { COMMANDS, type HeadName, REASONS } from './commands.ts';
import { intermediateState } from './intermediate-states.ts';
import { charsetIn, type PrintStep, printLine, receiptBlock, receiptBlocks } from './print.ts';
import { terminalStateText } from './result-codes.ts';
import { begin, doingOf, end } from './till-begin.ts';
import {
  abortedResult,
  answeredResult,
  bareResult,
  codeHex,
  evidence,
  isNamed,
  isSame,
  keyOf,
  lateResult,
  nothingRecovered,
  recoveredResult,
  unknownResult,
} from './till-results.ts';
import { accept, after, answer } from './till-say.ts';
import type { AfterStoring, Doing, Step, TillEffect, TillState } from './till-state.ts';
import type { TlvObject } from './tlv.ts';
import { resultValues } from './values.ts';

// What the terminal says, message by message.

export function heard(before: TillState, said: Message, at: number): Step {
  const id = resultValues(said.fields).messageId;
  // the same message again, because our answer was lost
  if (id !== undefined && id === before.answered?.id && said.command !== 'accepted' && said.command !== 'refused')
    return { state: before, effects: [{ do: 'say', message: before.answered.message }] };
  const state = id === undefined || before.messageId === undefined ? before : { ...before, messageId: id };
  const { phase } = state;
  switch (phase.name) {
    case 'sent':
      return whileSent(state, phase.doing, said, at);
    case 'working':
      return whileWorking(state, phase.doing, said, at);
    case 'storing':
      // it says again what is on its way to the disk; the answer follows
      return { state, effects: [] };
    case 'idle':
      return whileIdle(state, said, at);
    case 'offline':
      // busy with what an earlier till began: it goes on when it is heard, and answers a registration when it is done
      return said.command === 'intermediateStatus' ? accept(state) : { state, effects: [] };
  }
}

function whileSent(state: TillState, doing: Doing, said: Message, at: number): Step {
  if (said.command === 'refused') return refusedStep(state, doing, said.reason ?? 0, at);
  if (said.command === 'accepted')
    return hasCompletion(doing) ? { state: goOn(state, doing, at), effects: [] } : end(state, doing, at);
  // before its 80 00 nothing can be about this command: what comes belongs to an earlier one
  if (said.command === 'statusInformation') return late(state, doing, said, { ...ANSWER, isSent: true });
  return COMMANDS[said.command].from === 'till' ? { state, effects: [] } : accept(state, ...printedNews(said));
}

function hasCompletion({ task }: Doing): boolean {
  return !(task.kind === 'other' && (task.command.kind === 'display' || task.command.kind === 'print'));
}

function goOn(state: TillState, doing: Doing, at: number): TillState {
  return { ...state, phase: { name: 'working', doing, deadline: at + doing.t4Ms } };
}

function refusedStep(state: TillState, doing: Doing, code: number, at: number): Step {
  const { task } = doing;
  if (task.kind === 'money')
    return store(state, doing, bareResult(task.command, 'declined', evidence('refused', code)), {
      acknowledge: false,
      ends: true,
    });
  if (task.kind === 'register')
    return {
      state: { ...state, phase: { name: 'offline' } },
      effects: [notTaken(`registration refused: ${codeHex(code)}`, code)],
    };
  return end(state, doing, at, code);
}

/** `receiver not ready`: it is still at what an earlier process began, and takes the till when that is over */
const NOT_READY = 0xa0;

const notTaken = (why: string, code: number): TillEffect =>
  code === NOT_READY ? { do: 'reconnect', why } : { do: 'reconnect', why, isRefused: true };

function whileWorking(state: TillState, doing: Doing, said: Message, at: number): Step {
  switch (said.command) {
    case 'intermediateStatus':
      return progress(state, doing, said, at);
    case 'statusInformation':
      return resultHeard(state, doing, said, at);
    case 'printLine':
      return lineHeard(state, doing, said as Message<'printLine'>, at);
    case 'printBlock':
      return accept(goOn(state, doing, at), blockNews(said as Message<'printBlock'>));
    case 'completion':
      return completed(state, doing, said, at);
    case 'abortNotice':
      return aborted(state, doing, said, at);
    case 'tellClock':
      // this till has its own clock
      return accept(goOn(state, doing, at));
    case 'accepted':
    case 'refused':
      // of 06 B0, or of nothing
      return { state: goOn(state, { ...doing, abortSaid: false }, at), effects: [] };
    default:
      return answer(goOn(state, doing, at), refusal(REASONS.notPossible));
  }
}

const MINUTE_MS = 60_000;

/** 04 FF starts T4 anew and may set it. */
function progress(state: TillState, doing: Doing, said: Message, at: number): Step {
  const head: Heads = said.head;
  const code = head.intermediate?.[0] ?? 0;
  const minutes = head.minutes && decodeBcd(head.minutes);
  const patient = minutes === undefined || minutes === 0 ? doing : { ...doing, t4Ms: minutes * MINUTE_MS };
  const text = ownText(objectsOf(said.fields)) ?? intermediateState(code)?.text ?? '';
  return accept(goOn(state, patient, at), {
    do: 'tell',
    news: { kind: 'progress', code: codeHex(code), text, timeoutMs: patient.t4Ms },
  });
}

type Heads = Readonly<Partial<Record<HeadName, Uint8Array>>>;

/** The terminal's own words, tag 24 with lines 07. */
function ownText(objects: readonly TlvObject[]): string | undefined {
  const lines = objects
    .filter(({ tag }) => tag === '24')
    .flatMap(({ children = [] }) => children.filter(({ tag }) => tag === '07'));
  return lines.length === 0 ? undefined : lines.map(({ value }) => decodeText(value, charsetIn(objects))).join('\n');
}

/** To the disk; what happens when it is there stands in the phase. */
function store(state: TillState, doing: Doing, result: TerminalResult, next: AfterStoring): Step {
  return {
    state: { ...state, phase: { name: 'storing', doing: { ...doing, result, stored: false }, next } },
    effects: [{ do: 'store-result', result }],
  };
}

const ANSWER: AfterStoring = { acknowledge: true, ends: false };
const ANSWER_AND_END: AfterStoring = { acknowledge: true, ends: true };

/**
 * 1F1F is the receipt's number (terminals.md 1.3). One that is another than the same message's own (BMP 87) is not said back: the
 * terminal would reverse a good sale. Unknown is said instead, with length 0.
 */
function syncOf({ receiptSync, receipt }: ReturnType<typeof resultValues>): string | undefined {
  return receipt === undefined || Number(receipt) === Number(receiptSync) ? receiptSync : undefined;
}

function resultHeard(before: TillState, doing: Doing, said: Message, at: number): Step {
  const values = resultValues(said.fields);
  const key = keyOf(values);
  const state = values.receiptSync === undefined ? before : { ...before, sync: syncOf(values) };
  const { task } = doing;
  if (task.kind === 'learn' || (task.kind === 'query' && !task.query.about)) return lastLearned(state, doing, said, at);
  if (task.kind === 'query' && task.query.about)
    return store(state, doing, recoveredResult(task.query.about, said), ANSWER);
  if (isToldAgain(state, task, key)) return accept(goOn(state, doing, at));
  if (task.kind !== 'money')
    return isAboutMoney(key, values.amount) ? late(state, doing, said, ANSWER) : accept(goOn(state, doing, at));
  // our 80 00 was lost
  if (doing.stored && doing.result && isSame(doing.result.key, key)) return accept(goOn(state, doing, at));
  if (isNamed(key) && state.last && isSame(key, state.last)) return late(state, doing, said, ANSWER);
  return store(state, doing, answeredResult(task.command, said), ANSWER);
}

/** Some terminals answer a registration or an enquiry with their id in a 04 0F: that is nobody's payment. */
function isAboutMoney(key: TransactionKey, amount: number | undefined): boolean {
  return isNamed(key) || amount !== undefined;
}

/** Some terminals say the last result again when its receipt is printed again: it is known. */
function isToldAgain({ last }: TillState, task: Doing['task'], key: TransactionKey): boolean {
  const isReprint = task.kind === 'other' && task.command.kind === 'reprint';
  return isReprint && last !== undefined && isSame(key, last);
}

function late(state: TillState, doing: Doing, said: Message, next: AfterStoring): Step {
  const result = lateResult(said);
  // whatever it belongs to, it is now the terminal's last one
  const last = isNamed(result.key) ? result.key : state.last;
  const isKnown = state.last !== undefined && isNamed(result.key) && isSame(result.key, state.last);
  return {
    state: {
      ...state,
      last,
      phase: { name: 'storing', doing, next: isKnown ? next : { ...next, isUnasked: true } },
    },
    effects: [{ do: 'store-late-result', result }],
  };
}

function lastLearned(state: TillState, doing: Doing, said: Message, at: number): Step {
  const key = keyOf(resultValues(said.fields));
  return accept(goOn({ ...state, last: key }, doing, at), { do: 'tell', news: { kind: 'last', key } });
}

/** A refusal of 06 20 says that there is none; an abort, or a result that could not be read, says nothing. */
function nothingLearned(state: TillState, { lost }: Doing, code: number): TillState {
  return lost || state.last !== undefined || code === REASONS.abortedOrTimedOut ? state : { ...state, last: {} };
}

function lineHeard(state: TillState, doing: Doing, said: Message<'printLine'>, at: number): Step {
  const line = printLine(said, charsetIn(objectsOf(said.fields)));
  const lines: readonly PrintStep[] = [...doing.lines, line];
  const isWhole = line.kind === 'end' || lines.length >= MAX_LINES;
  if (!isWhole) return accept(goOn(state, { ...doing, lines }, at));
  return accept(goOn(state, { ...doing, lines: [] }, at), linesNews(lines));
}

/** A receipt that does not end: 20 m of paper. */
const MAX_LINES = 5_000;

function linesNews(lines: readonly PrintStep[]): TillEffect {
  return {
    do: 'tell',
    news: { kind: 'printed', receipt: 'other', needsSignature: false, blocks: receiptBlocks(lines) },
  };
}

function blockNews(said: Message<'printBlock'>): TerminalEffect & TillEffect {
  const { type, needsSignature, steps, qr } = receiptBlock(said);
  const receipt = type === 'merchant' || type === 'customer' ? type : 'other';
  return { do: 'tell', news: { kind: 'printed', receipt, needsSignature, blocks: receiptBlocks(steps, qr) } };
}

/** Lines whose end never came are printed all the same. */
function leftLines({ lines }: Doing): readonly TillEffect[] {
  return lines.length > 0 ? [linesNews(lines)] : [];
}

function completed(state: TillState, doing: Doing, said: Message, at: number): Step {
  const { task, result } = doing;
  const over = (next: TillState, ...news: readonly TillEffect[]) =>
    after(accept(next, ...leftLines(doing), ...news), (now) => end(now, doing, at));
  switch (task.kind) {
    case 'register':
      return over({ ...state, messageId: resultValues(said.fields).messageId });
    case 'look':
      return looked(state, doing, said, at);
    case 'learn':
      return over(state);
    case 'query':
      if (task.query.about && !result && !doing.lost)
        return store(state, doing, nothingRecovered(task.query.about, undefined), ANSWER_AND_END);
      return over(state);
    case 'other':
      return task.command.kind === 'status' ? over(state, statusNews(said)) : over(state);
    case 'late':
      return over(state);
    case 'money':
      if (result?.standing === 'provisional') {
        const { state: next, effects } = store(state, doing, { ...result, standing: 'final' }, ANSWER_AND_END);
        return { state: next, effects: [...leftLines(doing), ...effects] };
      }
      if (result) return over(state);
      return store(state, doing, withoutResult(task), ANSWER_AND_END);
  }
}

/** An end of day may say nothing but that it is over; a payment without a result is none that anybody knows. */
function withoutResult({ command }: Extract<Doing['task'], { readonly kind: 'money' }>): TerminalResult {
  return command.kind === 'settle'
    ? bareResult(command, 'approved', evidence('answer'))
    : unknownResult(command, evidence('cannot-tell'));
}

const PLEASE_WAIT = REASONS.pleaseWait;

/** 05 01 was answered: only an idle terminal is asked what happened last. */
function looked(state: TillState, doing: Doing, said: Message, at: number): Step {
  const head: Heads = said.head;
  const code = head.state?.[0] ?? 0;
  const { task } = doing;
  return after(accept(state, statusNews(said)), (now) => {
    if (task.kind !== 'look' || code === PLEASE_WAIT) return end(now, doing, at, code);
    return begin(now, { kind: 'query', query: task.query }, at);
  });
}

function statusNews(said: Message): TillEffect {
  const head: Heads = said.head;
  const code = head.state?.[0] ?? 0;
  const version = head.version && decodeText(head.version);
  return {
    do: 'tell',
    news: {
      kind: 'status',
      isIdle: code !== PLEASE_WAIT,
      code: codeHex(code),
      text: terminalStateText(code) ?? '',
      ...(version !== undefined && { version }),
    },
  };
}

function aborted(state: TillState, doing: Doing, said: Message, at: number): Step {
  const head: Heads = said.head;
  const code = head.result?.[0] ?? REASONS.abortedOrTimedOut;
  const { task, result } = doing;
  const over = (next: TillState) => after(accept(next, ...leftLines(doing)), (now) => end(now, doing, at, code));
  if (task.kind === 'register')
    return accept({ ...state, phase: { name: 'offline' } }, notTaken(`registration aborted: ${codeHex(code)}`, code));
  if (task.kind === 'learn') return after(accept(nothingLearned(state, doing, code)), (now) => end(now, doing, at));
  if (task.kind === 'query' && task.query.about && !result && !doing.lost)
    return store(state, doing, nothingRecovered(task.query.about, code), ANSWER_AND_END);
  if (task.kind !== 'money') return over(state);
  if (!result) return store(state, doing, abortedResult(task.command, code), ANSWER_AND_END);
  if (result.outcome !== 'approved') return over(state);
  // the terminal takes its yes back
  return store(state, doing, { ...abortedResult(task.command, code), key: result.key }, ANSWER_AND_END);
}

/** Nobody is waiting for anything. */
function whileIdle(state: TillState, said: Message, at: number): Step {
  if (said.command === 'accepted' || said.command === 'refused') return { state, effects: [] };
  if (said.command === 'statusInformation') return late(state, doingOf({ kind: 'late' }, at), said, ANSWER_AND_END);
  if (COMMANDS[said.command].from === 'till') return { state, effects: [] };
  return accept(state, ...printedNews(said));
}

/** A receipt is printed, whatever it is about. */
function printedNews(said: Message): readonly TillEffect[] {
  return said.command === 'printBlock' ? [blockNews(said as Message<'printBlock'>)] : [];
}
