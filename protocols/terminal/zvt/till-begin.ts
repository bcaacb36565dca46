import type { CommandKind, Pending, TerminalResult } from '../messages.ts';
import { resultText } from './result-codes.ts';
import { requestFor } from './till-requests.ts';
import { codeHex, evidence, unknownResult } from './till-results.ts';
import { request } from './till-say.ts';
import type { Doing, Step, Task, TillEffect, TillState } from './till-state.ts';

// How a dialogue begins, how it ends, and what is left when it breaks.

/** T3 and T4 of PA00P016, ms */
export const T3_MS = 5_000;
const T4_MS = 180_000;
/** However patient 04 FF asks to be: an hour at the terminal is somebody's mistake. */
const MAX_DIALOGUE_MS = 3_600_000;

export function doingOf(task: Task, at: number): Doing {
  return { task, until: at + MAX_DIALOGUE_MS, t4Ms: T4_MS, stored: false, abortSaid: false, lines: [] };
}

/** Says what a task needs; T3 begins when the link has delivered it. */
export function begin(state: TillState, task: Task, at: number): Step {
  const words = requestFor(task, state);
  if (!words)
    return {
      state,
      effects: [{ do: 'tell', news: { kind: 'not-done', command: commandOf(task), why: 'unsupported' } }],
    };
  const said = request(state, words);
  return {
    state: {
      ...said.state,
      phase: { name: 'sent', doing: doingOf(task, at), deadline: at + state.settings.deliveryMs + T3_MS },
    },
    effects: said.effects,
  };
}

export function commandOf(task: Task): CommandKind {
  if (task.kind === 'money' || task.kind === 'other') return task.command.kind;
  return task.kind === 'look' || task.kind === 'query' ? 'queryLast' : 'status';
}

/** The terminal gave the word back. The machine's own dialogues are followed by what they were for. */
export function end(state: TillState, { task, result }: Doing, at: number, code?: number): Step {
  const idle: TillState = { ...state, phase: { name: 'idle' } };
  if (task.kind === 'register') return begin(idle, { kind: 'learn' }, at);
  if (task.kind === 'learn') return { state: idle, effects: [{ do: 'tell', news: { kind: 'ready' } }] };
  if (task.kind === 'late') return { state: idle, effects: [] };
  const ok = code === undefined && (result === undefined || result.outcome === 'approved' || task.kind === 'query');
  return { state: idle, effects: [done(task, ok, code ?? codeOf(result))] };
}

function codeOf(result: TerminalResult | undefined): number | undefined {
  const code = result?.evidence.code;
  return code === undefined ? undefined : Number.parseInt(code, 16);
}

function done(task: Task, ok: boolean, code?: number): TillEffect {
  const text = code === undefined ? undefined : resultText(code);
  const why = { ...(code !== undefined && { code: codeHex(code) }), ...(text !== undefined && { text }) };
  return { do: 'tell', news: { kind: 'done', command: commandOf(task), ok, ...why } };
}

export type BreakReason = 'no-answer' | 'link-lost';

/**
 * The dialogue ends without the terminal's last word. A money command whose result does not stand for certain is now one
 * that nobody knows about.
 */
export function breakOff(state: TillState, doing: Doing, why: BreakReason, next: 'idle' | 'offline'): Step {
  const { task, result } = doing;
  const calm: TillState = { ...state, phase: { name: next } };
  if (task.kind === 'query' && task.query.about && result) return questionBroken(calm, task, result, why);
  if (task.kind !== 'money') return { state: calm, effects: task.kind === 'late' ? [] : [done(task, false)] };
  if (isCertain(result)) return { state: calm, effects: [done(task, result?.outcome === 'approved')] };
  const { command, before } = task;
  const pending: Pending = { command, ...(before && { before }) };
  const unknown = unknownResult(command, evidence(why), result);
  return { state: { ...calm, pending }, effects: [{ do: 'store-result', result: unknown }, done(task, false)] };
}

/** A no may have been the last customer's, and the yes behind it has not arrived: nobody knows, as before the question. */
function questionBroken(state: TillState, task: Question, result: TerminalResult, why: BreakReason): Step {
  const { about } = task.query;
  if (!about || result.outcome === 'approved') return { state, effects: [done(task, false)] };
  const unknown = unknownResult(about.command, evidence(why), result);
  return { state: { ...state, pending: about }, effects: [{ do: 'store-result', result: unknown }, done(task, false)] };
}

type Question = Extract<Task, { readonly kind: 'query' }>;

/** A refusal stands as it is; a yes stands when the terminal has closed the dialogue over it. */
function isCertain(result: TerminalResult | undefined): boolean {
  if (!result || result.outcome === 'unknown') return false;
  return result.outcome !== 'approved';
}
