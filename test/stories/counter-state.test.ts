import { describe, expect, it } from 'vitest';
import { CATEGORIES } from '../../agent/payment/categories.ts';
import { TERMINAL_REASONS } from '../../agent/payment/terminal-state.ts';
import { MemoryShop } from '../world/shop.ts';
import { LocalCaller } from './local-caller.ts';

interface Open {
  readonly state: string;
  readonly nowMs: number;
  readonly startedMs: number;
  readonly deadlineMs: number;
  readonly warnAtMs: readonly number[];
  readonly clerk: { readonly zh: string; readonly todo: { readonly zh: string } };
}

async function stateOf(shop: MemoryShop) {
  const { json } = await new LocalCaller(shop).ask('/v1/state');
  return json as unknown as {
    readonly open?: Open;
    readonly terminalState: Record<string, unknown>;
    readonly strip: readonly { readonly device: string; readonly state: string; readonly problem?: object }[];
  };
}

describe('what a page needs for a countdown', () => {
  it('when it began, when it is given up, when it takes long; then until when the counter is held', async () => {
    const shop = await MemoryShop.open();
    const lost = Array.from({ length: 60 }, () => ({ kind: 'lose' }) as const);
    shop.customer({ behaviour: { kind: 'enters-password', afterMs: 'never' }, answers: { reverse: lost } });
    await shop.collect('A');
    expect((await stateOf(shop)).open).toBeUndefined();
    shop.scan(shop.showCode());
    await shop.untilState('A', 'USER_PAYING');
    await shop.pass(10_000);
    const { open } = await stateOf(shop);
    if (!open) throw new Error('no countdown');
    expect(open.nowMs - open.startedMs).toBeGreaterThanOrEqual(10_000);
    expect(open.deadlineMs - open.startedMs).toBe(45_000);
    expect(open.warnAtMs.map((at) => at - open.startedMs)).toEqual([15_000, 30_000]);
    expect(open.clerk).toMatchObject({ zh: CATEGORIES.USER_PAYING.zh, todo: { zh: expect.any(String) } });
    await shop.untilState('A', 'REVERSING');
    const later = (await stateOf(shop)).open;
    expect(later?.state).toBe('REVERSING');
    expect((later?.deadlineMs ?? 0) - (later?.nowMs ?? 0)).toBeLessThanOrEqual(60_000);
    await shop.pass(61_000);
    expect((await stateOf(shop)).open).toBeUndefined();
  });
});

describe('what a page needs to say why nothing can be collected', () => {
  it.each([
    ['SUSPENDED', 'suspended'],
    ['DISABLED', 'suspended'],
    ['MAINTENANCE', 'maintenance'],
    ['UNREGISTERED', 'unregistered'],
    ['FAULT', 'suspended'],
    ['UNDER_REVIEW', 'suspended'],
    ['MAINTENANCE_SCHEDULED', 'ready'],
  ] as const)('%s is shown as %s, with reason, since, until, reference, phone and what to do', async (state, shown) => {
    const shop = await MemoryShop.open();
    const block = { state, reasonCode: 'SYS_UPGRADE', since: 1, until: 2, referenceNo: 'F-1', servicePhone: '95516' };
    await shop.settings({ terminalState: block });
    expect((await stateOf(shop)).terminalState).toEqual({
      state: shown,
      canCollect: shown === 'ready',
      canRefund: shown === 'ready' || state === 'UNDER_REVIEW',
      reasonCode: 'SYS_UPGRADE',
      reason: { zh: '系统升级', en: 'system upgrade' },
      sinceMs: 1,
      untilMs: 2,
      reference: 'F-1',
      phone: '95516',
      requiredAction: { zh: expect.any(String), en: expect.any(String) },
    });
  });

  it.each(Object.keys(TERMINAL_REASONS))('%s has words and something to do', async (reasonCode) => {
    const shop = await MemoryShop.open();
    await shop.settings({ terminalState: { state: 'SUSPENDED', reasonCode } });
    expect((await stateOf(shop)).terminalState).toMatchObject({
      reason: { zh: expect.stringMatching(/\p{Script=Han}/u) },
      requiredAction: { zh: expect.stringMatching(/\p{Script=Han}/u), en: expect.stringMatching(/[a-z]/) },
    });
  });

  it('a terminal that may collect says so and no more', async () => {
    const shop = await MemoryShop.open();
    expect((await stateOf(shop)).terminalState).toMatchObject({ state: 'ready', canCollect: true, canRefund: true });
  });
});

describe('the lights of the counter', () => {
  it('all good, and a terminal that nobody has', async () => {
    const shop = await MemoryShop.open();
    const lights = (await stateOf(shop)).strip.map(({ device, state }) => [device, state]);
    expect(Object.fromEntries(lights)).toEqual({
      gun: 'ok',
      printer: 'ok',
      terminal: 'absent',
      network: 'ok',
      clock: 'ok',
    });
  });

  it('[002-4] a network that is away, since when, and what to do', async () => {
    const shop = await MemoryShop.open();
    shop.broker.stop();
    await shop.pass(5_000);
    const network = (await stateOf(shop)).strip.find(({ device }) => device === 'network');
    expect(network).toMatchObject({
      state: 'bad',
      code: 'BROKER_UNREACHABLE',
      remedy: { zh: expect.any(String) },
      sinceMs: expect.any(Number),
    });
  });

  it('a PC clock that is wrong is a warning: payments go on', async () => {
    const shop = new MemoryShop();
    shop.clockWrongByMs = 600_000;
    await shop.start();
    await shop.pass(1_000);
    const clock = (await stateOf(shop)).strip.find(({ device }) => device === 'clock');
    expect(clock).toMatchObject({ state: 'warn', code: 'CLOCK_UNTRUSTED' });
  });
});
