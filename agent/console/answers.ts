import type { Context } from 'hono';
import type { CommandEnvelope, CommandResult } from '../../protocols/backend/commands.ts';
import type { ApprovalKind } from '../people/roles.ts';
import type { SignIn } from '../people/sign-in.ts';
import type { LocalCalls } from './calls.ts';
import type { ConsoleEnv } from './guard.ts';
import { problem, problemOf, whyFailed } from './problems.ts';
import { Refusal } from './refusal.ts';
import { todoOf } from './todo.ts';

// What handlers have in common: a call that changes something becomes a command, and its result an answer.

/** Who calls, under which key, and how long they wait. */
type Asked = Context<ConsoleEnv, string, { out: { header: { 'idempotency-key': string }; query: { wait: number } } }>;

type Approved = Context<
  ConsoleEnv,
  string,
  { out: { header: { 'idempotency-key': string; approval?: string | undefined } } }
>;

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

/**
 * Who approves it: of a program, the person that its token names; at the page, always a second person, who has just
 * entered a PIN for this very thing.
 */
export function approverOf(
  people: Pick<SignIn, 'approverOf'>,
  c: Approved,
  kind: ApprovalKind,
  subject: string,
): string {
  const caller = c.get('caller');
  if (caller.session === undefined) return personOf(c);
  const { approval, 'idempotency-key': key } = c.req.valid('header');
  if (approval === undefined) throw new Refusal(problem('APPROVAL_REQUIRED'));
  const approver = people.approverOf(approval, { kind, subject }, caller, key);
  if (!approver) throw new Refusal(problem('APPROVAL_INVALID'));
  return approver.personId;
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
    ...(clerk === undefined ? {} : { clerk: withTodo(clerk, code) }),
    ...whyFailed(result),
    ...(data === undefined ? {} : { data }),
    ...(attempt === undefined ? {} : { attemptId: attempt }),
    ...(replayed === undefined ? {} : { replayed }),
    at: ts,
  };
  return phase === 'final' ? c.json(body, 200) : c.json(body, 202);
}

function withTodo(clerk: NonNullable<CommandResult['clerk']>, code: string) {
  const todo = todoOf(clerk.action, code);
  return { ...clerk, ...(todo === undefined ? {} : { todo }) };
}

/** A body as it was sent: without the members that were not. */
function jsonOf(body: object): CommandEnvelope['args'] {
  return Object.fromEntries(Object.entries(body).filter(([, value]) => value !== undefined));
}
