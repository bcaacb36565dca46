import { describe, expect, it } from 'vitest';
import { type Carried, carriedOn, isOverdue, type LookedBefore, wantedDay } from '../../../agent/statements/carry.ts';
import type { LocalRecord } from '../../../agent/statements/differences.ts';

const NOON = Date.UTC(2026, 10, 24, 4);
const at = (day: string) => Date.parse(`${day}T12:00:00+08:00`);

/** What a payment of this time comes to when the statement of `day` does not have it. */
function absent(records: readonly LocalRecord[], day: string, known: readonly Carried[], before: LookedBefore[] = []) {
  const byKey = new Map(records.map((record) => [`WECHAT|P|${record.attemptId}`, record]));
  const own = [...byKey].filter(([, { timeLocal }]) => timeLocal.startsWith(day));
  return carriedOn(new Map(known.map((one) => [one.key, one])), {
    channel: 'WECHAT',
    day,
    at: NOON,
    findings: own.map(([key]) => ({ key, type: 'CROSS_DAY_PENDING' })),
    before,
    said: new Set(),
    elsewhere: [],
    recordOf: (key) => byKey.get(key),
  });
}

function paid(attemptId: string, timeLocal: string): LocalRecord {
  return { channel: 'WECHAT', kind: 'PAYMENT', attemptId, state: 'PAID', amountFen: 100, timeLocal };
}

describe('paid just behind midnight', () => {
  const early = paid('EARLY', '2026-11-22 00:03:00');

  it('the statement of the day before is wanted; without it nothing is missing', () => {
    const { changes: first } = absent([early], '2026-11-22', []);
    const { changes: later, findings } = absent([early], '2026-11-25', first);
    expect([later.map(wantedDay), later.map(isOverdue), findings]).toEqual([['2026-11-21'], [false], []]);
    const { changes: last, findings: missing } = absent([early], '2026-11-21', later);
    expect([last.map(isOverdue), missing]).toEqual([
      [true],
      [{ key: 'WECHAT|P|EARLY', type: 'LOCAL_ONLY', severity: 'high' }],
    ]);
  });

  it('the day before was chosen before, when the payment was there already: it counts', () => {
    const before = [
      { channel: 'WECHAT', day: '2026-11-21', at: at('2026-11-22') },
      { channel: 'ALIPAY', day: '2026-11-23', at: at('2026-11-24') },
    ] as const;
    const { changes } = absent([early], '2026-11-22', [], [...before]);
    expect(changes).toMatchObject([{ lookedIn: ['2026-11-21', '2026-11-22'] }]);
    const { findings } = absent([early], '2026-11-25', changes);
    expect(findings).toMatchObject([{ type: 'LOCAL_ONLY' }]);
  });

  it('chosen before the payment, it says nothing of it', () => {
    const before = [{ channel: 'WECHAT', day: '2026-11-21', at: at('2026-11-21') }] as const;
    expect(absent([early], '2026-11-22', [], [...before]).changes.map(wantedDay)).toEqual(['2026-11-21']);
  });
});

it('the day beside stays known, however many statements follow', () => {
  const late = paid('LATE', '2026-11-01 23:58:00');
  let known = absent([late], '2026-11-01', []).changes;
  for (let day = 2; day <= 28; day++) known = absent([late], `2026-11-${String(day).padStart(2, '0')}`, known).changes;
  expect(known.map(isOverdue)).toEqual([true]);
  expect(known[0]?.lookedIn).toEqual(['2026-11-02', ...Array.from({ length: 10 }, (_, n) => `2026-11-${19 + n}`)]);
});

it('what does not fit among the carried is missing, not forgotten', () => {
  const many = Array.from({ length: 203 }, (_, n) => paid(`A${n}`, '2026-11-22 23:59:00'));
  const { changes, findings } = absent(many, '2026-11-22', []);
  expect(changes).toHaveLength(200);
  expect(findings.filter(({ type }) => type === 'LOCAL_ONLY').map(({ key }) => key)).toEqual(
    ['A200', 'A201', 'A202'].map((id) => `WECHAT|P|${id}`),
  );
  expect(findings.filter(({ type }) => type === 'CROSS_DAY_PENDING')).toHaveLength(200);
});
