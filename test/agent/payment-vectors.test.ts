import { readFileSync } from 'node:fs';
import { describe, expect, it } from 'vitest';
import { errorCodes } from '../vectors-run/error-codes.ts';
import { flowScenarios } from '../vectors-run/flow-scenarios.ts';

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
