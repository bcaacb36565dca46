import * as fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import { type ChannelRequest, payloadHash } from '../../../protocols/backend/requests.ts';
import type { ChannelOp } from '../../../protocols/backend/topics.ts';
import type { Channel } from '../../../protocols/paycode/paycode.ts';
import { Acquirer } from '../../../simulator/acquirer/acquirer.ts';
import type { CustomerBehaviour, CustomerPlan } from '../../../simulator/acquirer/customer.ts';
import type { ChannelAnswer } from '../../../simulator/acquirer/manner.ts';
import { VirtualClock } from '../../../simulator/world/clock.ts';

const EPOCH = Date.UTC(2026, 0, 1, 4);
let serial = 0;

function request(
  op: ChannelOp,
  attemptId: string,
  channel: Channel = 'WECHAT',
  more: Partial<ChannelRequest> = {},
): ChannelRequest {
  const paycode = `13${String(serial++).padStart(16, '0')}`;
  const money = { amountFen: 1250, currency: 'CNY', channel } as const;
  const args = {
    pay: { op: 'pay', args: { ...money, paycode, source: 'scanner' } },
    query: { op: 'query', args: money },
    reverse: { op: 'reverse', args: { ...money, reason: 'DEADLINE' } },
    refund: { op: 'refund', args: { ...money, refundId: `F-${attemptId}`, refundFen: 1250 } },
    'refund-query': { op: 'refund-query', args: { ...money, refundId: `F-${attemptId}`, refundFen: 1250 } },
  } as const;
  const what = { attemptId, orderId: `O-${attemptId}`, ...args[op], ...more } as ChannelRequest;
  return { ...what, v: 1, requestId: `R${serial}`, payloadHash: payloadHash(what), ts: EPOCH, exp: EPOCH + 50_000 };
}

/** A street of channels on a clock that the test moves. */
function street() {
  const clock = new VirtualClock(EPOCH);
  const acquirer = new Acquirer(clock);
  const { ledger } = acquirer;
  const tell = (what: ChannelRequest) => {
    const answers: ChannelAnswer[] = [];
    acquirer.ask(what, (answer) => answers.push(answer));
    return answers;
  };
  const code = (op: ChannelOp, attemptId: string, channel?: Channel) => tell(request(op, attemptId, channel))[0]?.code;
  return { clock, acquirer, ledger, tell, code };
}

const asks = (kind: CustomerBehaviour): CustomerPlan => ({ behaviour: kind });

describe('WeChat', () => {
  it('charges a small amount at once, and once', () => {
    const { ledger, tell, code } = street();
    const pay = request('pay', 'A1');
    expect(tell(pay)).toEqual([
      { code: 'SUCCESS', transactionId: '42000202601010000000001', paidFen: 1250, paidAt: EPOCH },
    ]);
    expect(tell(pay)[0]?.code).toBe('ORDERPAID');
    expect(code('query', 'A1')).toBe('SUCCESS');
    expect(ledger.ofAttempt('A1')).toEqual({ charges: 1, reversals: 0, netFen: 1250 });
  });

  it('waits for the password; the money moves when it is typed, whoever asks', () => {
    const { clock, acquirer, ledger, code } = street();
    acquirer.send(asks({ kind: 'enters-password', afterMs: 8_000 }));
    expect(code('pay', 'A1')).toBe('USERPAYING');
    clock.advance(7_999);
    expect([code('query', 'A1'), ledger.total().charges]).toEqual(['USERPAYING', 0]);
    clock.advance(1);
    expect([ledger.total().charges, code('query', 'A1')]).toEqual([1, 'SUCCESS']);
  });

  it('does not reverse a young payment that is still being typed', () => {
    const { clock, acquirer, ledger, code } = street();
    acquirer.send(asks({ kind: 'enters-password', afterMs: 'never' }));
    code('pay', 'A1');
    clock.advance(14_999);
    expect(code('reverse', 'A1')).toBe('USERPAYING');
    clock.advance(1);
    expect(code('reverse', 'A1')).toBe('SUCCESS');
    expect(code('query', 'A1')).toBe('REVOKED');
    clock.advance(600_000);
    expect(ledger.total()).toEqual({ charges: 0, reversals: 0, netFen: 0 });
  });

  it('gives the money back once when a paid attempt is reversed twice', () => {
    const { ledger, code } = street();
    code('pay', 'A1');
    expect([code('reverse', 'A1'), code('reverse', 'A1')]).toEqual(['SUCCESS', 'SUCCESS']);
    expect(ledger.ofAttempt('A1')).toEqual({ charges: 1, reversals: 1, netFen: 0 });
  });

  it('cannot tell a cancelled password from a wrong one: PAYERROR', () => {
    const { clock, acquirer, ledger, code } = street();
    acquirer.send(asks({ kind: 'cancels', afterMs: 3_000 }));
    code('pay', 'A1');
    clock.advance(3_000);
    expect([code('query', 'A1'), ledger.total().charges]).toEqual(['PAYERROR', 0]);
  });

  it('takes a paycode once', () => {
    const { ledger, tell } = street();
    const pay = request('pay', 'A1');
    tell(pay);
    const again = { ...pay, attemptId: 'A2' };
    expect(tell(again)).toEqual([{ code: 'AUTH_CODE_ERROR', message: '付款码仅限使用一次' }]);
    expect(ledger.total().charges).toBe(1);
  });
});

describe('Alipay', () => {
  it('says what its cancel did: close or refund', () => {
    const { acquirer, ledger, tell, code } = street();
    acquirer.send(asks({ kind: 'enters-password', afterMs: 'never' }));
    expect(code('pay', 'A1', 'ALIPAY')).toBe('10003');
    expect(code('query', 'A1', 'ALIPAY')).toBe('WAIT_BUYER_PAY');
    expect(tell(request('reverse', 'A1', 'ALIPAY'))).toEqual([{ code: '10000', refunded: false, retry: false }]);
    expect(code('pay', 'A2', 'ALIPAY')).toBe('10000');
    expect(tell(request('reverse', 'A2', 'ALIPAY'))).toEqual([{ code: '10000', refunded: true, retry: false }]);
    expect(code('query', 'A2', 'ALIPAY')).toBe('TRADE_CLOSED');
    expect(ledger.total()).toEqual({ charges: 1, reversals: 1, netFen: 0 });
  });

  it('asks to be called again when it is in trouble, and does nothing meanwhile', () => {
    const { acquirer, ledger, tell, code } = street();
    acquirer.send({ behaviour: { kind: 'pays' }, trouble: { reverse: [{ code: 'ACQ.SYSTEM_ERROR', retry: true }] } });
    code('pay', 'A1', 'ALIPAY');
    expect(tell(request('reverse', 'A1', 'ALIPAY'))).toEqual([{ code: 'ACQ.SYSTEM_ERROR', retry: true }]);
    expect(ledger.total().reversals).toBe(0);
    expect(code('reverse', 'A1', 'ALIPAY')).toBe('10000');
    expect(ledger.total().reversals).toBe(1);
  });

  it('answers the same pay the same way, another content under the number not', () => {
    const { ledger, tell } = street();
    const pay = request('pay', 'A1', 'ALIPAY');
    expect([tell(pay)[0]?.code, tell(pay)[0]?.code]).toEqual(['10000', '10000']);
    expect(tell({ ...pay, orderId: 'O-other' })[0]?.code).toBe('ACQ.CONTEXT_INCONSISTENT');
    expect(ledger.total().charges).toBe(1);
  });

  it('closes what nobody pays after three minutes', () => {
    const { clock, acquirer, code } = street();
    acquirer.send(asks({ kind: 'enters-password', afterMs: 'never' }));
    code('pay', 'A1', 'ALIPAY');
    clock.advance(180_000);
    expect(code('query', 'A1', 'ALIPAY')).toBe('TRADE_CLOSED');
  });
});

describe('UnionPay', () => {
  it('accepts with 00 and proves by query only', () => {
    const { acquirer, ledger, tell, code } = street();
    expect(tell(request('pay', 'A1', 'UNIONPAY'))).toEqual([{ code: '00', message: '受理成功' }]);
    expect(ledger.total().charges).toBe(1);
    expect(tell(request('query', 'A1', 'UNIONPAY'))[0]).toMatchObject({ code: '00', paidFen: 1250 });
    acquirer.send(asks({ kind: 'unclear', code: '05', paysAfterMs: 'never' }));
    expect([code('pay', 'A2', 'UNIONPAY'), code('query', 'A2', 'UNIONPAY')]).toEqual(['05', '05']);
    expect(code('query', 'A3', 'UNIONPAY')).toBe('34');
  });
});

describe('every channel', () => {
  const CHANNELS = ['WECHAT', 'ALIPAY', 'UNIONPAY'] as const;

  it.each(CHANNELS)('%s: a lost answer is charged all the same', (channel) => {
    const { acquirer, ledger, tell } = street();
    acquirer.send({ behaviour: { kind: 'pays' }, answers: { pay: [{ kind: 'lose' }] } });
    expect(tell(request('pay', 'A1', channel))).toEqual([]);
    expect(ledger.total().charges).toBe(1);
    expect(tell(request('query', 'A1', channel))[0]).toMatchObject({ paidFen: 1250 });
  });

  it.each(CHANNELS)('%s: a late answer comes when it comes', (channel) => {
    const { clock, acquirer, tell } = street();
    acquirer.send({ behaviour: { kind: 'pays' }, answers: { pay: [{ kind: 'delay', ms: 12_000 }] } });
    const answers = tell(request('pay', 'A1', channel));
    clock.advance(11_999);
    expect(answers).toHaveLength(0);
    clock.advance(1);
    expect(answers).toHaveLength(1);
  });

  it.each(CHANNELS)('%s: a refusal carries the given code and moves nothing', (channel) => {
    const { acquirer, ledger, tell } = street();
    acquirer.send(asks({ kind: 'refuses', code: 'ANY.CODE', message: '余额不足' }));
    expect(tell(request('pay', 'A1', channel))).toEqual([{ code: 'ANY.CODE', message: '余额不足' }]);
    expect(ledger.total().charges).toBe(0);
  });

  it.each([
    ['WECHAT', 'ORDERREVERSED'],
    ['ALIPAY', 'ACQ.TRADE_HAS_CLOSE'],
    ['UNIONPAY', '12'],
  ] as const)('%s: a reverse that overtakes its pay closes the number for good', (channel, late) => {
    const { ledger, code } = street();
    expect(code('reverse', 'A1', channel)).toMatch(/^(SUCCESS|10000|00)$/);
    expect(code('pay', 'A1', channel)).toBe(late);
    expect(ledger.total()).toEqual({ charges: 0, reversals: 0, netFen: 0 });
  });

  it('never charges an attempt twice nor gives back more than it took, whatever is asked in whatever order', () => {
    const behaviour = fc.oneof(
      fc.constant<CustomerBehaviour>({ kind: 'pays' }),
      fc.nat(90_000).map((afterMs): CustomerBehaviour => ({ kind: 'enters-password', afterMs })),
      fc.nat(90_000).map((paysAfterMs): CustomerBehaviour => ({ kind: 'unclear', code: 'X', paysAfterMs })),
      fc.nat(90_000).map((afterMs): CustomerBehaviour => ({ kind: 'cancels', afterMs })),
    );
    const step = fc.record({ op: fc.constantFrom('pay', 'query', 'reverse'), waitMs: fc.nat(40_000) });
    const story = fc.tuple(fc.constantFrom(...CHANNELS), behaviour, fc.array(step, { maxLength: 12 }));
    fc.assert(
      fc.property(story, ([channel, kind, steps]) => {
        const { clock, acquirer, ledger, code } = street();
        acquirer.everybody = asks(kind);
        let reversed = false;
        for (const { op, waitMs } of steps) {
          clock.advance(waitMs);
          const answer = code(op, 'A1', channel);
          reversed ||= op === 'reverse' && answer !== 'USERPAYING';
        }
        clock.advance(600_000);
        const { charges, reversals, netFen } = ledger.ofAttempt('A1');
        expect(charges).toBeLessThanOrEqual(1);
        expect(reversals).toBeLessThanOrEqual(charges);
        expect(reversed ? netFen : 0).toBe(0);
      }),
      { numRuns: 300 },
    );
  });
});
