import { describe, expect, it } from 'vitest';
import { withFindings } from '../../agent/payment/terminal-findings.ts';
import type { CommandEnvelope } from '../../protocols/backend/commands.ts';
import { BACKEND_KEY } from '../world/backend.ts';
import { MemoryShop } from '../world/shop.ts';
import { LocalCaller } from './local-caller.ts';

const HOUR_MS = 3_600_000;

async function answerTo(shop: MemoryShop, verb: string, args: CommandEnvelope['args'], signed = true) {
  const id = await shop.command(verb, args, signed ? BACKEND_KEY : undefined);
  return shop.backend.resultsOf(id).at(-1);
}

async function shown(shop: MemoryShop) {
  const { json } = await new LocalCaller(shop).ask('/v1/state');
  return json['terminalState'] as Record<string, unknown>;
}

const asked = (shop: MemoryShop) => shop.events('terminal').flatMap(({ asks }) => (asks ? [asks] : []));

describe('the backend says what this terminal may do', () => {
  it('[002-5] [000-6] [002-3] with reason, times, reference, phone and what to do in its own words; the clerk sees all of it', async () => {
    const shop = await MemoryShop.open();
    const since = shop.clock.now();
    const block = {
      state: 'SUSPENDED',
      reasonCode: 'QUALIFICATION_MISSING',
      since,
      until: since + HOUR_MS,
      referenceNo: 'RK-17',
      servicePhone: '95516',
      requiredAction: '请补交营业执照',
    };
    expect(await answerTo(shop, 'suspend', { commandSeq: 1, ...block })).toMatchObject({ status: 'ok' });
    expect(await shown(shop)).toEqual({
      state: 'suspended',
      canCollect: false,
      canRefund: false,
      reasonCode: 'QUALIFICATION_MISSING',
      reason: { zh: '资质资料不齐全', en: 'documents missing' },
      sinceMs: since,
      untilMs: since + HOUR_MS,
      reference: 'RK-17',
      phone: '95516',
      requiredAction: { zh: '请补交营业执照', en: '请补交营业执照' },
    });
  });

  it('the same block can be printed', async () => {
    const shop = await MemoryShop.open();
    const since = shop.clock.now();
    const block = { reasonCode: 'CUSTOMER_COMPLAINT', since, until: since + HOUR_MS, referenceNo: 'RK-17' };
    await answerTo(shop, 'suspend', { commandSeq: 1, state: 'SUSPENDED', servicePhone: '95588', ...block });
    expect(await new LocalCaller(shop).ask('/v1/terminal/print', { body: {} })).toMatchObject({ status: 202 });
    await shop.pass(5_000);
    for (const words of ['已暂停收款', '用户投诉核查', '2026/11/22 10:00:01', '2026/11/22 11:00:01', 'RK-17', '95588'])
      expect(shop.slipText()).toContain(words);
  });

  it('only a newer signed command ends it: an unsigned one, an older one and the same one again do not', async () => {
    const shop = await MemoryShop.open();
    await answerTo(shop, 'suspend', { commandSeq: 5, state: 'SUSPENDED' });
    expect(await answerTo(shop, 'resume', { commandSeq: 6 }, false)).toMatchObject({ code: 'SIGNATURE_REQUIRED' });
    expect(await answerTo(shop, 'resume', { commandSeq: 4 })).toMatchObject({ code: 'STALE' });
    expect(await answerTo(shop, 'resume', { commandSeq: 5 })).toMatchObject({ code: 'STALE' });
    expect(await shown(shop)).toMatchObject({ state: 'suspended' });
    expect(await answerTo(shop, 'resume', { commandSeq: 6 })).toMatchObject({ status: 'ok' });
    expect(await shown(shop)).toMatchObject({ state: 'ready', canCollect: true });
  });

  it('[002-16] a time that is over reactivates nothing: the backend is asked, once, and its answer counts', async () => {
    const shop = await MemoryShop.open();
    const until = shop.clock.now() + HOUR_MS;
    await answerTo(shop, 'suspend', { commandSeq: 1, state: 'MAINTENANCE', reasonCode: 'SYS_UPGRADE', until });
    await shop.pass(HOUR_MS - 60_000);
    expect(asked(shop)).toEqual([]);
    await shop.pass(3 * 60_000);
    expect(asked(shop)).toEqual(['UNTIL_PASSED']);
    expect(shop.events('terminal').at(-1)).toMatchObject({ state: 'MAINTENANCE', commandSeq: 1 });
    await shop.pass(HOUR_MS);
    expect(asked(shop)).toEqual(['UNTIL_PASSED']);
    const refused = await shop.collect('O1');
    expect(shop.backend.resultsOf(refused)).toMatchObject([{ code: 'MERCHANT_SUSPENDED' }]);
    await answerTo(shop, 'resume', { commandSeq: 2 });
    await shop.sell('O1');
  });
});

describe('the lease of the word "active"', () => {
  it('without network it stays active, is shown as unconfirmed after 24 hours, across a restart, and the network ends that', async () => {
    const shop = await MemoryShop.open();
    await shop.sell('O1');
    await shop.kill();
    shop.broker.stop();
    await shop.start();
    await shop.pass(23 * HOUR_MS);
    expect(await shown(shop)).not.toHaveProperty('unconfirmed');
    await shop.pass(2 * HOUR_MS);
    expect(await shown(shop)).toMatchObject({
      state: 'ready',
      canCollect: true,
      unconfirmed: true,
      reason: { zh: expect.stringContaining('未经确认'), en: expect.any(String) },
      requiredAction: { zh: expect.stringContaining('网络'), en: expect.any(String) },
    });
    await shop.kill();
    await shop.start();
    expect(await shown(shop)).toMatchObject({ unconfirmed: true });
    shop.broker.restart();
    await shop.pass(120_000);
    expect(await shown(shop)).not.toHaveProperty('unconfirmed');
    expect(asked(shop)).toContain('LEASE_ENDED');
    await shop.sell('O2');
  });

  it('a backend that answers keeps it, though nothing is sold', async () => {
    const shop = await MemoryShop.open();
    await shop.pass(30 * HOUR_MS);
    expect(await shown(shop)).not.toHaveProperty('unconfirmed');
  });
});

describe('what the till finds out itself', () => {
  it('it is older than the backend asks: nothing new is begun, what is open is finished, and the backend is told', async () => {
    const shop = await MemoryShop.open();
    shop.customer({ behaviour: { kind: 'enters-password', afterMs: 8_000 } });
    await shop.collect('O1');
    shop.scan(shop.showCode());
    await shop.untilState('O1', 'USER_PAYING');
    const minVersion = { version: '99.0.0', reasonCode: 'SECURITY_VULNERABILITY' };
    expect(await answerTo(shop, 'limits', { commandSeq: 1, minVersion }, false)).toMatchObject({ status: 'ok' });
    await shop.untilState('O1', 'PAID');
    const refused = await shop.collect('O2');
    expect(shop.backend.resultsOf(refused)).toMatchObject([{ code: 'TERMINAL_UNREGISTERED' }]);
    expect(await shown(shop)).toMatchObject({
      canCollect: false,
      reasonCode: 'SECURITY_VULNERABILITY',
      sinceMs: expect.any(Number),
      requiredAction: { en: expect.stringContaining('software is to be updated') },
    });
  });

  it('[002-13] found at a start as well: the terminal was exchanged for a model that is withdrawn; another one is good again', async () => {
    const shop = await MemoryShop.open();
    await answerTo(shop, 'limits', { commandSeq: 1, bannedModels: ['MP70'] });
    expect(await shown(shop)).toMatchObject({ canCollect: true });
    await shop.kill();
    shop.config = { registration: { model: 'MP70' } };
    await shop.start();
    await shop.pass(1_000);
    expect(await shown(shop)).toMatchObject({ canCollect: false, reasonCode: 'DEVICE_MODEL_WITHDRAWN' });
    expect(shop.events('terminal')).toMatchObject([{ state: 'FAULT', found: ['DEVICE_MODEL_WITHDRAWN'] }]);
    expect(await answerTo(shop, 'limits', { commandSeq: 2, bannedModels: null }, false)).toMatchObject({
      code: 'SIGNATURE_REQUIRED',
    });
    await answerTo(shop, 'limits', { commandSeq: 2, bannedModels: ['MP71'] });
    expect(await shown(shop)).toMatchObject({ canCollect: true });
  });

  it("a command of the backend's does not end what the till found", async () => {
    const shop = await MemoryShop.open();
    await answerTo(shop, 'limits', { commandSeq: 1, minVersion: { version: '99.0.0' } });
    await answerTo(shop, 'suspend', { commandSeq: 2, state: 'SUSPENDED', reasonCode: 'CUSTOMER_COMPLAINT' });
    expect(await shown(shop)).toMatchObject({ reasonCode: 'CUSTOMER_COMPLAINT' });
    await answerTo(shop, 'resume', { commandSeq: 3 });
    expect(await shown(shop)).toMatchObject({ canCollect: false, reasonCode: 'SOFTWARE_FAULT' });
  });

  it('what it finds while a command is on its way to the disk waits for its turn: neither undoes the other', async () => {
    const shop = await MemoryShop.open({ registration: { model: 'MP70' } });
    await shop.settings({ bannedModels: ['MP70'] });
    await shop.pass(50_000);
    const stall = shop.disk.stallAt('"terminalState"');
    const suspended = answerTo(shop, 'suspend', { commandSeq: 1, state: 'SUSPENDED', reasonCode: 'LOST_OR_STOLEN' });
    await shop.passUntil('the suspension is being written', () => stall.met);
    await shop.pass(20_000);
    stall.release();
    await suspended;
    await shop.pass(1_000);
    const { terminalState, found } = shop.process.till.book.settings;
    expect([terminalState?.state, found?.map(({ reasonCode }) => reasonCode)]).toEqual([
      'SUSPENDED',
      ['DEVICE_MODEL_WITHDRAWN'],
    ]);
  });

  it.each([
    ['1.2.3', '1.2.3', false],
    ['1.2.10', '1.2.9', false],
    ['1.2.9', '1.2.10', true],
    ['1.9.0', '2.0.0', true],
    ['2.0.0', '1.9.9', false],
    ['0.9.9', '1.0.0', true],
    ['1.0.0-rc.1', '1.0.0', false],
  ])('version %s against a minimum of %s: withheld %s', (version, least, withheld) => {
    const settings = { minVersion: { version: least, reasonCode: 'SOFTWARE_FAULT' as const } };
    expect(withFindings(settings, { version }, 5).found !== undefined).toBe(withheld);
  });
});
