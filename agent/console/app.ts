import { OpenAPIHono } from '@hono/zod-openapi';
import type { Context } from 'hono';
import { HTTPException } from 'hono/http-exception';
import type { CommandEnvelope, CommandResult } from '../../protocols/backend/commands.ts';
import { SecretText } from '../../protocols/paycode/secret.ts';
import { reasonOf } from '../backend/message-border.ts';
import type { Clock } from '../clock.ts';
import type { TillBook } from '../journal/book.ts';
import type { Log } from '../log.ts';
import type { PaymentDesk } from '../payment/desk.ts';
import type { SlipSpool } from '../slips/spool.ts';
import type { LocalCalls } from './calls.ts';
import type { EventFeed } from './event-feed.ts';
import { eventStream } from './event-stream.ts';
import { type ConsoleEnv, type GuardParts, guards, sayNo } from './guard.ts';
import { type ProblemCode, problem, problemOf } from './problems.ts';
import type { RecordSearch } from './record-search.ts';
import { Refusal } from './refusal.ts';
import { ROUTES } from './routes.ts';
import type { TillView } from './till-view.ts';
import { entryView, slipView } from './views.ts';

/** The rooms behind the calls. */
export interface AppParts extends Omit<GuardParts, 'port'> {
  readonly calls: LocalCalls;
  readonly desk: Pick<PaymentDesk, 'typed'>;
  readonly spool: Pick<SlipSpool, 'answer'>;
  readonly book: Pick<TillBook, 'slips'>;
  readonly view: TillView;
  readonly search: RecordSearch;
  readonly feed: EventFeed;
  readonly clock: Clock;
  readonly log: Log;
}

/** Watchers of events: a page, a cashier program, a technician's terminal, and some to spare. */
const MOST_STREAMS = 16;

/** The local API as a function from request to response. */
export function consoleApp(parts: AppParts, port: () => number): OpenAPIHono<ConsoleEnv> {
  const app = new OpenAPIHono<ConsoleEnv>({
    defaultHook: (result) => {
      if (!result.success) throw new Refusal(problem('BAD_REQUEST', `${result.target}: ${reasonOf(result.error)}`));
    },
  });
  app.use(...guards({ ...parts, port }));
  looking(app, parts);
  changing(app, parts);
  watching(app, parts);
  app.notFound(() => sayNo(problem('NOT_FOUND')));
  app.onError((error) => sayNo(answerTo(error, parts.log)));
  return app;
}

function looking(app: OpenAPIHono<ConsoleEnv>, { view, search }: AppParts): void {
  app.openapi(ROUTES.state, (c) => c.json(view.state(), 200));
  app.openapi(ROUTES.devices, (c) => c.json({ devices: view.devices() }, 200));
  app.openapi(ROUTES.order, (c) => c.json(found(view.order(c.req.valid('param').orderId)), 200));
  app.openapi(ROUTES.attempt, (c) => c.json(found(view.attempt(c.req.valid('param').attemptId)), 200));
  app.openapi(ROUTES.history, async (c) => {
    const entries = await search.history(c.req.valid('param').orderId);
    if (entries.length === 0) throw new Refusal(problem('NOT_FOUND'));
    return c.json({ entries: entries.map(entryView) }, 200);
  });
  app.openapi(ROUTES.records, async (c) => {
    const { cursor, ...wanted } = c.req.valid('query');
    const [startedAt, seq] = cursor?.split('-').map(Number) ?? [];
    const before = startedAt === undefined || seq === undefined ? undefined : { startedAt, seq };
    const rows = await search.find({ ...wanted, before });
    const last = rows.length === wanted.limit ? rows.at(-1) : undefined;
    const records = rows.map(({ transactionId, ...row }) => ({
      ...row,
      ...(transactionId === null ? {} : { transactionId }),
    }));
    return c.json({ records, ...(last === undefined ? {} : { next: `${last.startedAt}-${last.seq}` }) }, 200);
  });
}

function changing(app: OpenAPIHono<ConsoleEnv>, { calls, desk, spool, book, clock }: AppParts): void {
  app.openapi(ROUTES.collect, async (c) => {
    const { wait } = c.req.valid('query');
    const key = c.req.valid('header')['idempotency-key'];
    return operation(
      c,
      await carry(calls, { caller: c.get('caller'), verb: 'collect', key, wait, args: jsonOf(c.req.valid('json')) }),
    );
  });
  app.openapi(ROUTES.cancel, async (c) => {
    const { wait } = c.req.valid('query');
    const key = c.req.valid('header')['idempotency-key'];
    const { orderId } = c.req.valid('param');
    return operation(c, await carry(calls, { caller: c.get('caller'), verb: 'cancel', key, wait, args: { orderId } }));
  });
  app.openapi(ROUTES.paycode, async (c) => {
    const text = new SecretText(c.req.valid('json').paycode);
    const now = clock.mono();
    const scan = { text, source: 'manual', startedAt: now, endedAt: now, suspect: [] } as const;
    const outcome = await desk.typed(c.req.valid('param').orderId, scan);
    if ('attemptId' in outcome) return c.json(outcome, 201);
    throw new Refusal({ ...problemOf(outcome.refusal), cause: outcome.advice });
  });
  app.openapi(ROUTES.slipSeen, async (c) => {
    const { slipId } = c.req.valid('param');
    found(book.slips.get(slipId));
    await spool.answer(slipId, c.req.valid('json').seen);
    return c.json(slipView(found(book.slips.get(slipId))), 200);
  });
}

function watching(app: OpenAPIHono<ConsoleEnv>, { feed, clock }: AppParts): void {
  let open = 0;
  app.openapi(ROUTES.events, (c) => {
    if (open >= MOST_STREAMS) throw new Refusal(problem('TOO_MANY_STREAMS'));
    open += 1;
    const { outgoing } = c.env as { outgoing?: { destroy(): void } };
    const body = eventStream({
      feed,
      clock,
      after: c.req.valid('header')['last-event-id'] ?? c.req.valid('query').after,
      cut: () => outgoing?.destroy(),
      onEnd: () => {
        open -= 1;
      },
    });
    return c.body(body, 200, { 'Content-Type': 'text/event-stream; charset=utf-8' });
  });
}

type Wish = Omit<Parameters<LocalCalls['call']>[0], 'waitMs'> & { readonly wait: number };

async function carry(calls: LocalCalls, { wait, ...call }: Wish): Promise<CommandResult> {
  const outcome = await calls.call({ ...call, waitMs: wait * 1_000 });
  if (outcome.kind === 'unsure') throw new Refusal(problem('JOURNAL_SLOW'));
  const { code, message, clerk } = outcome.result;
  if (outcome.kind === 'taken') return outcome.result;
  const no = problemOf(code, message);
  throw new Refusal(clerk === undefined ? no : { ...no, cause: { zh: clerk.zh, en: clerk.en } });
}

function operation(c: Context<ConsoleEnv>, result: CommandResult) {
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

function found<T>(thing: T | undefined): T {
  if (thing === undefined) throw new Refusal(problem('NOT_FOUND'));
  return thing;
}

function answerTo(error: Error, log: Log) {
  if (error instanceof Refusal) return error.problem;
  // the framework's own: a body that is not JSON
  if (error instanceof HTTPException) return problem('BAD_REQUEST', error.message);
  const code: ProblemCode = 'code' in error && error.code === 'JOURNAL_UNAVAILABLE' ? error.code : 'INTERNAL';
  log.error({ detail: String(error) }, 'a call of the local API failed');
  return problem(code);
}
