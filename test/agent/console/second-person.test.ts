import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import { showCode } from '../../../simulator/devices/phone.ts';
import { tillwire } from '../../e2e/run-tillwire.ts';
import { hire, PINS, signIn } from './people-at-the-page.ts';
import { TillWithApi } from './till-with-api.ts';

const FROZEN = { reverse: [{ code: 'ACQ.REASON_TRADE_BEEN_FREEZEN' }, { code: 'ACQ.REASON_TRADE_BEEN_FREEZEN' }] };

describe('money that goes back needs two persons', () => {
  let till: TillWithApi;
  let clerk: string;
  beforeAll(async () => {
    till = await TillWithApi.open();
    await hire(till, 'li', 'clerk');
    await hire(till, 'wang', 'manager');
    clerk = await signIn(till, 'li');
  }, 60_000);
  afterAll(() => till.close());

  const sell = async (orderId: string) => {
    await till.ask('/v1/orders', { token: clerk, key: orderId, body: { orderId, amountFen: 1250 } });
    await till.scan();
    const paid = await till.ask('/v1/orders?wait=20', {
      token: clerk,
      key: orderId,
      body: { orderId, amountFen: 1250 },
    });
    expect(paid.json).toMatchObject({ code: 'PAID' });
  };
  const askRefund = async (refundId: string, orderId: string, token = clerk) => {
    const body = { refundId, orderId, refundFen: 250, reason: '破损' };
    const asked = await till.ask('/v1/refunds?wait=10', { token, key: `ask-${refundId}`, body });
    expect(asked.json).toMatchObject({ code: 'REFUND_REQUESTED' });
  };
  const approval = (kind: string, subject: string, personId: keyof typeof PINS = 'wang', token = clerk) =>
    till.ask('/v1/approvals', { token, body: { personId, pin: PINS[personId], kind, subject } });
  const approve = (refundId: string, given: string | undefined, key: string, token = clerk) =>
    till.ask(`/v1/refunds/${refundId}/approve?wait=20`, {
      method: 'POST',
      token,
      key,
      headers: given === undefined ? {} : { approval: given },
    });
  const given = async (...args: Parameters<typeof approval>) => String((await approval(...args)).json['approval']);

  it('a clerk asks, a manager enters the PIN, the money goes back, and both stand in the journal', async () => {
    await sell('S-1');
    await askRefund('R-1', 'S-1');
    expect((await approve('R-1', undefined, 'a-0')).json).toMatchObject({ code: 'APPROVAL_REQUIRED' });
    const token = await given('refund', 'R-1');
    const done = await approve('R-1', token, 'a-1');
    expect(done.json).toMatchObject({ phase: 'final', code: 'REFUND_OK' });
    // the answer was lost: the same wish again is answered, and nothing is done twice
    expect((await approve('R-1', token, 'a-1')).json).toMatchObject({ code: 'REFUND_OK', replayed: true });
    expect((await till.ask('/v1/refunds/R-1', { token: clerk })).json).toMatchObject({
      state: 'REFUNDED',
      requestedBy: 'li',
      approvedBy: 'wang',
    });
    const { json } = await till.ask('/v1/orders/S-1/history', { token: clerk });
    expect(json['entries']).toEqual(
      expect.arrayContaining([
        expect.objectContaining({
          type: 'PERSON',
          data: { deed: expect.objectContaining({ kind: 'APPROVED', personId: 'wang', askedBy: 'li' }) },
        }),
        expect.objectContaining({ type: 'COMMAND', data: expect.objectContaining({ personId: 'li' }) }),
      ]),
    );
    expect(till.shop.acquirer.ledger.ofOrder('S-1')).toMatchObject({ netFen: 1_000 });
  });

  it('an approval is good once, for what it was given for, in the session in which it was given', async () => {
    await sell('S-2');
    await askRefund('R-2', 'S-2');
    await askRefund('R-3', 'S-2');
    const token = await given('refund', 'R-2');
    expect((await approve('R-3', token, 'b-1')).json).toMatchObject({ code: 'APPROVAL_INVALID' });
    const other = await signIn(till, 'li');
    expect((await approve('R-2', token, 'b-2', other)).json).toMatchObject({ code: 'APPROVAL_INVALID' });
    expect((await approve('R-2', `twa_${'A'.repeat(43)}`, 'b-3')).json).toMatchObject({ code: 'APPROVAL_INVALID' });
    expect((await approve('R-2', token, 'b-4')).json).toMatchObject({ code: 'REFUND_OK' });
    expect((await approve('R-2', token, 'b-5')).json).toMatchObject({ code: 'APPROVAL_INVALID' });
    const resolve = { token: clerk, key: 'b-6', headers: { approval: token }, body: { outcome: 'paid', reason: 'x' } };
    expect((await till.ask('/v1/orders/S-2/resolve', resolve)).json).toMatchObject({ code: 'APPROVAL_INVALID' });
    await till.agent.said('approval refused');
    expect(till.shop.acquirer.ledger.ofOrder('S-2')).toMatchObject({ netFen: 1_000 });
  });

  it('nobody approves their own wish, and a clerk approves nothing', async () => {
    await sell('S-3');
    const manager = await signIn(till, 'wang');
    await askRefund('R-4', 'S-3', manager);
    expect((await approval('refund', 'R-4', 'wang', manager)).json).toMatchObject({ code: 'SECOND_PERSON_REQUIRED' });
    expect((await approval('refund', 'R-4', 'wang', clerk)).json).toMatchObject({ code: 'SECOND_PERSON_REQUIRED' });
    expect((await approval('refund', 'R-4', 'li', manager)).json).toMatchObject({ code: 'NO_RIGHT_TO_APPROVE' });
    expect((await approval('resolve', 'S-3', 'wang', manager)).json).toMatchObject({ code: 'SECOND_PERSON_REQUIRED' });
    expect((await approval('refund', 'R-none')).json).toMatchObject({ code: 'NOT_FOUND' });
    expect(till.shop.acquirer.ledger.ofOrder('S-3')).toMatchObject({ netFen: 1_250 });
  });

  it('a wrong PIN of the second person counts as any other', async () => {
    const wrong = { personId: 'wang', pin: '000001', kind: 'resolve', subject: 'S-3' };
    expect((await till.ask('/v1/approvals', { token: clerk, body: wrong })).json).toMatchObject({
      code: 'PIN_WRONG',
      triesLeft: 4,
    });
    await given('resolve', 'S-3');
  });

  it('money that nobody could account for: a manager says what became of it, at the clerk’s session', async () => {
    till.shop.acquirer.send({ behaviour: { kind: 'enters-password', afterMs: 'never' }, trouble: FROZEN });
    await till.ask('/v1/orders', { token: clerk, key: 'D-1', body: { orderId: 'D-1', amountFen: 300 } });
    await till.scan('alipay');
    await till.agent.line('D-1 asks', (line) => line['orderId'] === 'D-1' && line['state'] === 'USER_PAYING');
    await till.ask('/v1/orders/D-1/cancel', { token: clerk, key: 'D-1c', method: 'POST' });
    await till.agent.line(
      'D-1 in doubt',
      (line) => line['orderId'] === 'D-1' && line['state'] === 'NEEDS_MANUAL_CHECK',
    );
    const resolve = (headers: Record<string, string>, key: string) =>
      till.ask('/v1/orders/D-1/resolve?wait=10', {
        token: clerk,
        key,
        headers,
        body: { outcome: 'unpaid', reason: '商户后台无此笔' },
      });
    expect((await resolve({}, 'd-1')).json).toMatchObject({ code: 'APPROVAL_REQUIRED' });
    const token = await given('resolve', 'D-1');
    expect((await resolve({ approval: token }, 'd-2')).json).toMatchObject({ code: 'RESOLVED' });
    const { json } = await till.ask('/v1/orders/D-1/history', { token: clerk });
    expect(json['entries']).toEqual(
      expect.arrayContaining([
        expect.objectContaining({
          type: 'RESOLUTION',
          data: expect.objectContaining({ resolution: expect.objectContaining({ personId: 'wang' }) }),
        }),
      ]),
    );
  });

  it('a keyboard gun types into the page: it pays as any scan, once, and leaves no trace', async () => {
    await till.ask('/v1/orders', { token: clerk, key: 'W-1', body: { orderId: 'W-1', amountFen: 500 } });
    const text = showCode('wechat', Math.random);
    const scan = { token: clerk, body: { text, durationMs: 90, keystrokes: 18 } };
    const wrong = await till.ask('/v1/scans', { token: clerk, body: { ...scan.body, text: '6901234567892' } });
    expect(wrong).toMatchObject({ status: 422, json: { code: 'WRONG_CODE_KIND' } });
    const begun = await till.ask('/v1/scans', scan);
    expect(begun).toMatchObject({ status: 201, json: { outcome: 'begun' } });
    expect(await till.ask('/v1/scans', scan)).toMatchObject({ status: 200, json: { outcome: 'repeated' } });
    const paid = await till.ask('/v1/orders?wait=20', {
      token: clerk,
      key: 'W-1',
      body: { orderId: 'W-1', amountFen: 500 },
    });
    expect(paid.json).toMatchObject({ code: 'PAID' });
    const attempt = await till.ask(`/v1/attempts/${String(begun.json['attemptId'])}`, { token: clerk });
    expect(attempt.json).toMatchObject({
      source: 'page-wedge',
      clerk: { todo: { zh: expect.any(String) }, sound: 'success' },
    });
    expect(till.agent.text.join('\n')).not.toContain(text);
    expect(till.shop.acquirer.ledger.ofOrder('W-1')).toMatchObject({ charges: 1 });
  });

  it.each([
    [
      'typed by hand, at the pace of a hand',
      '/v1/scans',
      (text: string) => ({ text, durationMs: 9_000, keystrokes: 18 }),
    ],
    ['typed by hand, and said so', '/v1/orders/H-2/paycode', (text: string) => ({ paycode: text })],
  ])('a code %s is marked as such', async (_how, path, body) => {
    const orderId = path.includes('H-2') ? 'H-2' : 'H-1';
    await till.ask('/v1/orders', { token: clerk, key: orderId, body: { orderId, amountFen: 500 } });
    const begun = await till.ask(path, { token: clerk, body: body(showCode('wechat', Math.random)) });
    expect(begun.status).toBe(201);
    await till.ask('/v1/orders?wait=20', { token: clerk, key: orderId, body: { orderId, amountFen: 500 } });
    const attempt = await till.ask(`/v1/attempts/${String(begun.json['attemptId'])}`, { token: clerk });
    expect(attempt.json).toMatchObject({ source: 'manual' });
    const { json } = await till.ask(`/v1/orders/${orderId}/history`, { token: clerk });
    expect(json['entries']).toEqual(
      expect.arrayContaining([
        expect.objectContaining({ data: { deed: expect.objectContaining({ kind: 'PAYCODE_TYPED', personId: 'li' }) } }),
      ]),
    );
  });

  it('the list of payments says who collected, and the journal proves it', async () => {
    const { json } = await till.ask('/v1/records?orderId=S-1', { token: clerk });
    expect(json['records']).toMatchObject([{ orderId: 'S-1', personId: 'li' }]);
    const verified = await tillwire(['journal', 'verify', '--config', till.configFile, '--json']);
    expect({ code: verified.code, json: JSON.parse(verified.stdout) as unknown }).toMatchObject({
      code: 0,
      json: { ok: true },
    });
    const shown = await tillwire(['journal', 'show', 'S-1', '--config', till.configFile]);
    expect(shown.stdout).toContain('APPROVED');
    const listed = await tillwire(['journal', 'list', '--config', till.configFile]);
    expect(listed.stdout).toMatch(/ S-1 .* li\n/);
  });
});
