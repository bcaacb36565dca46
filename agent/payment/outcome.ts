import type { RiskNotice } from '../../protocols/backend/intents.ts';
import type { Instalments, Reply } from '../../protocols/backend/replies.ts';
import type { Channel } from '../../protocols/paycode/paycode.ts';
import { ASSUMED_CODES } from './assumed-codes.ts';
import type { Category } from './categories.ts';
import { CHANNEL_CODES, type CodeEffect, type CodeOp, type CodeRow } from './channel-codes.ts';

/** What an answer means for the attempt, in the machine's words. */
export interface Outcome {
  readonly effect: CodeEffect;
  readonly category: Category;
  readonly code: string;
  readonly transactionId?: string;
  readonly payer?: string;
  readonly instalments?: Instalments;
  readonly riskNotice?: RiskNotice;
  readonly paidFen?: number;
  /** backend time, Unix ms */
  readonly paidAt?: number;
  readonly refunded?: boolean;
  /** backend time of the answer, Unix ms */
  readonly answeredAt?: number;
  /** the channel wants to be asked at once (WeChat BANKERROR) */
  readonly askAtOnce?: boolean;
}

type Table = Readonly<Record<string, Partial<Record<CodeOp, readonly CodeRow[]>>>>;

/**
 * Row for a channel's code. Alipay cuts sub_codes to 32 characters and may leave `ACQ.` away (payment.md table 2-B), so
 * the exact match comes first, then the longer code that begins with the 32 given characters. `undefined`: not in the table.
 */
function rowFor(channel: string, op: CodeOp, code: string): CodeRow | undefined {
  const rows = rowsOf(channel, op);
  const spellings = channel === 'ALIPAY' && !code.startsWith('ACQ.') ? [code, `ACQ.${code}`] : [code];
  const exact = rows.find(([known]) => spellings.includes(known));
  if (exact || channel !== 'ALIPAY' || spellings.every((spelling) => spelling.length !== ALIPAY_CUT)) return exact;
  return rows.find(([known]) => spellings.some((spelling) => known.startsWith(spelling)));
}
const ALIPAY_CUT = 32;

function rowsOf(channel: string, op: CodeOp): readonly CodeRow[] {
  const table: Table = CHANNEL_CODES;
  const assumed: Table = ASSUMED_CODES;
  return assumed[channel]?.[op] ?? table[channel]?.[op] ?? [];
}

/** Category and effect of a channel's code; a code nobody knows is an unknown result, never a failure. */
export function meaningOf(
  channel: string,
  op: CodeOp,
  code: string,
  message = '',
): Pick<Outcome, 'category' | 'effect'> {
  const row = rowFor(channel, op, code);
  if (!row) return UNKNOWN_MEANING[op];
  const [, category, effect] = row;
  if (channel === 'WECHAT' && op === 'pay' && code === 'AUTH_CODE_INVALID')
    return { category: wechatInvalid(message), effect };
  return { category, effect };
}

const UNKNOWN_MEANING = {
  pay: { category: 'RESULT_UNKNOWN', effect: 'KEEP_POLLING' },
  query: { category: 'RESULT_UNKNOWN', effect: 'KEEP_POLLING' },
  reverse: { category: 'REVERSE_PENDING', effect: 'REVERSE_RETRY' },
  refund: { category: 'REFUND_PROCESSING', effect: 'KEEP_POLLING' },
} as const satisfies Record<CodeOp, Pick<Outcome, 'category' | 'effect'>>;

/** One WeChat code, three meanings: err_code_des decides (developers.weixin.qq.com). */
function wechatInvalid(message: string): Category {
  if (message.includes('过期')) return 'CODE_EXPIRED';
  if (message.includes('仅限使用一次')) return 'CODE_USED';
  return 'CODE_INVALID';
}

export type AttemptReply = Reply & { readonly op: AttemptOp };
export type AttemptOp = 'pay' | 'query' | 'reverse';

/** What became of a refund says nothing of the attempt's own state. */
export function isAboutAttempt(reply: Reply): reply is AttemptReply {
  return reply.op === 'pay' || reply.op === 'query' || reply.op === 'reverse';
}

/** A reply of the backend as an outcome, for an attempt of `channel`. Another channel's answer says nothing about it. */
export function outcomeOf(reply: Reply, channel: Channel): Outcome {
  if (!isAboutAttempt(reply)) return { ...UNKNOWN_MEANING.query, code: 'OTHER_OPERATION' };
  if (reply.status === 'refused') return refusedOutcome(reply);
  if (reply.channel !== channel) return { ...UNKNOWN_MEANING[reply.op], code: reply.code };
  const meaning = meaningOf(reply.channel, reply.op, reply.code, reply.message);
  const effect =
    reply.op === 'reverse' && reply.retry && meaning.effect === 'REVERSED_FINAL' ? 'REVERSE_RETRY' : meaning.effect;
  return {
    effect,
    category: effect === 'REVERSE_RETRY' ? 'REVERSE_PENDING' : meaning.category,
    code: reply.code,
    answeredAt: reply.ts,
    ...(reply.transactionId === undefined ? {} : { transactionId: reply.transactionId }),
    ...(reply.payer === undefined ? {} : { payer: reply.payer }),
    ...(reply.instalments === undefined ? {} : { instalments: reply.instalments }),
    ...(reply.riskNotice === undefined ? {} : { riskNotice: reply.riskNotice }),
    ...(reply.paidFen === undefined ? {} : { paidFen: reply.paidFen }),
    ...(effect === 'PAID' ? { paidAt: reply.paidAt ?? reply.ts } : {}),
    ...(reply.refunded === undefined ? {} : { refunded: reply.refunded }),
    ...(reply.channel === 'WECHAT' && reply.code === 'BANKERROR' ? { askAtOnce: true } : {}),
  };
}

type RefusedAttempt = Extract<AttemptReply, { status: 'refused' }>;

/**
 * The backend itself said no. For `pay` that proves no money moved where every copy of the message is refused alike;
 * DUPLICATE_ORDER, ATTEMPT_CLOSED and EXPIRED depend on what came before, so the attempt is asked after or closed. For query and reverse it proves nothing.
 */
function refusedOutcome(reply: RefusedAttempt): Outcome {
  return { ...refusedMeaning(reply), code: reply.refusal, answeredAt: reply.ts };
}

function refusedMeaning({ op, refusal }: RefusedAttempt): Pick<Outcome, 'effect' | 'category'> {
  if (op === 'reverse') return { effect: 'REVERSE_RETRY', category: 'REVERSE_PENDING' };
  if (op === 'query') return { effect: 'KEEP_POLLING', category: 'RESULT_UNKNOWN' };
  switch (refusal) {
    case 'DUPLICATE_ORDER':
      return { effect: 'QUERY_ORIGINAL', category: 'DUPLICATE_ORDER' };
    case 'ATTEMPT_CLOSED':
      return { effect: 'KEEP_POLLING', category: 'RESULT_UNKNOWN' };
    case 'EXPIRED':
      // This copy came too late; another copy of it, delivered in time to a backend that forgot, would not be undone by
      // calling it a failure. Closing the attempt is certain, and by now old enough to be allowed.
      return { effect: 'REVERSE_NOW', category: 'CODE_EXPIRED' };
    case 'UNSUPPORTED_CHANNEL':
      return { effect: 'FAILED_FINAL', category: 'METHOD_NOT_SUPPORTED' };
    case 'BAD_REQUEST':
    case 'UNSUPPORTED_VERSION':
    case 'RETAINED_REJECTED':
      return { effect: 'FAILED_FINAL', category: 'CONFIG_ERROR' };
    default:
      return refusal satisfies never;
  }
}
