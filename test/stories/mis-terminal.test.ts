import { describe, expect, it, type TestContext } from 'vitest';
import { MIS_CONTROL } from '../../protocols/terminal/mis/frame.ts';
import { MIS_FAULTS, type MisFault } from '../../simulator/terminals/mis-faults.ts';
import { MisShop, PAYCODE } from './mis-shop.ts';

/** Each story has a shop of its own and mostly waits for it: several are told at once. */
function open(test: TestContext, ...how: ConstructorParameters<typeof MisShop>): MisShop {
  const shop = new MisShop(...how);
  test.onTestFinished(() => shop.close());
  return shop;
}

const told = new Set<MisFault>();
function fault(name: MisFault): MisFault {
  told.add(name);
  return name;
}

it.concurrent('a scanned code is charged by the terminal and given back: both say the same, and the code is nowhere', async (test) => {
  const shop = open(test);
  const { terminal, till } = shop;
  const sale = await shop.sale(1200);
  expect(sale).toMatchObject({ outcome: 'approved', amount: 1200, evidence: { by: 'answer', code: '00' } });
  expect(sale?.card).toEqual({ pan: '621234*********4584', name: '银联卡' });
  expect(terminal.model.netFen).toBe(1200);
  expect(terminal.model.ledger[0]?.withPaycode).toBe(true);
  const news = await till.command({ kind: 'void', reference: 'V-1', amount: 1200, original: sale?.key ?? {} });
  expect(news).toMatchObject({ kind: 'done', command: 'void', ok: true });
  expect(till.stored.at(-1)).toMatchObject({ reference: 'V-1', outcome: 'approved', amount: -1200 });
  expect(terminal.model.netFen).toBe(0);
  expect(JSON.stringify([till.stored, shop.dialogue])).not.toContain(PAYCODE.slice(2, 14));
});

it.concurrent('the ACK of an answer leaves when the answer is on disk, and not before', async (test) => {
  const shop = open(test);
  const { till } = shop;
  let ackBeforeDisk = false;
  till.onStep = () => {
    const acks = till.written.filter((bytes) => bytes[0] === MIS_CONTROL.ACK).length;
    if (acks > till.stored.length) ackBeforeDisk = true;
  };
  expect(await shop.sale(1200)).toMatchObject({ outcome: 'approved' });
  expect(ackBeforeDisk).toBe(false);
});

it.concurrent('a disk that refuses once: NAK, the terminal says it again, and then it is kept', async (test) => {
  const shop = open(test);
  const { till, terminal } = shop;
  till.diskFails = 1;
  const first = shop.sale(1200);
  await first;
  await till.until(() => till.stored.length + till.late.length === 1);
  expect(terminal.model.approvals).toBe(1);
});

describe.concurrent('what the host says, by amount', () => {
  it.for([
    [1205, 'declined', '05'],
    [1251, 'declined', '51'],
    [1255, 'declined', '55'],
    [1291, 'declined', '91'],
    [1268, 'unknown', '68'],
    [1269, 'unknown', '68'],
  ] as const)('%i: %s', async ([amount, outcome, code], test) => {
    const shop = open(test);
    expect(await shop.sale(amount)).toMatchObject({ outcome, evidence: { by: 'answer', code } });
  });

  it('97: the red key, where the dialect has a code for it; without one nobody can tell', async (test) => {
    expect(await open(test, 'another-bank').sale(1297)).toMatchObject({ outcome: 'cancelled' });
    expect(await open(test).sale(1297)).toMatchObject({ outcome: 'unknown' });
  });

  it.for([1298, 1299])('%i: approved and never heard of: unknown, not refused', async (amount, test) => {
    const shop = open(test);
    const { terminal } = shop;
    expect(await shop.sale(amount)).toMatchObject({ outcome: 'unknown', evidence: { by: 'no-answer' } });
    expect([terminal.model.approvals, terminal.requests]).toEqual([1, 1]);
    expect(await shop.sale(1200)).toMatchObject({ outcome: 'approved' });
  });
});

it.concurrent('another bank: every code is data, and cards are sold too', async (test) => {
  const { till, dialogue } = open(test, 'another-bank');
  expect(dialogue.capabilities.commands).toEqual([
    'sale',
    'void',
    'refund',
    'preAuth',
    'completePreAuth',
    'cancelPreAuth',
  ]);
  expect(await till.command({ kind: 'sale', reference: 'C-1', amount: 990 })).toMatchObject({ ok: true });
  const observed = open(test);
  expect(await observed.till.command({ kind: 'sale', reference: 'C-1', amount: 990 })).toEqual({
    kind: 'not-done',
    command: 'sale',
    why: 'unsupported',
  });
  expect(observed.terminal.requests).toBe(0);
});

describe.concurrent('in spite of it the sale is approved, once', () => {
  it.for([
    'ack-dropped',
    'ack-delayed',
    'ack-duplicated',
    'ack-then-nak',
    'nak-first',
    'ack-glued-to-answer',
    'answer-before-ack',
    'one-byte-chunks',
    'gaps',
    'noise-before-frame',
    'bad-lrc',
    'lrc-over-stx',
    'length-plus-one',
    'length-minus-one',
    'length-not-bcd',
    'unknown-tag',
    'duplicate-answer',
    'packets',
    'gbk-text',
    'masked-pan',
  ] as const)('%s', async (name, test) => {
    // a terminal that would charge again when the same bytes come again
    const shop = open(test, 'forgetful');
    const { terminal, till } = shop;
    expect(await shop.sale(1200, fault(name))).toMatchObject({ outcome: 'approved', amount: 1200 });
    expect(terminal.model.netFen).toBe(1200);
    expect(await shop.sale(800)).toMatchObject({ outcome: 'approved', amount: 800 });
    expect([terminal.model.netFen, terminal.requests, till.late]).toEqual([2000, 2, []]);
  });
});

describe.concurrent('nobody knows: unknown, and the terminal is not asked again by itself', () => {
  it.for([
    ['always-bad-lrc', 'no-answer'],
    ['wrong-echo', 'no-answer'],
    ['wrong-command', 'no-answer'],
    ['packets-cut', 'no-answer'],
    ['no-result-code', 'cannot-tell'],
    ['terminal-error', 'answer'],
    ['unplugged-after-approval', 'link-lost'],
    ['amount-changed', 'other-amount'],
    ['declined-answer-lost', 'no-answer'],
  ] as const)('%s: %s', async ([name, by], test) => {
    const shop = open(test, 'forgetful');
    const { terminal } = shop;
    expect(await shop.sale(1200, fault(name))).toMatchObject({ outcome: 'unknown', evidence: { by } });
    expect(terminal.requests).toBe(1);
    expect(terminal.model.ledger.length).toBeLessThanOrEqual(1);
  });

  it('wrong-echo: what came for nobody is kept for whoever finds out', async (test) => {
    const shop = open(test);
    const { till } = shop;
    await shop.sale(1200, 'wrong-echo');
    expect(till.late).toMatchObject([{ outcome: 'approved', amount: 1200 }]);
  });
});

describe.concurrent('certainly not done', () => {
  it.for([
    ['nak-always', 'NAK'],
    ['busy', 'EOT'],
    ['sign-in-needed', '00010014'],
  ] as const)('%s', async ([name, code], test) => {
    const shop = open(test);
    const { terminal } = shop;
    expect(await shop.sale(1200, fault(name))).toMatchObject({
      outcome: 'declined',
      evidence: { by: 'refused', code },
    });
    expect(terminal.model.ledger).toEqual([]);
    expect(await shop.sale(1200)).toMatchObject({ outcome: 'approved' });
  });
});

it.concurrent("late-answer: the answer to the last sale is never taken for this one's", async (test) => {
  const shop = open(test);
  const { terminal, till } = shop;
  expect(await shop.sale(1200, fault('late-answer'))).toMatchObject({ outcome: 'unknown' });
  // declined: with the other's approval applied, goods would leave the shop unpaid
  expect(await shop.sale(1251)).toMatchObject({ outcome: 'declined', evidence: { code: '51' } });
  expect(till.late).toMatchObject([{ outcome: 'approved', amount: 1200 }]);
  expect(terminal.model.netFen).toBe(1200);
});

it.concurrent('relay: the till carries a packet to the host and back, and the sale goes on', async (test) => {
  const shop = open(test);
  const { terminal, dialogue, till } = shop;
  till.onStep = () => {
    const wish = dialogue.relayWish;
    if (wish) till.perform(dialogue.relayed(wish.packet.toReversed()));
  };
  expect(await shop.sale(1200, fault('relay'))).toMatchObject({ outcome: 'approved' });
  expect(terminal.relayed.map((packet) => Buffer.from(packet.toReversed()).toString())).toEqual(['0200 to the host']);
});

it('every fault of the MIS terminal has its story', () => {
  expect([...told].sort()).toEqual(Object.keys(MIS_FAULTS).sort());
});
