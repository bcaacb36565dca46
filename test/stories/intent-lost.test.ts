import { describe, expect, it } from 'vitest';
import { MemoryShop } from '../world/shop.ts';

// The create request, or its answer, is lost; the process dies around it; the disk is full. The order is free only when the
// intent is certainly closed.

const ASK = { amountFen: 3580, currency: 'CNY' };

describe('nobody answers the create request', () => {
  it('the answer was lost: asking brings the code', async () => {
    const shop = await MemoryShop.open();
    shop.acquirer.intents.send({ answers: { create: [{ kind: 'lose' }] } });
    const shown = await shop.intent({ orderId: 'LOST-1' });
    expect(shown.codeText).toBeDefined();
  });

  it('the request was lost: it is closed at a backend that never heard of it, and a late copy is refused', async () => {
    const shop = await MemoryShop.open();
    shop.backend.desk(shop.till).inject({ kind: 'swallow', op: 'intent' });
    const result = await shop.order('intent', { orderId: 'LOST-2', ...ASK });
    expect(result).toMatchObject({ status: 'declined', code: 'INTENT_NOT_CREATED' });
    expect(shop.acquirer.intents.stateOf(result.attempt ?? '')).toBe('closed');
    expect(await shop.order('intent', { orderId: 'LOST-2', ...ASK })).toMatchObject({ status: 'ok', code: 'WAITING' });
  });

  it('as long as the close is uncertain the order takes nothing', async () => {
    const shop = await MemoryShop.open();
    const lost = [1, 2, 3, 4].map(() => ({ kind: 'lose' }) as const);
    shop.acquirer.intents.send({ answers: { create: lost, query: lost, close: lost.slice(0, 2) } });
    const { id } = shop.backend.order(shop.till, 'intent', { orderId: 'LOST-3', ...ASK });
    await shop.pass(25_000);
    expect(await shop.order('intent', { orderId: 'LOST-3', ...ASK })).toMatchObject({ code: 'ORDER_BLOCKED' });
    await shop.passUntil('the end', () => shop.backend.resultsOf(id).some(({ phase }) => phase === 'final'));
    expect(shop.backend.resultsOf(id).at(-1)).toMatchObject({ status: 'declined', code: 'INTENT_NOT_CREATED' });
  });

  it('the provider makes no code: closed, and the clerk is told what to do', async () => {
    const shop = await MemoryShop.open();
    shop.acquirer.intents.everybody = { refuses: true };
    expect(await shop.order('intent', { orderId: 'LOST-5', ...ASK })).toMatchObject({
      status: 'declined',
      clerk: { action: 'COLLECT_AGAIN' },
    });
  });
});

describe('the process dies', () => {
  it('between the disk and the wire: the next one asks, closes for certain, and says so', async () => {
    const shop = await MemoryShop.open();
    shop.broker.fateOf = ({ topic }) => (topic.endsWith('/req/intent') ? [] : [1]);
    const { id } = shop.backend.order(shop.till, 'intent', { orderId: 'LOST-6', ...ASK });
    await shop.passUntil('the request', () => shop.requests('intent').length > 0);
    await shop.kill();
    shop.broker.fateOf = () => [1];
    await shop.start();
    await shop.passUntil('a result', () => shop.backend.resultsOf(id).some(({ phase }) => phase === 'final'));
    expect(shop.backend.resultsOf(id).at(-1)).toMatchObject({ status: 'declined', code: 'INTENT_NOT_CREATED' });
  });

  it('with the code on the screen: the next one shows the same code', async () => {
    const shop = await MemoryShop.open();
    const { intentId, codeText } = await shop.intent({ orderId: 'LOST-7' });
    await shop.kill();
    await shop.start();
    await shop.pass(3_000);
    expect((await shop.order('intent-query', { intentId })).data).toMatchObject({ state: 'WAITING', codeText });
  });

  it('while it was being cancelled: the next one goes on closing, and the command gets its answer', async () => {
    const shop = await MemoryShop.open();
    shop.acquirer.intents.send({ unclearCloses: 2 });
    const { intentId } = await shop.intent({ orderId: 'LOST-8' });
    const { id } = shop.backend.order(shop.till, 'intent-cancel', { intentId });
    await shop.pass(1_000);
    await shop.kill();
    await shop.start();
    await shop.passUntil('a result', () => shop.backend.resultsOf(id).some(({ phase }) => phase === 'final'));
    expect(shop.backend.resultsOf(id).at(-1)).toMatchObject({ status: 'ok', code: 'CLOSED' });
  });

  it('while somebody asked after the code: the question is asked again, and answered', async () => {
    const shop = await MemoryShop.open();
    const { intentId } = await shop.intent({ orderId: 'LOST-9' });
    shop.broker.fateOf = ({ topic }) => (topic.includes('/rep/') ? [] : [1]);
    const { id } = shop.backend.order(shop.till, 'intent-query', { intentId });
    await shop.pass(1_000);
    await shop.kill();
    shop.broker.fateOf = () => [1];
    await shop.start();
    await shop.passUntil('a result', () => shop.backend.resultsOf(id).some(({ phase }) => phase === 'final'));
    expect(shop.backend.resultsOf(id).at(-1)).toMatchObject({ status: 'ok', code: 'WAITING' });
  });
});
