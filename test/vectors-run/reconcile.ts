import { type Finding, type LocalRecord, MEANINGS } from '../../agent/statements/differences.ts';
import { readStatement } from '../../agent/statements/read-statement.ts';
import { type CoveredDay, feeOf, Reconciliation, type Terms } from '../../agent/statements/reconcile.ts';
import type { StatementChannel, StatementRow } from '../../protocols/statements/row.ts';
import type { CaseResult, Checker } from './checker.ts';
import { isObject, listIn, objectIn, unknownSections } from './json.ts';
import { statementsBeside } from './statements.ts';

const SECTIONS = [
  'note',
  'contractRateBp',
  'crossDaySeconds',
  'types',
  'roncooNames',
  'journal',
  'expected',
  'nextDay',
];

/** reconcile.json: a journal of one day against the statements beside it, and the day after. */
export const reconcileChecker: Checker = {
  title: 'reconciliation',
  recognises: (_, content) =>
    listIn(content, 'expected').some((entry) => isObject(entry) && 'key' in entry && 'type' in entry),
  async check(content, file = '') {
    const { terms, journal } = given(content);
    const day = new Reconciliation(journal, terms);
    const covered = await takeAll(day, file, journal);
    const next = nextDay(content, journal, terms, covered);
    return {
      cases: [
        ...cases('', listIn(content, 'expected'), day.findings(covered)),
        ...cases('nextDay ', listIn(objectIn(content, 'nextDay'), 'expected'), next),
        ...types(content),
        ...unknownSections(content, SECTIONS),
      ],
      stories: 0,
    };
  },
};

function given(content: unknown): { terms: Terms; journal: readonly LocalRecord[] } {
  const rates = objectIn(content, 'contractRateBp') as Readonly<Partial<Record<StatementChannel, number>>>;
  const seconds = isObject(content) ? content['crossDaySeconds'] : undefined;
  return {
    terms: { rates, crossDaySeconds: typeof seconds === 'number' ? seconds : Number.NaN },
    journal: listIn(content, 'journal') as readonly LocalRecord[],
  };
}

/** One statement of each channel, of the journal's day: the folder holds other forms of the same ones too. */
async function takeAll(day: Reconciliation, file: string, journal: readonly LocalRecord[]): Promise<CoveredDay[]> {
  const date = journal[0]?.timeLocal.slice(0, 10);
  const covered: CoveredDay[] = [];
  for (const statement of statementsBeside(file)) {
    const rows: StatementRow[] = [];
    const { channel, day: about } = await readStatement(statement, (row) => rows.push(row));
    if (about !== date || date === undefined || covered.some((one) => one.channel === channel)) continue;
    for (const row of rows) day.take(row);
    covered.push({ channel, day: date });
  }
  return covered;
}

/** `2024-11-21 contains T000...`: the statement of the next day, in prose. */
function nextDay(content: unknown, journal: readonly LocalRecord[], terms: Terms, covered: CoveredDay[]): Finding[] {
  const bill = objectIn(content, 'nextDay')['bill'];
  const [, day = '', attemptId = ''] = /^(\S+) contains (\w+)$/.exec(typeof bill === 'string' ? bill : '') ?? [];
  const carried = journal.filter((record) => record.attemptId === attemptId && record.kind === 'PAYMENT');
  const reconciliation = new Reconciliation(carried, terms);
  for (const record of carried) reconciliation.take(rowFor(record, day, terms));
  const days = carried.map(({ channel }) => ({ channel, day }));
  return reconciliation.findings([...covered, ...days]);
}

function rowFor({ channel, attemptId, amountFen }: LocalRecord, day: string, { rates }: Terms): StatementRow {
  return {
    channel,
    kind: 'PAYMENT',
    status: 'SUCCESS',
    timeLocal: `${day} 00:00:01`,
    merchantId: '1900000109',
    subMerchantId: null,
    terminalNo: null,
    attemptId,
    channelTxnId: '1',
    refundId: null,
    channelRefundId: null,
    amountFen,
    settleFen: amountFen,
    channelDiscountFen: 0,
    feeFen: feeOf(amountFen, rates[channel] ?? 0),
    rate: null,
    title: null,
  };
}

/** A case for each expected key, and one for each finding too many. */
function cases(prefix: string, expected: readonly unknown[], found: readonly Finding[]): CaseResult[] {
  const keyOf = (entry: unknown): string => (isObject(entry) && typeof entry['key'] === 'string' ? entry['key'] : '');
  const asked = expected.map((entry) => ({
    name: `${prefix}${keyOf(entry)}`,
    expected: entry,
    actual: found.find(({ key }) => key === keyOf(entry)),
  }));
  const unasked = found.filter(({ key }) => !expected.some((entry) => keyOf(entry) === key));
  const tooMany = unasked.slice(0, Math.max(0, found.length - expected.length));
  return [...asked, ...tooMany.map((actual) => ({ name: `${prefix}${actual.key}`, expected: undefined, actual }))];
}

/** Every type that the file explains is one that can come out; a duplicate refuses the file instead. */
function types(content: unknown): CaseResult[] {
  return Object.keys(objectIn(content, 'types'))
    .filter((type) => type !== 'DUPLICATE_IN_BILL')
    .map((type) => ({ name: `types ${type}`, expected: type, actual: type in MEANINGS ? type : undefined }));
}
