import { describe, expect, it } from 'vitest';
import { distanceM } from '../../protocols/terminal/place.ts';
import { SimulatedCertifiedTerminal } from '../../simulator/terminals/certified-terminal.ts';
import { BACKEND_KEY } from '../world/backend.ts';
import { MemoryShop } from '../world/shop.ts';
import { TerminalLine } from '../world/terminal-line.ts';
import { LocalCaller } from './local-caller.ts';

// payment.md 4.7: what a till finds out about its own terminal, without a word of the backend.

const SERIAL = '00000902KS8312000000000001';
const HERE = '+30.274085/+120.15507';
/** the next city */
const ELSEWHERE = '+31.23042/+121.47370';
/** across the street */
const NEAR = '+30.275085/+120.15607';
const MINUTE_MS = 60_000;

const REGISTRATION = { model: 'KS8315', deviceType: '02', deviceId: 'T0000001', serialNum: SERIAL, location: HERE };

async function counter(): Promise<{ readonly shop: MemoryShop; readonly device: SimulatedCertifiedTerminal }> {
  const shop = new MemoryShop({ registration: REGISTRATION, certified: { path: 'certified' } });
  const line = new TerminalLine(shop.clock);
  shop.lines.set('certified', line);
  const identity = { mark: 'Work', serial: SERIAL, location: HERE } as const;
  const key = new Uint8Array(16).fill(5);
  const device = new SimulatedCertifiedTerminal(line, { identity, key, clock: shop.clock });
  await shop.start();
  await shop.pass(1_000);
  return { shop, device };
}

async function shown(shop: MemoryShop) {
  const { json } = await new LocalCaller(shop).ask('/v1/state');
  return json['terminalState'] as Record<string, unknown>;
}

async function again(shop: MemoryShop, change: object = {}): Promise<void> {
  await shop.kill();
  shop.config = { ...shop.config, ...change };
  await shop.start();
  await shop.pass(1_000);
}

const visit = (shop: MemoryShop, act: string, personId = 'tech.1') =>
  new LocalCaller(shop, 'page', personId, ['read', 'diagnose']).ask('/v1/terminal/visits', { body: { act } });

async function mayCollect(shop: MemoryShop, orderId: string): Promise<boolean> {
  const id = await shop.collect(orderId);
  return shop.backend.resultsOf(id).at(0)?.phase === 'accepted';
}

describe('TAMPER', () => {
  it.each([
    ['another terminal is plugged in', { mark: 'Work', serial: '00000902KS8312000000000099' }],
    ['the terminal says that it has destroyed itself', { mark: 'Over', serial: SERIAL }],
  ] as const)(
    '%s: stopped with reason, since, reference and what to do; the backend is told',
    async (_what, identity) => {
      const { shop, device } = await counter();
      await shop.sell('O1');
      shop.customer({ behaviour: { kind: 'enters-password', afterMs: 100_000 } });
      device.identity = identity;
      const began = shop.clock.now();
      await shop.pass(2 * MINUTE_MS);
      const block = await shown(shop);
      expect(block).toMatchObject({
        canCollect: false,
        canRefund: false,
        reasonCode: 'TAMPER',
        reason: { zh: '终端防拆报警', en: 'tamper alarm' },
        reference: expect.stringMatching(/^L[0-9A-Z]{6,}$/),
        phone: '95516',
        requiredAction: { zh: '请停用本机并联系装机人员更换', en: expect.stringContaining('replaced') },
      });
      expect(block['sinceMs']).toBeGreaterThanOrEqual(began);
      expect(shop.events('terminal').at(-1)).toMatchObject({
        state: 'FAULT',
        reasonCode: 'TAMPER',
        referenceNo: block['reference'],
        found: ['TAMPER'],
      });
      expect(await mayCollect(shop, 'O2')).toBe(false);
    },
  );

  it('nothing but a replacement ends it: not the old terminal, not a restart, not the backend, not a technician', async () => {
    const { shop, device } = await counter();
    device.identity = { mark: 'Work', serial: 'ANOTHER' };
    await shop.pass(2 * MINUTE_MS);
    const { reference } = await shown(shop);
    device.identity = { mark: 'Work', serial: SERIAL };
    await shop.pass(2 * MINUTE_MS);
    expect(await shown(shop)).toMatchObject({ reasonCode: 'TAMPER', reference });
    await shop.command('resume', { commandSeq: 1 }, BACKEND_KEY);
    await visit(shop, 'place-checked');
    await again(shop);
    expect(await shown(shop)).toMatchObject({ reasonCode: 'TAMPER', reference });
    // a new terminal stands there, and is registered
    device.identity = { mark: 'Work', serial: 'NEW-0001' };
    await again(shop, { registration: { ...REGISTRATION, serialNum: 'NEW-0001' } });
    expect(await shown(shop)).toMatchObject({ state: 'ready', canCollect: true });
    await shop.sell('O3');
  });

  it('one frame that came wrong accuses nobody, and a payment under way is finished', async () => {
    const { shop, device } = await counter();
    shop.customer({ behaviour: { kind: 'enters-password', afterMs: 20_000 } });
    await shop.collect('O1');
    shop.scan(shop.showCode());
    await shop.untilState('O1', 'USER_PAYING');
    let said = 0;
    Object.defineProperty(device, 'identity', {
      get: () => ({ mark: 'Work', serial: ++said === 1 ? 'GARBLED' : SERIAL, location: HERE }),
      configurable: true,
    });
    await shop.pass(2 * MINUTE_MS);
    expect(said).toBeGreaterThan(2);
    expect(await shown(shop)).toMatchObject({ canCollect: true });
    expect(shop.state('O1')).toBe('PAID');
  });
});

describe('LOCATION_MISMATCH', () => {
  it('carried to another city: stopped until it is back and a technician has looked', async () => {
    const { shop, device } = await counter();
    await shop.sell('O1');
    device.identity = { mark: 'Work', serial: SERIAL, location: ELSEWHERE };
    await shop.pass(2 * MINUTE_MS);
    expect(await shown(shop)).toMatchObject({
      canCollect: false,
      reasonCode: 'LOCATION_MISMATCH',
      reason: { zh: '终端位置异常' },
      sinceMs: expect.any(Number),
      reference: expect.stringMatching(/^L/),
      requiredAction: { zh: '请联系装机人员到店核对终端位置' },
    });
    expect(shop.events('terminal').at(-1)).toMatchObject({ reasonCode: 'LOCATION_MISMATCH' });
    expect(await visit(shop, 'place-checked'), 'it is still elsewhere').toMatchObject({
      json: { reasonCode: 'LOCATION_MISMATCH' },
    });
    device.identity = { mark: 'Work', serial: SERIAL, location: HERE };
    await shop.pass(2 * MINUTE_MS);
    expect(await shown(shop), 'being back is not enough').toMatchObject({ reasonCode: 'LOCATION_MISMATCH' });
    expect(await visit(shop, 'place-checked')).toMatchObject({ json: { state: 'ready', canCollect: true } });
    await shop.pass(1_000);
    expect(shop.events('terminal').at(-1)).toMatchObject({ state: 'ACTIVE', found: [], personId: 'tech.1' });
    await shop.sell('O2');
  });

  it('registered anew at its new place it may collect; across the street, and without a place, it is where it was', async () => {
    const { shop, device } = await counter();
    device.identity = { mark: 'Work', serial: SERIAL, location: NEAR };
    await shop.pass(2 * MINUTE_MS);
    expect(await shown(shop)).toMatchObject({ canCollect: true });
    device.identity = { mark: 'Work', serial: SERIAL };
    await shop.pass(2 * MINUTE_MS);
    expect(await shown(shop)).toMatchObject({ canCollect: true });
    device.identity = { mark: 'Work', serial: SERIAL, location: ELSEWHERE };
    await shop.pass(2 * MINUTE_MS);
    expect(await shown(shop)).toMatchObject({ canCollect: false });
    await again(shop, { registration: { ...REGISTRATION, location: ELSEWHERE } });
    await shop.sell('O1');
  });

  it('metres between places', () => {
    const [hangzhou, shanghai] = [
      { latitude: 30.274085, longitude: 120.15507 },
      { latitude: 31.23042, longitude: 121.4737 },
    ];
    expect(distanceM(hangzhou, shanghai)).toBeGreaterThan(160_000);
    expect(distanceM(hangzhou, shanghai)).toBeLessThan(170_000);
    // a degree of a meridian is 111.2 km on a sphere of 6,371 km
    expect(distanceM({ latitude: 0, longitude: 0 }, { latitude: 1, longitude: 0 })).toBeCloseTo(111_194.9, 0);
    expect(distanceM({ latitude: 0, longitude: 179.5 }, { latitude: 0, longitude: -179.5 })).toBeCloseTo(111_194.9, 0);
  });
});

describe('LOCKED', () => {
  it('by a clerk: no money in or out across a restart, until a manager unlocks it; the backend hears of both', async () => {
    const { shop } = await counter();
    await shop.sell('O1');
    const clerk = new LocalCaller(shop, 'page', 'li', ['read', 'collect', 'refund']);
    expect(await clerk.ask('/v1/terminal/lock', { body: {} })).toMatchObject({
      json: {
        canCollect: false,
        canRefund: false,
        locked: true,
        reason: { zh: '收银台已由人员锁定' },
        sinceMs: shop.clock.now(),
        reference: expect.stringMatching(/^L/),
        requiredAction: { zh: '请店长或装机人员登录后解锁' },
      },
    });
    await again(shop);
    expect(await mayCollect(shop, 'O2')).toBe(false);
    const later = new LocalCaller(shop, 'page', 'li', ['read', 'collect', 'refund']);
    expect(await later.ask('/v1/terminal/unlock', { body: {} })).toMatchObject({ status: 403 });
    await shop.command('resume', { commandSeq: 1 }, BACKEND_KEY);
    expect(await shown(shop), 'a word of the backend does not unlock').toMatchObject({ locked: true });
    const manager = new LocalCaller(shop, 'page', 'wang', ['read', 'collect', 'resolve']);
    expect(await manager.ask('/v1/terminal/unlock', { body: {} })).toMatchObject({ json: { canCollect: true } });
    await shop.sell('O3');
    const told = shop.events('terminal').map(({ state, personId }) => [state, personId]);
    expect(told).toEqual([
      ['LOCKED', 'li'],
      ['ACTIVE', 'wang'],
    ]);
  });

  it('by a technician, who is no cashier; a program without a person locks nothing', async () => {
    const { shop } = await counter();
    expect(await visit(shop, 'lock')).toMatchObject({ json: { locked: true } });
    expect(await visit(shop, 'unlock')).toMatchObject({ json: { canCollect: true } });
    const program = new LocalCaller(shop, 'page', undefined, ['collect']);
    expect(await program.ask('/v1/terminal/lock', { body: {} })).toMatchObject({ status: 403 });
    expect(await shown(shop)).not.toHaveProperty('locked');
  });
});
