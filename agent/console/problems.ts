import type { CommandError, CommandResult } from '../../protocols/backend/commands.ts';
import { type Advice, ERRORS } from '../errors.ts';
import { CATEGORIES } from '../payment/categories.ts';
import { SCAN_REFUSALS, type ScanRefusal } from '../payment/scan-refusals.ts';

// Every "no" of the local API, in one form (RFC 9457, application/problem+json): a stable code, the cause, what to do now.

interface ProblemRow {
  readonly status: 400 | 401 | 403 | 404 | 405 | 409 | 411 | 413 | 415 | 421 | 422 | 429 | 500 | 501 | 503;
  readonly cause: Advice;
  readonly remedy: Advice;
  /** the same call may be repeated as it is */
  readonly retryable: boolean;
}

const AGAIN = { zh: '稍后用同一个 Idempotency-Key 重试', en: 'call again later with the same Idempotency-Key' };
const CORRECT = { zh: '按提示更正请求', en: 'correct the call as told' };

/** What HTTP itself may be told; the till was not asked. */
const BORDER = {
  UNAUTHENTICATED: {
    status: 401,
    cause: { zh: '缺少令牌或令牌无效', en: 'no token, or one that is not valid' },
    remedy: {
      zh: '由装机人员运行 tillwire token create，并在 Authorization: Bearer 中发送',
      en: 'the technician makes one with tillwire token create; send it as Authorization: Bearer',
    },
    retryable: false,
  },
  SESSION_OVER: {
    status: 401,
    cause: { zh: '登录已失效', en: 'the session is over' },
    remedy: { zh: '请重新登录', en: 'sign in again' },
    retryable: false,
  },
  PIN_WRONG: {
    status: 403,
    cause: { zh: 'PIN 不正确', en: 'the PIN is not right' },
    remedy: {
      zh: '请重新输入；连续输错 5 次将暂时锁定',
      en: 'enter it again; after five wrong ones in a row it is locked',
    },
    retryable: false,
  },
  PIN_LOCKED: {
    status: 429,
    cause: { zh: 'PIN 连续输错，已暂时锁定', en: 'too many wrong PINs: locked for a while' },
    remedy: {
      zh: '等到解锁时间，或由装机人员运行 tillwire person unlock',
      en: 'wait until the time that is named, or the technician runs tillwire person unlock',
    },
    retryable: true,
  },
  PIN_EXPIRED: {
    status: 403,
    cause: { zh: 'PIN 已过有效期', en: 'the PIN is too old' },
    remedy: { zh: '请设置新的 PIN', en: 'choose a new one' },
    retryable: false,
  },
  PIN_TOO_EASY: {
    status: 422,
    cause: { zh: 'PIN 太容易被猜到', en: 'this PIN is too easy to guess' },
    remedy: {
      zh: '用 6 至 12 位数字，不要用连号、重复数字或生日，也不要与原来相同',
      en: 'use 6 to 12 digits: no runs, no repetitions, no date of birth, not the old one',
    },
    retryable: false,
  },
  PIN_UNSET: {
    status: 403,
    cause: { zh: '尚未设置自己的 PIN', en: 'a PIN of your own must be chosen first' },
    remedy: { zh: '请先设置 PIN', en: 'choose it, then go on' },
    retryable: false,
  },
  CODE_WRONG: {
    status: 403,
    cause: { zh: '一次性代码无效、已用过或已过期', en: 'the one-time code is wrong, used or too old' },
    remedy: {
      zh: '由装机人员运行 tillwire person pin 重新生成',
      en: 'the technician makes a new one with tillwire person pin',
    },
    retryable: false,
  },
  APPROVAL_REQUIRED: {
    status: 403,
    cause: { zh: '须由另一人输入 PIN 批准', en: 'another person must approve this with a PIN' },
    remedy: { zh: '请有权限的另一人输入 PIN', en: 'ask somebody with that right to enter the PIN' },
    retryable: false,
  },
  APPROVAL_INVALID: {
    status: 403,
    cause: { zh: '批准已用过、已过期或不是针对此事', en: 'the approval is used, too old or for something else' },
    remedy: { zh: '请另一人重新输入 PIN 批准', en: 'ask the other person to approve again' },
    retryable: false,
  },
  NO_RIGHT_TO_APPROVE: {
    status: 403,
    cause: { zh: '此人无权批准', en: 'this person may not approve that' },
    remedy: { zh: '请店长批准', en: 'ask a manager' },
    retryable: false,
  },
  NOT_SET_UP: {
    status: 503,
    cause: { zh: '本机尚未配置', en: 'this till is not set up yet' },
    remedy: { zh: '按页面上的步骤完成配置', en: 'follow the steps on the page' },
    retryable: false,
  },
  SCOPE_MISSING: {
    status: 403,
    cause: { zh: '令牌没有此权限', en: 'the token does not allow this' },
    remedy: { zh: '换用有此权限的人员或令牌', en: 'use a person or a token with the scope that is named' },
    retryable: false,
  },
  PERSON_REQUIRED: {
    status: 403,
    cause: { zh: '此操作须由有名有姓的人员负责', en: 'a person must answer for this, and the token names none' },
    remedy: { zh: '用带 --person 的令牌', en: 'use a token made with --person' },
    retryable: false,
  },
  PERIOD_OTHER: {
    status: 409,
    cause: { zh: '班次或营业日不是所说的那一个', en: 'it is not the shift or business day that runs' },
    remedy: { zh: '刷新后再开班、交班或日结', en: 'look at the report again, then open or close what runs' },
    retryable: false,
  },
  HOST_REFUSED: {
    status: 421,
    cause: { zh: '请求的主机名不是本机', en: 'the call was addressed to another host name' },
    remedy: { zh: '只用 127.0.0.1 或 localhost 访问', en: 'call 127.0.0.1 or localhost, by that name' },
    retryable: false,
  },
  ORIGIN_REFUSED: {
    status: 403,
    cause: { zh: '请求来自其他网页', en: 'the call comes from a page of another site' },
    remedy: { zh: '本接口不接受网页跨站调用', en: 'pages of other sites may not call; use a program' },
    retryable: false,
  },
  MEDIA_TYPE: {
    status: 415,
    cause: { zh: '请求体不是 JSON', en: 'the body is not application/json' },
    remedy: CORRECT,
    retryable: false,
  },
  LENGTH_REQUIRED: {
    status: 411,
    cause: { zh: '请求未说明长度', en: 'the body comes in pieces of untold length' },
    remedy: { zh: '发送 Content-Length，不要分块传输', en: 'send Content-Length, not chunks' },
    retryable: false,
  },
  BODY_TOO_LARGE: {
    status: 413,
    cause: { zh: '请求体过大', en: 'the body is too large' },
    remedy: { zh: '请求体不得超过 64 KiB', en: 'send at most 64 KiB' },
    retryable: false,
  },
  STATEMENT_TOO_LARGE: {
    status: 413,
    cause: { zh: '对账单文件超过 16 MiB', en: 'the statement file has more than 16 MiB' },
    remedy: {
      zh: '上传压缩的文件，或由装机人员运行 tillwire reconcile',
      en: 'choose the packed file, or the technician runs tillwire reconcile',
    },
    retryable: false,
  },
  STATEMENT_BUSY: {
    status: 409,
    cause: { zh: '正在核对另一份对账单', en: 'another statement is being read' },
    remedy: { zh: '等它核对完再上传', en: 'wait until it is done, then choose the file again' },
    retryable: true,
  },
  STATEMENT_REFUSED: { status: 422, ...ERRORS.STATEMENT_REFUSED },
  TOO_MANY_REQUESTS: {
    status: 429,
    cause: { zh: '请求过于频繁', en: 'too many calls' },
    remedy: { zh: '按 Retry-After 等待后重试', en: 'wait as Retry-After says, then call again' },
    retryable: true,
  },
  TOO_MANY_STREAMS: {
    status: 429,
    cause: { zh: '事件连接过多', en: 'too many event streams are open' },
    remedy: { zh: '关闭不用的事件连接', en: 'close streams that nobody reads' },
    retryable: true,
  },
  NO_PRINTER: { status: 503, ...ERRORS.NO_PRINTER },
  PRINTER_BUSY: { status: 503, ...ERRORS.PRINTER_BUSY },
  METHOD_NOT_ALLOWED: {
    status: 405,
    cause: { zh: '此地址不支持该方法', en: 'this address does not take that method' },
    remedy: { zh: '参见 docs/api.md', en: 'see docs/api.md' },
    retryable: false,
  },
  INTERNAL: {
    status: 500,
    cause: { zh: '程序内部错误', en: 'a fault of the agent' },
    remedy: { zh: '请联系装机人员；付款不受影响', en: 'tell support; payments are not affected' },
    retryable: true,
  },
} as const satisfies Record<string, ProblemRow>;

/** What the till itself says no to: the codes of commands, however they come. */
const TILL = {
  BAD_REQUEST: {
    status: 400,
    cause: { zh: '请求内容有误', en: 'the call is not well formed' },
    remedy: CORRECT,
    retryable: false,
  },
  IDEMPOTENCY_CONFLICT: {
    status: 409,
    cause: { zh: '该键或该单号已用于另一请求', en: 'the key, or the order, was used with other contents' },
    remedy: {
      zh: '新的请求用新的 Idempotency-Key；同一订单金额不能改变',
      en: 'a new wish needs a new Idempotency-Key; an order keeps its amount',
    },
    retryable: false,
  },
  DEVICE_BUSY: {
    status: 409,
    cause: { zh: '柜台正在处理另一笔付款', en: 'another payment is running at this counter' },
    remedy: { zh: '等它结束或先撤销它', en: 'wait for it, or cancel it first' },
    retryable: true,
  },
  DEVICE_OFFLINE: {
    status: 503,
    cause: { zh: '设备未连接', en: 'the device is not connected' },
    remedy: { zh: '检查连接线后重试', en: 'check the cable, then call again' },
    retryable: true,
  },
  ORDER_BLOCKED: {
    status: 409,
    cause: { zh: '订单当前状态不允许此操作', en: 'the order does not allow this now' },
    remedy: { zh: '先查询订单状态', en: 'look at the order first' },
    retryable: false,
  },
  HOLD_STANDS: { status: 409, ...ERRORS.HOLD_STANDS },
  NO_HOLD: { status: 409, ...ERRORS.NO_HOLD },
  HOLD_EXCEEDED: { status: 409, ...ERRORS.HOLD_EXCEEDED },
  HOLD_UNNAMED: { status: 409, ...ERRORS.HOLD_UNNAMED },
  MERCHANT_SUSPENDED: {
    status: 409,
    cause: advice('MERCHANT_SUSPENDED'),
    remedy: { zh: '联系客服', en: 'call support' },
    retryable: false,
  },
  TERMINAL_UNREGISTERED: {
    status: 409,
    cause: advice('TERMINAL_UNREGISTERED'),
    remedy: { zh: '联系装机人员', en: 'call the technician' },
    retryable: false,
  },
  AMOUNT_OVER_LIMIT: {
    status: 422,
    cause: advice('AMOUNT_OVER_LIMIT'),
    remedy: { zh: '换其他方式，不要拆分', en: 'use another method; do not split' },
    retryable: false,
  },
  LIMIT_REACHED: codeRow(422, 'LIMIT_REACHED'),
  UNSUPPORTED: {
    status: 501,
    cause: { zh: '此版本尚不支持', en: 'this agent cannot do that' },
    remedy: { zh: '升级 tillwire', en: 'upgrade tillwire' },
    retryable: false,
  },
  EXPIRED: {
    status: 409,
    cause: { zh: '请求已过期，未执行', en: 'the call was too old and was not carried out' },
    remedy: { zh: '用新的 Idempotency-Key 重新请求', en: 'call again with a new Idempotency-Key' },
    retryable: false,
  },
  JOURNAL_UNAVAILABLE: { status: 503, ...ERRORS.JOURNAL_UNAVAILABLE },
  /** the disk took too long: the call may or may not be accepted */
  JOURNAL_SLOW: {
    status: 503,
    cause: {
      zh: '本机记录写入过慢，请求是否受理尚不确定',
      en: 'the disk is slow; whether the call is accepted is not known yet',
    },
    remedy: AGAIN,
    retryable: true,
  },
  SECOND_PERSON_REQUIRED: {
    status: 403,
    cause: { zh: '须由另一人批准', en: 'a person is needed who is not the one that asked' },
    remedy: { zh: '由另一人用自己的令牌批准', en: 'another person approves it with a token of their own' },
    retryable: false,
  },
  REFUND_AMOUNT: categoryRow(422, 'REFUND_AMOUNT'),
  REFUND_WINDOW: categoryRow(422, 'REFUND_WINDOW'),
  REFUND_LIMIT: {
    status: 422,
    cause: { zh: '超出本机退款限额', en: 'over the limit for refunds of this till' },
    remedy: { zh: '联系客服提高限额', en: 'ask the backend for a higher limit' },
    retryable: false,
  },
  CLOCK_UNTRUSTED: { status: 503, ...ERRORS.CLOCK_UNTRUSTED },
  NETWORK_DOWN: codeRow(503, 'NETWORK_DOWN'),
  STALE: {
    status: 409,
    cause: { zh: '已有更新的设置', en: 'a newer command has come before it' },
    remedy: { zh: '以最新设置为准', en: 'the newer one holds' },
    retryable: false,
  },
  NOT_FOUND: {
    status: 404,
    cause: { zh: '没有找到', en: 'there is no such thing' },
    remedy: { zh: '核对单号或地址', en: 'check the number or the address' },
    retryable: false,
  },
  // only MQTT can be told these
  SIGNATURE_REQUIRED: neverOverHttp(),
  SIGNATURE_INVALID: neverOverHttp(),
  SIGNATURE_KEY_UNKNOWN: neverOverHttp(),
  COMMAND_KEYS_MISSING: neverOverHttp(),
  RETAINED_REJECTED: neverOverHttp(),
  UNSUPPORTED_VERSION: neverOverHttp(),
} as const satisfies Record<CommandError | 'JOURNAL_SLOW', ProblemRow>;

/** Why a typed code starts no payment: what the clerk is told of a scan. */
const CODES = {
  NO_OPEN_ORDER: codeRow(409, 'NO_OPEN_ORDER'),
  SAME_CODE_AGAIN: codeRow(409, 'SAME_CODE_AGAIN'),
  ATTEMPT_OPEN: codeRow(409, 'ATTEMPT_OPEN'),
  WRONG_CODE_KIND: codeRow(422, 'WRONG_CODE_KIND'),
  CODE_USED: codeRow(422, 'CODE_USED'),
  CODE_EXPIRED: codeRow(422, 'CODE_EXPIRED'),
  METHOD_NOT_SUPPORTED: codeRow(422, 'METHOD_NOT_SUPPORTED'),
  CHANNEL_UNAVAILABLE: codeRow(503, 'CHANNEL_UNAVAILABLE'),
  TERMINAL_UNAVAILABLE: codeRow(503, 'TERMINAL_UNAVAILABLE'),
} as const satisfies Partial<Record<ScanRefusal, ProblemRow>>;

const PROBLEMS = { ...BORDER, ...TILL, ...CODES } as const;
export type ProblemCode = keyof typeof PROBLEMS;

/** One problem as it is sent. */
export interface Problem {
  readonly type: string;
  readonly title: string;
  readonly status: ProblemRow['status'];
  readonly code: string;
  readonly detail?: string;
  readonly cause: Advice;
  readonly remedy: Advice;
  readonly retryable: boolean;
  /** PIN_WRONG: guesses before a lock */
  readonly triesLeft?: number;
  /** PIN_LOCKED: Unix ms until which nobody may guess */
  readonly until?: number;
}

export function problem(code: ProblemCode, detail?: string): Problem {
  const { status, cause, remedy, retryable } = PROBLEMS[code];
  const type = `urn:tillwire:problem:${code}`;
  const title = `${cause.en} / ${cause.zh}`;
  return { type, title, status, code, ...(detail === undefined ? {} : { detail }), cause, remedy, retryable };
}

/** The problem for a refusal of the till. */
export function problemOf(code: string, detail?: string): Problem {
  return isProblem(code) ? problem(code, detail) : { ...problem('ORDER_BLOCKED', detail), code };
}

/** What a person is told of a command of which certainly nothing was done, where no room has said it better. */
export function whyFailed({ status, code, clerk }: Pick<CommandResult, 'status' | 'code' | 'clerk'>): {
  readonly why?: Pick<Problem, 'cause' | 'remedy'>;
} {
  if (status !== 'failed' || clerk !== undefined) return {};
  const { cause, remedy } = problemOf(code);
  return { why: { cause, remedy } };
}

/** Every code with its row: for the document. */
export function allProblems(): readonly Problem[] {
  return (Object.keys(PROBLEMS) as ProblemCode[]).map((code) => problem(code));
}

function isProblem(code: string): code is ProblemCode {
  return Object.hasOwn(PROBLEMS, code);
}

function advice(category: 'MERCHANT_SUSPENDED' | 'TERMINAL_UNREGISTERED' | 'AMOUNT_OVER_LIMIT'): Advice {
  const { zh, en } = CATEGORIES[category];
  return { zh, en };
}

function codeRow(status: 409 | 422 | 503, refusal: ScanRefusal): ProblemRow {
  const { zh, en } = SCAN_REFUSALS[refusal];
  return { status, cause: { zh, en }, remedy: { zh, en }, retryable: false };
}

function categoryRow(status: 422, category: 'REFUND_AMOUNT' | 'REFUND_WINDOW'): ProblemRow {
  const { zh, en } = CATEGORIES[category];
  return { status, cause: { zh, en }, remedy: { zh, en }, retryable: false };
}

function neverOverHttp() {
  return { status: 400, cause: CORRECT, remedy: CORRECT, retryable: false } as const;
}
