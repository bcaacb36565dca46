import { randomBytes } from 'node:crypto';
import { createInterface } from 'node:readline';
import type { Site } from '../../protocols/backend/enrolment.ts';
import type { TillAddress } from '../../protocols/backend/topics.ts';
import { CommandSigner } from '../backend/command-signer.ts';
import { showCode, WALLETS, type Wallet } from '../devices/phone.ts';
import { CertificateAuthority } from '../enrolment/certificate-authority.ts';
import { EnrolmentService } from '../enrolment/enrolment-service.ts';
import { Shop, type ShopOptions } from '../shop.ts';
import { fraction } from '../world/fraction.ts';

// A shop that waits for its till: what the back office prints stands on the screen, and the rest is typed. One JSON value a
// line, so that a program can drive it as well.

const HELP = 'collect FEN | scan [wallet] | code | revoke | quit';

/** Until `over`, the end of the input, or `quit`. Resolves with the exit code. */
export async function enrolShop(options: ShopOptions, over: Promise<unknown>): Promise<number> {
  const now = () => options.clock.now();
  const authority = new CertificateAuthority(now);
  const signer = new CommandSigner('backend-1', randomBytes(32));
  const shop = await Shop.open({ ...options, authority, signer });
  const service = await EnrolmentService.open(authority, now);
  const site = siteOf(options.till, `mqtts://127.0.0.1:${shop.broker.port}`, signer);
  shop.backend.register(options.till, { registration: site.registration });
  const invite = () => {
    const code = service.codes.give(site);
    tell({ kind: 'code', code, url: service.url, invitation: service.invitation(code), minutes: 30, uses: 1 });
  };
  tell({ kind: 'open', gun: shop.gunPort.path, printer: shop.printerPort.path, help: HELP });
  invite();
  shop.onAgentState = (state) => tell({ kind: 'agent', state });
  shop.onDevice = (state) => tell({ kind: 'device', dev: state.dev, avail: state.avail });
  shop.onEvent = ({ data }) => tell({ kind: 'event', data });
  shop.onSlip = () => tell({ kind: 'slip', slips: shop.slips.length, ledger: shop.acquirer.ledger.total() });
  const lines = createInterface({ input: process.stdin });
  const quit = new Promise<void>((resolve) => {
    lines.on('close', resolve);
    lines.on('line', (line) => {
      const [verb, word = ''] = line.trim().split(/\s+/);
      if (verb === 'quit') return resolve();
      if (verb === 'code') return invite();
      if (verb === 'revoke') return service.revoke(options.till.agent);
      void obey(shop, now, verb, word).then(tell);
    });
  });
  await Promise.race([over, quit]);
  lines.close();
  await service.close();
  await shop.close();
  return 0;
}

async function obey(shop: Shop, now: () => number, verb: string | undefined, word: string): Promise<object> {
  if (verb === 'collect' && /^\d{1,7}$/.test(word)) {
    const orderId = `S${now()}`;
    const { code } = await shop.backend.collect(shop.till, { orderId, amountFen: Number(word) });
    return { kind: 'collect', orderId, code };
  }
  if (verb === 'scan') {
    const wallet: Wallet = Object.keys(WALLETS).includes(word) ? (word as Wallet) : 'wechat';
    const code = showCode(wallet, fraction);
    // nobody may have opened the port yet
    const failed = (error: unknown) =>
      tell({ kind: 'failed', reason: error instanceof Error ? error.message : String(error) });
    void shop.gun.scan(code).catch(failed);
    return { kind: 'scan', wallet };
  }
  return { kind: 'help', help: HELP };
}

function tell(line: object): void {
  console.log(JSON.stringify(line));
}

/** What the acquirer of this shop has registered. */
function siteOf(address: TillAddress, brokerUrl: string, { kid, publicKey }: CommandSigner): Site {
  return {
    v: 1,
    address,
    merchant: {
      name: '街角小店（演示）',
      merchantNo: '898310054110001',
      terminalNo: 'T0000001',
      servicePhone: '400-000-0000',
    },
    registration: {
      acquirer: '演示收单机构',
      model: 'KS8315',
      deviceType: '02',
      deviceId: 'T0000001',
      serialNum: '00000902KS8312000000000001',
      networkLicense: 'P3100',
      location: '+30.274085/+120.15507',
      countryNo: 'CN',
      areaNo: '330106',
      place: '杭州市西湖区示例路 1 号',
      legalName: '张**',
      settlementAccount: '622202*********1234',
      ratePercent: '0.38',
      settlementDays: 1,
      // no certified terminal stands in this shop that could make a secret_text
      requires: {},
    },
    brokerUrl,
    commandKeys: [{ kid, publicKey }],
  };
}
