import { describe, expect, it } from 'vitest';
import type { CustomerPlan } from '../../simulator/acquirer/customer.ts';
import { MemoryShop } from '../world/shop.ts';

const refused: CustomerPlan = { behaviour: { kind: 'refuses', code: 'NOTENOUGH' } };
const timedOut: CustomerPlan = { behaviour: { kind: 'enters-password', afterMs: 'never' } };

describe.each([
  ['FAILED', refused],
  ['REVERSED', timedOut],
])('retry-after-failure: the first attempt ends %s', (state, plan) => {
  it('the same order takes a new attempt and a fresh code, and is charged once', async () => {
    const shop = await MemoryShop.open();
    shop.customer(plan);
    const command = await shop.collect('O1');
    const code = shop.showCode();
    shop.scan(code);
    await shop.untilState('O1', state);
    await shop.pass(2_000);
    shop.scan(code);
    await shop.pass(100);
    expect(shop.refusals()).toMatchObject([{ refusal: 'CODE_USED' }]);
    shop.scan(shop.showCode());
    await shop.untilState('O1', 'PAID');
    await shop.pass(100);
    expect(shop.attemptIds('O1').length).toBe(2);
    expect(shop.acquirer.ledger.ofOrder('O1')).toEqual({ charges: 1, reversals: 0, netFen: 1250 });
    const phases = shop.backend.resultsOf(command).map(({ phase, status }) => `${phase} ${status}`);
    expect(phases).toEqual(['accepted ok', 'progress declined', 'final ok']);
  });
});
