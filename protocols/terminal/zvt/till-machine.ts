import { type CommandKind, isFinancial, type Pending, type TerminalCommand, type TerminalResult } from '../messages.ts';
import { message, refusal } from './apdu.ts';
import { REASONS } from './commands.ts';
import { type BreakReason, begin, breakOff, end, T3_MS } from './till-begin.ts';
import { heard } from './till-dialogue.ts';
import { isNamed } from './till-results.ts';
import { accept, after, answer } from './till-say.ts';
import {
  type AfterStoring,
  type Doing,
  type Phase,
  type Step,
  type TillEffect,
  type TillInput,
  type TillState,
} from './till-state.ts';

// The till's side of ZVT as one pure function: (state, input) -> state and effects, in this order.
//
//   offline ─connected─▶ sent: 06 00 ─▶ working ─▶ sent: 06 20 ─▶ working ─▶ idle
//   idle ─command─▶ sent ─80 00─▶ working ─04 0F─▶ storing ─stored─▶ working ─06 0F, 06 1E─▶ (storing) ─▶ idle
//
// - The result is on disk before the terminal hears 80 00; a yes that could not be written down is answered with 84 B1, and
//   the terminal reverses it.
// - A time-out or a lost link behind the first byte of a money command leaves it `pending`: nothing else touches money until
//   05 01 and 06 20 have said what became of it, or a person has.
// - A repeat on the serial line repeats the same bytes (serial-link.ts); nothing here says a money command twice.

export function step(state: TillState, input: TillInput): Step {
  switch (input.kind) {
    case 'connected':
      return after(broken(state, 'link-lost', 'idle'), (now) =>
        begin({ ...now, last: undefined, messageId: undefined, answered: undefined }, { kind: 'register' }, input.at),
      );
    case 'disconnected':
      return broken(state, 'link-lost', 'offline');
    case 'delivered':
      return delivered(state, input.at);
    case 'not-delivered':
      return withReconnect(broken(state, 'no-answer', 'offline'), 'nothing is acknowledged');
    case 'time':
      return timePassed(state, input.at);
    case 'command':
      return commanded(state, input.command, input.at);
    case 'heard':
      return heard(state, input.message, input.at);
    case 'unreadable':
      return unreadable(state, input.unknownField);
    case 'stored':
      return stored(state, input.at);
    case 'not-stored':
      return notStored(state, input.at);
  }
}

export function nextDeadline({ phase }: TillState): number | undefined {
  return phase.name === 'sent' || phase.name === 'working' ? Math.min(phase.deadline, phase.doing.until) : undefined;
}

function delivered(state: TillState, at: number): Step {
  const { phase } = state;
  return {
    state: phase.name === 'sent' ? { ...state, phase: { ...phase, deadline: at + T3_MS } } : state,
    effects: [],
  };
}

/** What could not be read may have been the result: nothing is concluded from its absence. */
function unreadable(state: TillState, unknownField: boolean): Step {
  const { phase } = state;
  if (phase.name !== 'sent' && phase.name !== 'working') return { state, effects: [] };
  const on: TillState = { ...state, phase: { ...phase, doing: { ...phase.doing, lost: true } } };
  return answer(on, refusal(unknownField ? REASONS.notPossible : REASONS.protocolError));
}

function broken(state: TillState, why: BreakReason, next: 'idle' | 'offline'): Step {
  const { phase } = state;
  if (!('doing' in phase)) return { state: { ...state, phase: { name: next } }, effects: [] };
  return breakOff(state, phase.doing, why, next);
}

function withReconnect({ state, effects }: Step, why: string): Step {
  return { state, effects: [...effects, { do: 'reconnect', why }] };
}

function timePassed(state: TillState, at: number): Step {
  const due = nextDeadline(state);
  if (due === undefined || at < due) return { state, effects: [] };
  return withReconnect(broken(state, 'no-answer', 'offline'), 'no answer in time');
}

function commanded(state: TillState, command: TerminalCommand, at: number): Step {
  const { phase, pending, last } = state;
  const no = (why: 'busy' | 'not-connected' | 'unsupported' | 'recover-first'): Step => ({
    state,
    effects: [notDone(command.kind, why)],
  });
  if (command.kind === 'abort') return abort(state, no);
  if (command.kind === 'cleared') return cleared(state, command.reference, at);
  if (phase.name === 'offline') return no('not-connected');
  if (phase.name !== 'idle') return no('busy');
  if (command.kind === 'queryLast') return begin(state, { kind: 'look', query: withBefore(command, pending) }, at);
  if (!isFinancial(command)) return begin(state, { kind: 'other', command }, at);
  return pending ? no('recover-first') : begin(state, { kind: 'money', command, before: last }, at);
}

type Question = Extract<TerminalCommand, { readonly kind: 'queryLast' }>;

/** Whoever asks may have forgotten what was before; this machine has not, unless it is new. The question keeps it to its end. */
function withBefore(query: Question, pending: Pending | undefined): Question {
  const { about } = query;
  const isIt = about !== undefined && pending?.command.reference === about.command.reference;
  return isIt && !about.before && pending.before ? { ...query, about: { ...about, before: pending.before } } : query;
}

function notDone(command: CommandKind, why: 'busy' | 'not-connected' | 'unsupported' | 'recover-first'): TillEffect {
  return { do: 'tell', news: { kind: 'not-done', command, why } };
}

/** 06 B0 may be said while the terminal has the word. What became of the command is said by the command's own end. */
function abort(state: TillState, no: (why: 'busy') => Step): Step {
  const { phase } = state;
  if (phase.name !== 'working' || phase.doing.abortSaid) return no('busy');
  const doing: Doing = { ...phase.doing, abortSaid: true };
  return { state: { ...state, phase: { ...phase, doing } }, effects: [{ do: 'say', message: message('abort') }] };
}

/** Nobody knows what the person found: the terminal is asked what its last transaction is before the next one. */
function cleared(state: TillState, reference: string, at: number): Step {
  const isIt = state.pending?.command.reference === reference;
  const effect: TillEffect = { do: 'tell', news: { kind: 'done', command: 'cleared', ok: isIt } };
  if (!isIt) return { state, effects: [effect] };
  const free: Step = { state: { ...state, pending: undefined, last: undefined }, effects: [effect] };
  return state.phase.name === 'idle' ? after(free, (now) => begin(now, { kind: 'learn' }, at)) : free;
}

function stored(state: TillState, at: number): Step {
  const { phase } = state;
  // the link broke meanwhile: what was stored is superseded by an `unknown`
  if (phase.name !== 'storing') return { state, effects: [] };
  const { doing, next } = phase;
  const known = settled(state, doing);
  const on: TillState = { ...known, phase: resumed({ ...doing, stored: true }, next, at) };
  const said: Step = next.acknowledge ? accept(on) : { state: on, effects: [] };
  return over(said, doing, next, at);
}

function resumed(doing: Doing, { isSent }: AfterStoring, at: number): Phase {
  return isSent ? { name: 'sent', doing, deadline: at + T3_MS } : { name: 'working', doing, deadline: at + doing.t4Ms };
}

/** What is on disk is known: the terminal's last transaction, and whether somebody still has to ask. */
function settled(state: TillState, { task, result }: Doing): TillState {
  if (!result || (task.kind !== 'money' && task.kind !== 'query')) return state;
  const last = isNamed(result.key) && result.standing === 'final' ? result.key : state.last;
  const pending = result.outcome === 'unknown' ? (state.pending ?? pendingOf(task)) : withoutPending(state, result);
  return { ...state, last, pending };
}

function pendingOf(task: Doing['task']): Pending | undefined {
  if (task.kind === 'query') return task.query.about;
  return task.kind === 'money' ? { command: task.command, ...(task.before && { before: task.before }) } : undefined;
}

function withoutPending({ pending }: TillState, { reference, standing }: TerminalResult): Pending | undefined {
  return standing === 'final' && pending?.command.reference === reference ? undefined : pending;
}

/** The terminal must not believe that we have what we have not. */
function notStored(state: TillState, at: number): Step {
  const { phase } = state;
  if (phase.name !== 'storing') return { state, effects: [] };
  const { doing, next } = phase;
  if (next.isUnasked) return unaskedNotStored(state, doing, next, at);
  const { result, ...rest } = doing;
  const without: Doing = { ...rest, lost: true };
  const on: TillState = { ...state, phase: resumed(without, next, at) };
  // a yes, or what names another amount: the terminal has booked it, and takes it back when it is refused
  const isBooked = result?.outcome === 'approved' || result?.outcome === 'unknown';
  if (isBooked && !next.ends) return answer(on, refusal(MEMORY_FULL));
  // the dialogue is over, and nothing of it is on disk: somebody has to ask again
  const pending = pendingOf(doing.task) ?? state.pending;
  return over(
    next.acknowledge ? accept({ ...on, pending }) : { state: { ...on, pending }, effects: [] },
    without,
    next,
    at,
  );
}

/** It waits for a till that is no more: refused, it is taken back. What the terminal's last one is then, nobody knows. */
function unaskedNotStored(state: TillState, doing: Doing, next: AfterStoring, at: number): Step {
  const lost: Doing = { ...doing, lost: true };
  const on: TillState = { ...state, last: undefined, phase: resumed(lost, next, at) };
  return over(answer(on, refusal(MEMORY_FULL)), lost, next, at);
}

function over(said: Step, doing: Doing, { ends }: AfterStoring, at: number): Step {
  return ends ? after(said, (now) => end(now, doing, at)) : said;
}

const MEMORY_FULL = 0xb1;
