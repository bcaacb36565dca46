import type { Context } from 'hono';
import type { CommandEnvelope, CommandResult } from '../../protocols/backend/commands.ts';
import type { LocalCalls } from './calls.ts';
import type { ConsoleEnv } from './guard.ts';
import { problem, problemOf } from './problems.ts';
import { Refusal } from './refusal.ts';

// What handlers have in common: a call that changes something becomes a command, and its result an answer.

/** Who calls, under which key, and how long they wait. */
type Asked = Context<ConsoleEnv, string, { out: { header: { 'idempotency-key': string }; query: { wait: number } } }>;

/** Carries a call out as the command `verb`, and answers with what became of it. */
export async function carry(calls: LocalCalls, c: Asked, verb: string, args: object) {
  const { wait } = c.req.valid('query');
  const key = c.req.valid('header')['idempotency-key'];
  const outcome = await calls.call({ caller: c.get('caller'), verb, key, args: jsonOf(args), waitMs: wait * 1_000 });
  if (outcome.kind === 'unsure') throw new Refusal(problem('JOURNAL_SLOW'));
  if (outcome.kind === 'refused') throw refusalOf(outcome.result);
  return operation(c, outcome.result);
}

/** The person that the token names: who answers for what is done. */
export function personOf(c: Context<ConsoleEnv>): string {
  const { personId } = c.get('caller');
  if (personId === undefined) throw new Refusal(problem('PERSON_REQUIRED'));
  return personId;
}

export function found<T>(thing: T | undefined): T {
  if (thing === undefined) throw new Refusal(problem('NOT_FOUND'));
  return thing;
}

function refusalOf({ code, message, clerk }: CommandResult): Refusal {
  const no = problemOf(code, message);
  return new Refusal(clerk === undefined ? no : { ...no, cause: { zh: clerk.zh, en: clerk.en } });
}

function operation(c: Asked, result: CommandResult) {
  const { id, phase, status, code, message, clerk, data, attempt, replayed, ts } = result;
  const body = {
    commandId: id,
    phase: phase === 'final' ? ('final' as const) : ('accepted' as const),
    status,
    code,
    ...(message === undefined ? {} : { message }),
    ...(clerk === undefined ? {} : { clerk }),
    ...(data === undefined ? {} : { data }),
    ...(attempt === undefined ? {} : { attemptId: attempt }),
    ...(replayed === undefined ? {} : { replayed }),
    at: ts,
  };
  return phase === 'final' ? c.json(body, 200) : c.json(body, 202);
}

/** A body as it was sent: without the members that were not. */
function jsonOf(body: object): CommandEnvelope['args'] {
  return Object.fromEntries(Object.entries(body).filter(([, value]) => value !== undefined));
}
