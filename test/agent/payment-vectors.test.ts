import { readFileSync } from 'node:fs';
import { describe, expect, it } from 'vitest';
import { meaningOf } from '../../agent/payment/outcome.ts';
import { errorCodes } from '../vectors-run/error-codes.ts';
import { flowScenarios } from '../vectors-run/flow-scenarios.ts';
import { hashChain } from '../vectors-run/hash-chain.ts';

const load = (name: string): unknown =>
  JSON.parse(readFileSync(new URL(`../vectors/payment/${name}`, import.meta.url), 'utf8'));

describe('published payment stories', async () => {
  it.each((await flowScenarios.check(load('flow-scenarios.json'))).cases)(
    '[004-17] [004-18] $name',
    ({ expected, actual }) => {
      expect(actual).toEqual(expected);
    },
  );
});

it('every published channel code and category means what the table says', async () => {
  const { cases } = await errorCodes.check(load('error-codes.json'));
  expect(cases.length).toBeGreaterThan(200);
  for (const { name, expected, actual } of cases) expect(actual, name).toEqual(expected);
});

it.each([
  ['cut to 32 characters', 'ACQ.PAYMENT_AUTH_CODE_INVALID_AND_MORE'.slice(0, 32), 'RESULT_UNKNOWN'],
  ['cut to 32 characters', 'ACQ.BUYER_BANKCARD_BALANCE_NOT_ENOUGH'.slice(0, 32), 'INSUFFICIENT_FUNDS'],
  ['cut to 32 characters, then without ACQ.', 'BUYER_BANKCARD_BALANCE_NOT_E', 'INSUFFICIENT_FUNDS'],
  ['without ACQ., then cut to 32 characters', 'BUYER_BANKCARD_BALANCE_NOT_ENOUGH'.slice(0, 32), 'INSUFFICIENT_FUNDS'],
  ['28 characters of a longer code', 'ACQ.PAYMENT_AUTH_CODE_INVALI', 'RESULT_UNKNOWN'],
  ['small letters', 'acq.payment_auth_code_invalid', 'RESULT_UNKNOWN'],
  ['a blank behind it', 'ACQ.PAYMENT_AUTH_CODE_INVALID ', 'RESULT_UNKNOWN'],
  ['200 characters', 'ACQ.'.padEnd(200, 'X'), 'RESULT_UNKNOWN'],
  ['empty', '', 'RESULT_UNKNOWN'],
])('Alipay code, %s (%s): %s', (_, code, category) => {
  expect(meaningOf('ALIPAY', 'pay', code).category).toBe(category);
});

it('an entry of error-codes.json that nobody can compare fails, and so does a section', async () => {
  const { cases } = await errorCodes.check({
    categories: {},
    codes: [{ channel: 'WECHAT', op: 'pay', code: 'SUCCESS', category: 'PAID', effect: 'PAID', sound: 'success' }],
    cases: [{ channel: 'WECHAT', op: 'close', code: 'SUCCESS', expect: 'PAID' }, 7],
    nextSteps: { DONE: 'print', DANCE: 'a step nobody knows' },
    surprises: [],
  });
  const failed = cases.filter(({ expected, actual }) => expected !== actual);
  expect(failed.map(({ name }) => name)).toEqual(['next step DANCE', 'codes[0]', 'cases[0]', 'cases[1]', 'surprises']);
});

describe('hash-chain.json, other ways to tamper', () => {
  const { entries } = load('hash-chain.json') as { entries: readonly object[] };
  it.each([
    ['entries[1].ts="2024-11-20T07:00:01.001Z"', 2],
    ['entries[1].terminal=T0000002', 2],
    ['entries[2].type="PAY_FAILED"', 3],
    ['entries[1].seq=7', 2],
    ['entries[0].v=2', 1],
    [`entries[3].prev="${'a'.repeat(64)}"`, 4],
    [`entries[2].hash="${'b'.repeat(64)}"`, 3],
    ['entries[1].data.slipped=null', 2],
    ['entries[1].slipped=1', 2],
    ['entries[1].data.channelCode="SUCCESS" and rehash', 3],
    ['drop entries[1]', 2],
    ['duplicate entries[1]', 3],
    ['swap entries[1] and entries[2]', 2],
    ['entries[3].data.copies=2', null],
    ['shake entries[1]', 'unknown change: shake entries[1]'],
  ])('%s: broken at %s', async (change, at) => {
    const { cases } = await hashChain.check({ entries, tamper: [{ id: 'one', change, expectBrokenAt: at }] });
    expect(cases.find(({ name }) => name === 'one')?.actual).toEqual(at);
  });
});

it('every local rule has a story of its name', () => {
  const { localRules } = load('flow-scenarios.json') as { localRules: readonly { id: string }[] };
  for (const { id } of localRules) {
    const story = readFileSync(new URL(`../stories/${id}.test.ts`, import.meta.url), 'utf8');
    expect(story, id).toMatch(new RegExp(`(it|describe)(\\.each\\([^]*\\))?\\('${id}: `));
  }
});

describe('variations of the published stories', () => {
  const QUERY = { result: 'USER_PAYING' };
  const sends = (events: readonly { t: number; type: string }[]) =>
    events
      .filter(({ type }) => type.endsWith('_SENT'))
      .map(({ t, type }) => `${type[0]}${t}`)
      .join(' ');

  async function told(script: object) {
    const content = { scenarios: [{ id: 'one', script, expect: {} }] };
    const [one] = (await flowScenarios.check(content)).cases;
    const actual = one?.actual as { events: { t: number; type: string }[]; final: string; clerkCategory: string };
    return [actual.final, actual.clerkCategory, sends(actual.events)];
  }

  it.each([
    [
      'WeChat BANKERROR is asked after at once',
      {
        channel: 'WECHAT',
        pay: { result: 'UNKNOWN', code: 'BANKERROR', afterMs: 900 },
        query: [{ result: 'SUCCESS' }],
      },
      ['PAID', 'PAID', 'P0 Q900'],
    ],
    [
      'UnionPay 00 is accepted, not paid',
      { channel: 'UNIONPAY', pay: { result: 'SUCCESS', code: '00', afterMs: 500 }, query: [{ result: 'SUCCESS' }] },
      ['PAID', 'PAID', 'P0 Q1500'],
    ],
    [
      'the clerk cancels an Alipay payment: one query, then the reverse, with no waiting',
      { channel: 'ALIPAY', pay: QUERY, query: [QUERY], reverse: [{ result: 'OK_CLOSED' }], clerkCancelAtMs: 7_000 },
      ['REVERSED', 'REVERSED', 'P0 Q5800 Q7000 R7200'],
    ],
    [
      'the clerk cancels, but the last query says paid',
      { channel: 'WECHAT', pay: QUERY, query: [QUERY, QUERY, { result: 'SUCCESS' }], clerkCancelAtMs: 20_000 },
      ['PAID', 'PAID', 'P0 Q5800 Q11000 Q16200'],
    ],
    [
      'the clerk cancels when WeChat takes a reverse already',
      { channel: 'WECHAT', pay: QUERY, query: [QUERY], reverse: [{ result: 'OK_REFUNDED' }], clerkCancelAtMs: 20_000 },
      ['REVERSED', 'REVERSED', 'P0 Q5800 Q11000 Q16200 Q20000 R20200'],
    ],
    [
      'a query that says closed ends it without a reverse',
      { channel: 'WECHAT', pay: QUERY, query: [QUERY, { result: 'FAIL_FINAL', code: 'CLOSED' }] },
      ['FAILED', 'ORDER_CLOSED', 'P0 Q5800 Q11000'],
    ],
    [
      'nobody answers Alipay: a query leaves at the deadline itself, then the reverse',
      {
        channel: 'ALIPAY',
        pay: { result: 'NO_RESPONSE' },
        query: [{ result: 'NO_RESPONSE' }],
        reverse: [{ result: 'OK_CLOSED' }],
      },
      ['REVERSED', 'REVERSED', 'P0 Q15000 Q23000 Q31000 Q39000 Q47000 Q55000 Q60000 R65000'],
    ],
    [
      'an unclear reverse is sent again two seconds later',
      {
        channel: 'UNIONPAY',
        pay: { result: 'UNKNOWN' },
        query: [{ result: 'UNKNOWN' }],
        reverse: [{ result: 'UNKNOWN' }, { result: 'OK_CLOSED' }],
      },
      ['REVERSED', 'REVERSED', 'P0 Q1800 Q4000 Q8200 Q16400 Q32600 Q64800 R65000 R67500'],
    ],
    [
      'WeChat does not allow the reverse: a person',
      {
        channel: 'WECHAT',
        pay: QUERY,
        query: [{ result: 'PAYERROR' }],
        reverse: [{ result: 'NOT_ALLOWED', code: 'TRADE_ERROR' }],
      },
      ['NEEDS_MANUAL_CHECK', 'NEEDS_MANUAL_CHECK', 'P0 Q5800 Q15000 R15200'],
    ],
    [
      'paid while the power was off',
      {
        channel: 'WECHAT',
        pay: QUERY,
        query: [...Array.from({ length: 9 }, () => QUERY), { result: 'SUCCESS' }],
        powerCutMs: 90_000,
      },
      ['PAID', 'PAID', 'P0 Q5800 Q11000 Q16200 Q21400 Q26600 Q31800 Q37000 Q42200 Q45000 Q135200'],
    ],
    [
      'WeChat refuses with BANKERROR: asked after at once too',
      { channel: 'WECHAT', pay: { result: 'FAIL', code: 'BANKERROR', afterMs: 900 }, query: [{ result: 'SUCCESS' }] },
      ['PAID', 'PAID', 'P0 Q900'],
    ],
    [
      'an answer at the last millisecond is in time',
      { channel: 'WECHAT', pay: { result: 'SUCCESS', afterMs: 10_000 } },
      ['PAID', 'PAID', 'P0'],
    ],
    [
      'an unclear answer one millisecond late changes nothing',
      { channel: 'WECHAT', pay: { result: 'USER_PAYING', afterMs: 10_001 }, query: [{ result: 'SUCCESS' }] },
      ['PAID', 'PAID', 'P0 Q15000'],
    ],
    [
      'a success one millisecond late is a success',
      { channel: 'WECHAT', pay: { result: 'SUCCESS', afterMs: 10_001 }, query: [QUERY] },
      ['PAID', 'PAID', 'P0'],
    ],
    [
      'a code that nobody knows is an unknown result',
      { channel: 'ALIPAY', pay: { result: 'FAIL', code: 'ACQ.NEVER_HEARD_OF' }, query: [{ result: 'SUCCESS' }] },
      ['PAID', 'PAID', 'P0 Q5800'],
    ],
  ])('%s', async (_, script, expected) => {
    expect(await told(script)).toEqual(expected);
  });

  it('a word of a script that nobody knows fails its case, not the file', async () => {
    const { cases } = await flowScenarios.check({
      scenarios: [
        { id: 'a', script: { channel: 'WECHAT', pay: QUERY, moonPhase: 1 }, expect: {} },
        { id: 'b', script: { channel: 'WECHAT', pay: { result: 'PERHAPS' } }, expect: {} },
        { id: 'c', script: { channel: 'MARS', pay: QUERY }, expect: {} },
      ],
      localRules: [{ id: 'new-rule', given: 'x', expect: 'y' }],
    });
    expect(cases.map(({ name }) => name)).toEqual(['a', 'b', 'c', 'new-rule']);
    for (const { actual, expected } of cases) expect(actual).not.toEqual(expected);
  });
});
