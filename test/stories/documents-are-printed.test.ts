import { describe, expect, it } from 'vitest';
import type { Printable } from '../../agent/slips/printable.ts';
import { toHex } from '../../protocols/bytes/hex.ts';
import { MemoryShop } from '../world/shop.ts';

const NOON = Date.UTC(2026, 10, 22, 4);

const REPORT: Printable = {
  kind: 'report',
  slip: {
    kind: 'day',
    merchantName: '街角小店',
    from: NOON,
    until: NOON,
    rows: [],
    salesFen: 0,
    refundsFen: 0,
    reversed: 0,
    open: 0,
  },
};

const intent = (orderId: string): Printable => ({
  kind: 'intent',
  slip: { merchantName: '街角小店', orderId, amountFen: 1250, codeText: 'https://pay.example/i/1', expiresAt: NOON },
});

/** The titles on the paper, in the order they came out. */
function titles(shop: MemoryShop): string[] {
  return shop.slipText().match(/日结单|扫码付款|签购单|退货单/g) ?? [];
}

describe('documents go through the spool', () => {
  it('leave when the printer is back, a payment before a code for a customer before a report', async () => {
    const shop = await MemoryShop.open();
    const { printer, till } = shop.process;
    printer.pull();
    await till.spool.print(REPORT, { by: 'manager' });
    await till.spool.print(intent('D-1'), { by: 'clerk' });
    await shop.collect('D-2');
    shop.scan(shop.showCode());
    await shop.untilState('D-2', 'PAID');
    printer.plug();
    await shop.pass(20_000);
    expect(titles(shop)).toEqual(['签购单', '扫码付款', '日结单']);
    expect(till.book.documents.size).toBe(2);
  });

  it('are printed once, however often they are asked for by the same name, and survive a kill', async () => {
    const shop = await MemoryShop.open();
    shop.process.printer.pull();
    await shop.process.till.spool.print(intent('D-1'), { by: 'cmd-7', jobId: 'job-7' });
    await shop.kill(0);
    await shop.start();
    await shop.process.till.spool.print(intent('D-1'), { by: 'cmd-7', jobId: 'job-7' });
    await shop.pass(10_000);
    expect(await shop.process.till.spool.settled('job-7')).toMatchObject({ state: 'sent', proof: 'sent', by: 'cmd-7' });
    expect(titles(shop)).toEqual(['扫码付款']);
    await shop.kill();
    await shop.start();
    await shop.process.till.spool.print(intent('D-1'), { by: 'cmd-7', jobId: 'job-7' });
    await shop.pass(10_000);
    expect(titles(shop)).toEqual([]);
  });

  it('that came too late, or were given up, are dropped and told of', async () => {
    const shop = await MemoryShop.open();
    const { printer, till } = shop.process;
    printer.pull();
    const { jobId } = await till.spool.print(intent('D-1'), { by: 'clerk', withinMs: 60_000 });
    const other = await till.spool.print(intent('D-2'), { by: 'clerk' });
    till.spool.cancelDocument(other.jobId);
    await shop.pass(5_000);
    expect(await till.spool.settled(other.jobId)).toMatchObject({ state: 'dropped', dropped: 'CANCELLED' });
    const end = till.spool.settled(jobId);
    await shop.pass(62_000);
    expect(await end).toMatchObject({ state: 'dropped', dropped: 'EXPIRED' });
    printer.plug();
    await shop.pass(10_000);
    expect(titles(shop)).toEqual([]);
  });

  it('interrupted are asked about; missing ones are printed again, marked', async () => {
    const shop = await MemoryShop.open();
    const { till } = shop.process;
    const job = { jobId: 'job-1', document: REPORT, priority: 'report', by: 'x', askedAt: NOON, until: NOON } as const;
    await till.book.write({ type: 'DOCUMENT', job: { ...job, state: 'sending' } });
    await shop.kill();
    await shop.start();
    await shop.pass(5_000);
    const { spool } = shop.process.till;
    expect(titles(shop)).toEqual([]);
    expect(spool.documentQuestions().map(({ jobId }) => jobId)).toEqual(['job-1']);
    await spool.answerDocument('job-1', 'missing', 'manager');
    await shop.pass(10_000);
    expect(shop.slipText()).toMatch(/日结单[^]*重打印 DUPLICATE/);
    expect(spool.document('job-1')).toMatchObject({ state: 'sent', proof: 'clerk' });
    expect(spool.documentQuestions()).toEqual([]);
  });

  it('of the backend carry the mark of a reprint although they have no place for it, and kick no drawer twice', async () => {
    const shop = await MemoryShop.open();
    const { spool } = shop.process.till;
    const document = { v: 1, blocks: [{ type: 'text', text: '{{what}}' }, { type: 'drawer' }] } as const;
    const { jobId } = await spool.print(
      { kind: 'document', document, data: { what: '{{nothing}}' } },
      { by: 'backend' },
    );
    await shop.pass(5_000);
    expect(shop.slipText()).toContain('{{nothing}}');
    expect(toHex(shop.paper)).toContain('1b700032fa');
    const before = shop.paper.length;
    await spool.reprintDocument(jobId, 'manager');
    await shop.pass(5_000);
    expect(toHex(shop.paper.subarray(before))).not.toContain('1b70');
    expect(shop.slipText()).toContain('重打印 DUPLICATE');
  });

  it('open the drawer on the record: who asked stands in the journal', async () => {
    const shop = await MemoryShop.open();
    const { spool, book } = shop.process.till;
    const { jobId } = await spool.print({ kind: 'drawer' }, { by: 'manager 07: change' });
    await shop.pass(5_000);
    expect(toHex(shop.paper)).toContain('1b700032fa');
    expect(book.documents.get(jobId)).toMatchObject({ by: 'manager 07: change', document: { kind: 'drawer' } });
  });

  it('that cannot be printed are refused before anything is written down', async () => {
    const shop = await MemoryShop.open();
    const { spool, book } = shop.process.till;
    const head = book.head.seq;
    const document = { v: 1, blocks: [{ type: 'text', text: '{{missing}}' }] } as const;
    const asked = spool.print({ kind: 'document', document, data: {} }, { by: 'backend' });
    await expect(asked).rejects.toMatchObject({ code: 'DOCUMENT_INVALID' });
    const long = { kind: 'document', document, data: { missing: 'x'.repeat(70_000) } } as const;
    await expect(spool.print(long, { by: 'backend' })).rejects.toMatchObject({ code: 'DOCUMENT_INVALID' });
    shop.process.printer.pull();
    for (let n = 0; n < 32; n++) await spool.print(REPORT, { by: 'manager' });
    await expect(spool.print(REPORT, { by: 'manager' })).rejects.toMatchObject({ code: 'PRINTER_BUSY' });
    expect(book.head.seq).toBe(head + 32);
  });
});
