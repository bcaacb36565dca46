import { describe, expect, it } from 'vitest';
import { meaningOf } from '../../agent/payment/outcome.ts';
import { POLICIES } from '../../agent/payment/policy.ts';
import { classify } from '../../protocols/paycode/classify.ts';
import { CHANNELS } from '../../protocols/paycode/paycode.ts';
import { showCode, WALLETS, type Wallet } from '../../simulator/devices/phone.ts';
import { LCG } from '../seeded.ts';

const wallets = Object.keys(WALLETS) as Wallet[];

describe.each(wallets)('the code a %s customer shows', (wallet) => {
  it('is recognised as that channel, and another one every time', () => {
    const dice = new LCG(7);
    const codes = Array.from({ length: 300 }, () => showCode(wallet, () => dice.below(1_000) / 1_000));
    for (const code of codes)
      expect(classify(code, { source: 'scanner' })).toMatchObject({ channel: WALLETS[wallet].channel });
    expect(new Set(codes).size).toBe(300);
  });
});

it('every channel a customer may come with has a policy, and only JD legacy and QQ have none', () => {
  expect(CHANNELS.filter((channel) => !POLICIES[channel])).toEqual(['QQ', 'JD_LEGACY']);
  expect(new Set(Object.values(WALLETS).map(({ channel }) => channel))).toEqual(new Set(Object.keys(POLICIES)));
});

describe('codes that are not in the table', () => {
  it.each(CHANNELS)('%s: an unknown result, never a failure; a reverse stays pending', (channel) => {
    for (const op of ['pay', 'query'] as const)
      expect(meaningOf(channel, op, 'NEVER_HEARD_OF')).toEqual({ category: 'RESULT_UNKNOWN', effect: 'KEEP_POLLING' });
    expect(meaningOf(channel, 'reverse', '0')).toEqual({ category: 'REVERSE_PENDING', effect: 'REVERSE_RETRY' });
  });

  it('UnionPay 00: of a pay it is accepted, of a query it is the proof', () => {
    for (const channel of ['UNIONPAY', 'EMV']) {
      expect(meaningOf(channel, 'pay', '00').effect).toBe('KEEP_POLLING');
      expect(meaningOf(channel, 'query', '00').effect).toBe('PAID');
      // a query that was refused for its own form says nothing about the payment
      expect(meaningOf(channel, 'query', '11').effect).toBe('KEEP_POLLING');
    }
  });
});
