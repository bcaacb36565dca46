import type { CommandEnvelope, CommandResult } from '../../protocols/backend/commands.ts';
import type { LocalCalls } from '../console/calls.ts';
import type { Asker } from './asker.ts';

/** What became of the technician's test payment. */
export type TestPayment = 'not-tested' | 'not-paid' | 'given-back' | 'not-given-back';

const TEST_FEN = 1;
/** A customer's code has a minute; then the till still finds out what became of it. */
const WAIT_MS = 180_000;
/** The wish is on disk by then; it has no end before somebody approves it. */
const WRITTEN_MS = 2_000;
const PERSON = /^[A-Za-z0-9][A-Za-z0-9._-]{0,31}$/;

/**
 * Takes 0.01 yuan of somebody's real money and gives it back, by the till's own ways: the order, the scan, the refund with a
 * second person's word. Only where a person says yes to it.
 */
export async function testPayment(
  { calls }: { readonly calls: Pick<LocalCalls, 'call'> },
  asker: Asker,
  { technician, orderId }: { readonly technician: string; readonly orderId: string },
): Promise<TestPayment> {
  if (!asker.isPerson) return 'not-tested';
  const question = '测试收款 0.01 元（真实资金，随后退回）？ / Take 0.01 yuan of real money now, and give it back?';
  if (!(await asker.confirm(question))) return 'not-tested';
  const approver = await asker.text('店内批准退款的人 / who of the shop approves giving it back (id)', (id) =>
    PERSON.test(id) && id !== technician
      ? undefined
      : '字母和数字，不能是装机人员本人 / letters and digits, not the technician',
  );
  if (approver === undefined) return 'not-tested';
  const ask = (verb: string, args: CommandEnvelope['args'], personId = technician, waitMs = WAIT_MS) => {
    const caller = { program: 'tillwire-provision', personId, scopes: ['collect', 'refund'] } as const;
    return calls.call({ caller, verb, key: `${orderId}-${verb}-${personId}`, args, waitMs });
  };
  asker.say(['请用手机付款码扫码 / scan the payment code of a phone now']);
  const paid = finalOf(await ask('collect', { orderId, amountFen: TEST_FEN, currency: 'CNY', title: '装机测试' }));
  asker.say([`收款 payment: ${paid?.code ?? 'UNKNOWN'}`]);
  if (paid?.phase !== 'final' || paid.code !== 'PAID') {
    await ask('cancel', { orderId });
    return 'not-paid';
  }
  // one asks, the other approves: two wishes, as everywhere
  const terms = { refundId: `${orderId}-R`, orderId, refundFen: TEST_FEN, currency: 'CNY', reason: '装机测试' };
  const refund = { ...terms, requestedBy: technician };
  await ask('refund', refund, technician, WRITTEN_MS);
  const back = finalOf(await ask('refund', { ...refund, approvedBy: approver }, approver));
  asker.say([`退款 refund: ${back?.code ?? 'UNKNOWN'}`]);
  return back?.phase === 'final' && back.status === 'ok' ? 'given-back' : 'not-given-back';
}

function finalOf(outcome: Awaited<ReturnType<LocalCalls['call']>>): CommandResult | undefined {
  return outcome.kind === 'unsure' ? undefined : outcome.result;
}
