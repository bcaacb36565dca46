import type { IntentReply, RefusedReply, Reply } from '../../protocols/backend/replies.ts';
import { isPersonalCode } from '../../protocols/paycode/merchant-qr.ts';
import type { Intent, Payment } from './intent.ts';

/** The backend's word on an intent, in the machine's words. REFUSED: it would not hear of the question. */
export interface IntentAnswer {
  readonly state: IntentReply['state'] | 'REFUSED';
  readonly codeText?: string | undefined;
  readonly shareUrl?: string | undefined;
  readonly expiresAt?: number | undefined;
  readonly riskNotice?: Intent['riskNotice'] | undefined;
  readonly payment?: Payment;
  /** the provider's code, the refusal, or one of ours */
  readonly code?: string | undefined;
}

/** 128 bits as base64url without padding; hexadecimal needs 32. */
const TOKEN = /^(?:[0-9A-Za-z_-]{22,}|[0-9a-fA-F]{32,})$/;
const HEX = /^[0-9a-fA-F]+$/;
const HEX_DIGITS = 32;

/** Can nobody guess the address? Its last part is a random token of at least 128 bits (payment.md 3.2). */
export function isUnguessable(url: string): boolean {
  const token = new URL(url).pathname.split('/').at(-1) ?? '';
  return TOKEN.test(token) && (!HEX.test(token) || token.length >= HEX_DIGITS);
}

export function intentAnswerOf(reply: Reply): IntentAnswer {
  switch (reply.status) {
    case 'intent':
      return answerOf(reply);
    case 'refused':
      return refused(reply);
    case 'answered':
      return { state: 'UNKNOWN', code: reply.code };
    default:
      return reply satisfies never;
  }
}

/** A link that can be guessed and a person's code are shown to nobody: such an intent counts as not made, and is closed. */
function answerOf(reply: IntentReply): IntentAnswer {
  const { state, codeText, shareUrl, expiresAt, riskNotice, code } = reply;
  if (shareUrl !== undefined && !isUnguessable(shareUrl)) return { state: 'UNKNOWN', code: 'LINK_CAN_BE_GUESSED' };
  if (codeText !== undefined && isPersonalCode(codeText)) return { state: 'UNKNOWN', code: 'PERSONAL_CODE' };
  const payment = paymentOf(reply);
  return { state, codeText, shareUrl, expiresAt, riskNotice, code, ...(payment ? { payment } : {}) };
}

function paymentOf({ state, paidFen, paidAt, channel, transactionId }: IntentReply): Payment | undefined {
  if (state !== 'PAID' || paidFen === undefined || paidAt === undefined || channel === undefined) return undefined;
  return { paidFen, paidAt, channel, ...(transactionId === undefined ? {} : { transactionId }) };
}

function refused({ refusal }: RefusedReply): IntentAnswer {
  return { state: 'REFUSED', code: refusal };
}
