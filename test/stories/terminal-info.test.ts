import { describe, expect, it } from 'vitest';
import type { Registration } from '../../protocols/backend/enrolment.ts';
import { type PayRequest, payloadHash, Request } from '../../protocols/backend/requests.ts';
import type { Wallet } from '../../simulator/devices/phone.ts';
import { type CertifiedFault, SimulatedCertifiedTerminal } from '../../simulator/terminals/certified-terminal.ts';
import { serialMac } from '../../simulator/terminals/serial-mac.ts';
import { MemoryShop, TILL } from '../world/shop.ts';
import { TerminalLine } from '../world/terminal-line.ts';

// terminal-info.json and payment.md 4.3, 4.4: what a payment says of its terminal, and what the channel makes of it.

const KEY = Buffer.from('00112233445566778899AABBCCDDEEFF', 'hex');
const SERIAL = '00000902KS8312000000000001';

const REGISTRATION = {
  acquirer: '演示收单机构',
  model: 'KS8315',
  deviceType: '02',
  deviceId: 'T0000001',
  serialNum: SERIAL,
  networkLicense: 'P3100',
  location: '+30.274085/+120.15507',
  countryNo: 'CN',
  areaNo: '330106',
  ratePercent: '0.38',
  settlementDays: 1,
} satisfies Registration;

interface Registered {
  readonly shop: MemoryShop;
  readonly device: SimulatedCertifiedTerminal;
  readonly line: TerminalLine;
}

/** A till whose terminal is registered, with the certified device beside it, and a backend that looks. */
async function registered(
  change: { readonly config?: object; readonly registration?: Partial<Registration> } = {},
): Promise<Registered> {
  const registration = { ...REGISTRATION, ...change.registration };
  const shop = new MemoryShop({ registration, certified: { path: 'certified' }, ...change.config });
  const line = new TerminalLine(shop.clock);
  shop.lines.set('certified', line);
  const identity = { mark: 'Work', serial: SERIAL, location: REGISTRATION.location } as const;
  const device = new SimulatedCertifiedTerminal(line, { identity, key: KEY, clock: shop.clock });
  shop.backend.desk(TILL).terminal = { registration, key: KEY };
  await shop.start();
  await shop.pass(1_000);
  return { shop, device, line };
}

function pays(shop: MemoryShop): readonly PayRequest[] {
  return shop.requests('pay').flatMap(({ text }) => {
    const request = Request.parse(JSON.parse(text));
    return request.op === 'pay' ? [request] : [];
  });
}

async function offered(shop: MemoryShop, orderId: string, wallet: Wallet = 'wechat'): Promise<string> {
  await shop.collect(orderId);
  const code = shop.showCode(wallet);
  shop.scan(code);
  await shop.pass(2_000);
  return code;
}

describe('a payment names its terminal', () => {
  it.each(['wechat', 'alipay', 'unionpay'] as const)(
    '%s: declared as registered, vouched for by the device',
    async (wallet) => {
      const { shop } = await registered();
      const code = await offered(shop, 'O1', wallet);
      await shop.untilState('O1', 'PAID');
      const [pay] = pays(shop);
      expect(pay?.args.terminal).toEqual({
        device_type: '02',
        device_id: 'T0000001',
        serial_num: SERIAL,
        network_license: 'P3100',
        location: '+30.274085/+120.15507',
        country_no: 'CN',
        area_no: '330106',
        app_version: expect.stringMatching(/^.{8}$/),
        encrypt_rand_num: code.slice(-6),
        secret_text: serialMac(KEY, SERIAL, code.slice(-6)).secretText,
      });
      expect(pay?.args).not.toHaveProperty('secretAbsent');
    },
  );

  it('the digits of the code and their MAC stand in req/pay and nowhere else, and no hash tells them', async () => {
    const { shop } = await registered();
    const code = await offered(shop, 'O1');
    await shop.untilState('O1', 'PAID');
    await shop.pass(5_000);
    const secret = serialMac(KEY, SERIAL, code.slice(-6)).secretText;
    const others = shop.messages.filter(({ topic }) => !topic.endsWith('/req/pay')).map(({ text }) => text);
    const seen = [...others, shop.disk.text(), JSON.stringify(shop.log), shop.slipText()].join('\n');
    expect(seen).not.toContain(secret);
    expect(seen).not.toContain('encrypt_rand_num');
    // the same payment with other digits: the hash that replies carry is the same
    const [pay] = pays(shop);
    if (!pay?.args.terminal) throw new Error('no terminal_info');
    const terminal = { ...pay.args.terminal, encrypt_rand_num: '000000', secret_text: 'AAAAAAAAAAA=' };
    expect(payloadHash({ ...pay, args: { ...pay.args, paycode: '130000000000000000', terminal } })).toBe(
      pay.payloadHash,
    );
    expect(payloadHash({ ...pay, args: { ...pay.args, terminal: { ...terminal, serial_num: 'X' } } })).not.toBe(
      pay.payloadHash,
    );
  });

  it('an EMVCo code: the last six digits of the number in tag 57', async () => {
    const { shop } = await registered();
    await shop.collect('O1');
    shop.scan(EMV_CODE);
    await shop.pass(2_000);
    const [pay] = pays(shop);
    expect(pay?.args.terminal).toMatchObject({ encrypt_rand_num: '713672', secret_text: 'OTFDRkUxMEY=' });
  });

  it('a till that is not registered says nothing', async () => {
    const shop = await MemoryShop.open();
    await shop.sell('O1');
    expect(pays(shop)[0]?.args).not.toHaveProperty('terminal');
  });
});

describe('a secret that cannot be had is absent, and that is said', () => {
  const faults: readonly (readonly [CertifiedFault, string])[] = [
    ['silent', 'TERMINAL_SILENT'],
    ['late', 'TERMINAL_SILENT'],
    ['bad-check', 'TERMINAL_SILENT'],
    ['refuses', 'TERMINAL_REFUSED'],
  ];
  it.each(faults)('%s: %s, in time, and the channel refuses as it would', async (fault, secretAbsent) => {
    const { shop, device } = await registered();
    device.fault = fault;
    await offered(shop, 'O1');
    const [pay] = pays(shop);
    expect(pay?.args).toMatchObject({ secretAbsent, terminal: { serial_num: SERIAL } });
    expect(pay?.args.terminal).not.toHaveProperty('secret_text');
    expect(await shop.untilState('O1', 'FAILED')).toMatchObject({ category: 'CONFIG_ERROR', code: 'PARAM_ERROR' });
    expect(shop.acquirer.ledger.total()).toMatchObject({ charges: 0 });
    expect(shop.log.filter(({ msg }) => msg.includes('without secret_text'))).toMatchObject([{ secretAbsent }]);
    // the MAC that came too late belongs to nobody: the next customer's is his own
    device.fault = undefined;
    await shop.pass(5_000);
    await offered(shop, 'O2');
    await shop.untilState('O2', 'PAID');
  });

  it("a MAC that comes while the next customer's is waited for is not taken for it", async () => {
    const { shop, device } = await registered();
    device.fault = 'late';
    await offered(shop, 'O1');
    await shop.collect('O2');
    const asked = shop.clock.now();
    device.fault = 'silent';
    const second = shop.showCode();
    await shop.pass(850);
    shop.scan(second);
    await shop.passUntil('the second payment', () => pays(shop).length === 2);
    expect(shop.clock.now() - asked, 'it waited while the first MAC came').toBeGreaterThan(1_000);
    expect(pays(shop)[1]?.args).toMatchObject({ secretAbsent: 'TERMINAL_SILENT' });
    expect(pays(shop)[1]?.args.terminal).not.toHaveProperty('secret_text');
  });

  it('a till that is told to stop while it waits sends nothing; the next start asks what became of it', async () => {
    const { shop, device } = await registered();
    device.fault = 'late';
    await shop.collect('O1');
    shop.scan(shop.showCode());
    await shop.pass(100);
    expect(pays(shop)).toHaveLength(0);
    await shop.process.till.stop();
    await shop.pass(5_000);
    expect(pays(shop)).toHaveLength(0);
    await shop.kill();
    await shop.start();
    await shop.passUntil('the question', () => shop.requests('query').length > 0);
    expect(pays(shop)).toHaveLength(0);
  });

  it('no device at all; a cable that is pulled', async () => {
    const { shop } = await registered({ config: { certified: undefined } });
    await offered(shop, 'O1', 'alipay');
    expect(pays(shop)[0]?.args).toMatchObject({ secretAbsent: 'NO_CERTIFIED_TERMINAL' });
    expect(await shop.untilState('O1', 'FAILED')).toMatchObject({ code: 'ACQ.INVALID_PARAMETER' });
    const other = await registered();
    await other.line.hangup();
    await offered(other.shop, 'O1', 'unionpay');
    expect(pays(other.shop)[0]?.args).toMatchObject({ secretAbsent: 'TERMINAL_SILENT' });
    expect(await other.shop.untilState('O1', 'FAILED')).toMatchObject({ code: '10' });
  });

  it('a registration without a serial number accuses no terminal of being another: its MAC is asked for', async () => {
    const registration = {
      serialNum: undefined,
      requires: { WECHAT: ['secret_text'] },
    } satisfies Partial<Registration>;
    const { shop, device } = await registered({ registration });
    await offered(shop, 'O1', 'wechat');
    expect(device.asked).toBe(1);
    expect(pays(shop)[0]?.args).toMatchObject({ terminal: { secret_text: expect.any(String) } });
    expect(pays(shop)[0]?.args).not.toHaveProperty('secretAbsent');
  });

  it('a channel whose acquirer wants none is not kept waiting for one', async () => {
    const requires = { UNIONPAY: ['secret_text', 'location'] } satisfies Registration['requires'];
    const { shop, device } = await registered({ registration: { requires } });
    device.fault = 'silent';
    await offered(shop, 'O1', 'wechat');
    await shop.untilState('O1', 'PAID');
    expect(device.asked).toBe(0);
    expect(pays(shop)[0]?.args).not.toHaveProperty('secretAbsent');
    device.fault = undefined;
    await offered(shop, 'O2', 'unionpay');
    await shop.untilState('O2', 'PAID');
    expect(device.asked).toBe(1);
  });
});

describe('what is not the registered terminal is refused by the channel, and no money moves', () => {
  it.each([
    ['another serial number', { serialNum: '00000902KS8312000000000002' }, 'terminal_info.serial_num'],
    ['another place', { location: '+31.2/+121.4' }, 'terminal_info.location'],
    ['another terminal number', { deviceId: 'T0000009' }, 'terminal_info.device_id'],
    ['a field that the channel requires', { requires: { WECHAT: ['icc_id'] } }, 'terminal_info.icc_id'],
  ] as const)('%s', async (_what, change, field) => {
    const { shop } = await registered();
    const registration = { ...REGISTRATION, ...change } as Registration;
    shop.backend.desk(TILL).terminal = { registration, key: KEY };
    await offered(shop, 'O1');
    expect(await shop.untilState('O1', 'FAILED')).toMatchObject({ category: 'CONFIG_ERROR', code: 'PARAM_ERROR' });
    const replies = shop.messages.filter(({ topic }) => topic.includes('/rep/')).map(({ text }) => text);
    expect(replies.join()).toContain(field);
    expect(shop.acquirer.ledger.total()).toMatchObject({ charges: 0 });
  });

  it('a MAC by another key', async () => {
    const { shop, device } = await registered();
    device.fault = 'wrong-key';
    await offered(shop, 'O1');
    expect(await shop.untilState('O1', 'FAILED')).toMatchObject({ code: 'PARAM_ERROR' });
  });
});

/** mvallim's UnionPay sample, of emv-cpm.json */
const EMV_CODE =
  'hQVDUFYwMWFWTwigAAADMwEBAlcRYmNgAQBxNnLSMSIBAAABiAFfNAEAYzOfJghWite85mtxi58nAYCfEBEHAAEDoAAAAQgwMDAwMDAwMZ82AhEiggIAAJ83BCJgSI4=';
