import { expect, it } from 'vitest';
import { canonicalJson } from '../../protocols/backend/canonical.ts';
import { Reply } from '../../protocols/backend/replies.ts';
import { payloadHash, Request } from '../../protocols/backend/requests.ts';
import { HOP_MS } from '../world/broker.ts';
import { MemoryShop, TILL } from '../world/shop.ts';

it('same-attempt-resend: delivered twice, the pay is charged once and answered alike', async () => {
  const shop = await MemoryShop.open();
  shop.broker.fateOf = ({ topic }) => (topic.endsWith('/req/pay') ? [HOP_MS, 700] : [HOP_MS]);
  await shop.collect('O1');
  shop.scan(shop.showCode());
  await shop.untilState('O1', 'PAID');
  await shop.pass(2_000);
  expect(shop.requests('pay').length).toBe(1); // the agent's one; the broker made two of it
  expect(shop.acquirer.ledger.total()).toEqual({ charges: 1, reversals: 0, netFen: 1250 });
  const replies = shop.messages.filter(({ topic, text }) => topic.includes('/rep/') && text.includes('"op":"pay"'));
  const codes = replies.map(({ text }) => Reply.parse(JSON.parse(text))).map((reply) => 'code' in reply && reply.code);
  expect(codes).toEqual(['SUCCESS', 'SUCCESS']);
});

it('same-attempt-resend: after the link dropped the pay is not sent again; it is asked after', async () => {
  const shop = await MemoryShop.open();
  await shop.collect('O1');
  shop.broker.halfOpen();
  shop.scan(shop.showCode());
  await shop.pass(90_000);
  expect(shop.requests('pay').length).toBe(0); // it never reached the broker, and was not tried again
  expect(shop.requests('query').length).toBeGreaterThan(3);
  expect(shop.state('O1')).toBe('REVERSED');
});

it('same-attempt-resend: the number with another amount is refused by the backend', async () => {
  const shop = await MemoryShop.open();
  await shop.collect('O1');
  shop.scan(shop.showCode());
  await shop.untilState('O1', 'PAID');
  const first = Request.parse(JSON.parse(shop.requests('pay')[0]?.text ?? ''));
  const forged = { ...first, requestId: 'R2', args: { ...first.args, amountFen: 99_900 } } as Request;
  const request = { ...forged, payloadHash: payloadHash(forged) };
  const replies: Reply[] = [];
  shop.backend
    .desk(TILL)
    .take({ op: 'pay', retained: false, json: JSON.parse(canonicalJson(request)) }, (reply) => replies.push(reply));
  expect(replies).toMatchObject([{ status: 'refused', refusal: 'DUPLICATE_ORDER' }]);
  expect(shop.acquirer.ledger.total().netFen).toBe(1250);
});
