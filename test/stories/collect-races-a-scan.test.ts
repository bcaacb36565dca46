import { expect, it } from 'vitest';
import { canonicalHash } from '../../protocols/backend/canonical.ts';
import type { CommandEnvelope } from '../../protocols/backend/commands.ts';
import { MemoryShop } from '../world/shop.ts';

// Between the moment a command is found acceptable and the moment it is carried out lies a write to the disk. A customer's
// code can be read in that gap.

it.each(['O1', 'O2'])(
  'collect %s, accepted before a scan and carried out after it, starts nothing beside it',
  async (orderId) => {
    const shop = await MemoryShop.open();
    shop.customer({ behaviour: { kind: 'enters-password', afterMs: 8_000 } });
    await shop.collect('O1');
    const args = { orderId, amountFen: 1250, currency: 'CNY' as const };
    const now = shop.clock.now();
    const command: CommandEnvelope = {
      v: 1,
      id: 'C2',
      type: 'collect',
      issued: now,
      exp: now + 60_000,
      by: 'backend',
      hash: canonicalHash(args),
      args,
    };
    expect(shop.desk.refuse(command)).toBeUndefined();
    await shop.process.till.book.accept(command);

    shop.scan(shop.showCode());
    await shop.untilState('O1', 'USER_PAYING');
    shop.desk.execute(command);
    await shop.pass(100);
    shop.scan(shop.showCode());

    await shop.untilState('O1', 'PAID');
    await shop.pass(120_000);
    expect(shop.requests('pay').length).toBe(1);
    expect(shop.acquirer.ledger.total()).toEqual({ charges: 1, reversals: 0, netFen: 1250 });
    expect(shop.process.till.book.orders.get('O1')?.state).toBe('PAID');
    expect(shop.backend.resultsOf('C2').at(-1)).toMatchObject({ phase: 'final', status: 'failed' });
  },
);
