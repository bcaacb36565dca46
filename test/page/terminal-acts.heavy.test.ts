import { mkdtempSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import type { Page } from 'playwright-core';
import { afterAll, beforeAll, expect, it } from 'vitest';
import { systemClock } from '../../agent/clock.ts';
import { SimulatedCertifiedTerminal } from '../../simulator/terminals/certified-terminal.ts';
import { PtyWire } from '../../simulator/wires/pty.ts';
import { hire, PINS } from '../agent/console/people-at-the-page.ts';
import { needs } from '../needs.ts';
import { foundByAxe } from './axe.ts';
import { Counter, freePort, keyIn, PEOPLE, untilState } from './counter.ts';

const SERIAL = '00000902KS8312000000000001';
const HOME = '+30.274085/+120.15507';
/** the next city */
const ELSEWHERE = '+31.23042/+121.47370';
const REGISTRATION = { model: 'KS8315', deviceType: '02', deviceId: 'T0000001', serialNum: SERIAL, location: HOME };

needs('chromium')('people lock this till, and a technician visits it', () => {
  let folder: string;
  let wire: PtyWire;
  let device: SimulatedCertifiedTerminal;
  let counter: Counter;
  let page: Page;
  beforeAll(async () => {
    folder = mkdtempSync(join(tmpdir(), 'tillwire-visit-'));
    wire = new PtyWire({ link: join(folder, 'certified') });
    device = new SimulatedCertifiedTerminal(wire, {
      identity: { mark: 'Work', serial: SERIAL, location: HOME },
      key: new Uint8Array(16).fill(5),
      clock: systemClock,
    });
    const console = { port: await freePort() };
    counter = await Counter.open({ registration: REGISTRATION, certified: { path: wire.path }, console });
    await hire(counter.till, 'chen', 'technician', '陈师傅');
    page = await counter.visitSignedIn();
  }, 60_000);
  afterAll(async () => {
    await counter.close();
    await wire.close();
    rmSync(folder, { recursive: true });
  });

  const button = (name: string | RegExp) => page.getByRole('button', { name, exact: typeof name === 'string' });
  const openMenu = () => page.locator('.who summary').click();
  const isClean = async () => {
    for (const colorScheme of ['dark', 'light'] as const) {
      await page.emulateMedia({ colorScheme });
      expect(await foundByAxe(page), colorScheme).toEqual([]);
    }
  };
  const enter = async (name: string, pin: string) => {
    const [named, another] = [button(new RegExp(name)), button(/^(换一个人|Somebody else)$/)];
    await named.or(another).waitFor();
    if (await another.isVisible()) await another.click();
    await named.click();
    await page.locator('input[type=password]').fill(pin);
    await page.keyboard.press('Enter');
    await page.locator('.who').waitFor();
  };
  const leave = async () => {
    await openMenu();
    await button('锁定页面').click();
    await page.locator('.sign-in').waitFor();
  };
  const order = (orderId: string) =>
    counter.till.ask('/v1/orders', {
      token: counter.till.token({ scopes: ['collect'] }),
      key: orderId,
      body: { orderId, amountFen: 100 },
    });

  it('a clerk locks it, and is told before what that means; Escape leaves it as it was', async () => {
    await openMenu();
    await button('锁定收银台').click();
    await page.getByRole('dialog', { name: '锁定收银台' }).getByText('只有店长或装机人员能解锁').waitFor();
    await isClean();
    await page.keyboard.press('Escape');
    await page.locator('.amount-screen').waitFor();
    await openMenu();
    await button('锁定收银台').click();
    await page.getByRole('dialog').getByRole('button', { name: '锁定收银台' }).click();
    await untilState(page, '收款已暂停');
    await page.getByText('收银台已锁定').waitFor();
  });

  it('the counter refuses and says why; the clerk is offered no way out', async () => {
    await page.getByText('收银台已由人员锁定').waitFor();
    await page.getByText('请店长或装机人员登录后解锁').waitFor();
    expect(await button('解锁收银台').count()).toBe(0);
    const refused = await order('LOCKED-1');
    expect(refused.status).toBe(409);
    expect(refused.json['detail']).toContain('locked by a person at the till');
    await openMenu();
    expect(await button('锁定收银台').count(), 'it is locked').toBe(0);
    await openMenu();
  });

  it('a technician signs in and unlocks it; the clerk collects', async () => {
    await leave();
    await enter('陈师傅', PINS.chen);
    await untilState(page, '收款已暂停');
    await isClean();
    await button('解锁收银台').click();
    await page.locator('.amount-screen').waitFor();
    await leave();
    await enter(PEOPLE.li.name, PEOPLE.li.pin);
    await keyIn(page, '12.50');
    await counter.till.scan();
    await untilState(page, '收款成功');
    await button('下一位').click();
    await leave();
  });

  it('a technician locks it, and a manager unlocks it, in English', async () => {
    await enter('陈师傅', PINS.chen);
    await button('English').click();
    await openMenu();
    await button('Lock this till').click();
    await page.getByRole('dialog').getByText('Only a manager or a technician unlocks it').waitFor();
    await page.getByRole('dialog').getByRole('button', { name: 'Lock this till' }).click();
    await page.getByText('locked by a person at the till').waitFor();
    await openMenu();
    await button('Lock the page').click();
    await enter(PEOPLE.wang.name, PEOPLE.wang.pin);
    await button('Unlock this till').click();
    await page.locator('.amount-screen').waitFor();
    await button('中文').click();
  });

  it('carried away and brought back: only a technician says that the place was checked, and not from elsewhere', async () => {
    device.identity = { mark: 'Work', serial: SERIAL, location: ELSEWHERE };
    await counter.till.restart('SIGTERM');
    await enter(PEOPLE.wang.name, PEOPLE.wang.pin);
    await page.getByText('终端位置异常').waitFor();
    expect(await button('已到店核对位置').count(), 'a manager does not').toBe(0);
    await leave();
    await enter('陈师傅', PINS.chen);
    await button('已到店核对位置').click();
    await page.getByText('终端测得自己不在登记的位置').waitFor();
    await isClean();
    device.identity = { mark: 'Work', serial: SERIAL, location: HOME };
    await counter.till.restart('SIGTERM');
    await counter.till.agent.said('certified terminal ready');
    await enter('陈师傅', PINS.chen);
    await page.getByText('终端位置异常').waitFor();
    await button('已到店核对位置').click();
    await page.locator('.amount-screen').waitFor();
    expect(counter.complaints).toEqual([]);
  }, 60_000);
});
