import { expect, it } from 'vitest';
import { ReportRoom } from '../../agent/reports/report-room.ts';
import { lateYes } from '../world/late-yes.ts';
import { HoldShop } from './hold-shop.ts';

const QUIET = { debug: () => {}, info: () => {}, warn: () => {}, error: () => {} };

it('a hold’s late yes is one entry with two events: the day’s figures name both as their own', async () => {
  const { card, book } = await HoldShop.open('zvt').then(async (shop) => {
    shop.card.arm('printer-not-ready');
    await shop.hold('A', 50_000);
    return shop;
  });
  const refused = card.attempt('A')?.attemptId ?? '';
  const { files, clock } = { files: card.shop.disk.open(), clock: card.shop.clock };
  const room = new ReportRoom({
    book,
    files,
    log: QUIET,
    rates: {},
    timeZone: 'Asia/Shanghai',
    newId: () => 'ID',
    boot: 'BOOT',
    backendNow: () => clock.now(),
    holds: { standing: () => [] },
  });
  const before = (await room.report('day'))?.events;
  await lateYes(book, refused);
  const last = book.pending(0, 100).at(-1);
  expect(last?.data).toMatchObject({ type: 'hold', state: 'UNCLEAR' });
  expect(last?.seq).toBe((before?.to ?? 0) + 2);
  expect((await room.report('day'))?.events).toEqual({ from: before?.from, to: last?.seq });
});
