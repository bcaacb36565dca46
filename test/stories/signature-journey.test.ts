import { randomBytes } from 'node:crypto';
import { afterEach, expect, it } from 'vitest';
import { MqttLink } from '../../agent/backend/link.ts';
import { systemClock } from '../../agent/clock.ts';
import { SignatureStore } from '../../agent/signatures/store.ts';
import { pictureOf, SignatureUploads, type SignedSale } from '../../agent/signatures/uploads.ts';
import { type CardSlip, cardSlip } from '../../agent/slips/card-slip.ts';
import { decodeEscpos } from '../../protocols/escpos/decode.ts';
import type { Bitmap } from '../../protocols/escpos/image.ts';
import { genericProfile } from '../../protocols/escpos/profile.ts';
import { flatItems } from '../../protocols/escpos/slip.ts';
import { featureCode } from '../../protocols/signature/feature-code.ts';
import { startBroker } from '../../simulator/backend/broker.ts';
import { Closing, memoryLog, newId, openBackend, TILL, until } from '../agent/backend/till-fixture.ts';
import { sameDots } from '../protocols/jbig-peer.ts';
import { MemoryDisk } from '../world/memory-disk.ts';
import { SigningShop } from './signing-shop.ts';

const closing = new Closing();
afterEach(() => closing.run());

const HOST = { settlementMmdd: '1122', referenceNo: '013123456789' };
const CODE = featureCode(HOST) ?? '';

const SALE: SignedSale = {
  ...HOST,
  attemptId: 'A-1',
  orderId: 'D-1001',
  featureCode: CODE,
  amountFen: 8800,
  trace: '000345',
  batch: '000012',
  terminalId: '31000001',
  merchantId: '898310054110001',
  receipt: { merchantName: '上海示例便利店' },
};

const SLIP: CardSlip = {
  kind: 'sale',
  copy: 'merchant',
  merchantName: '上海示例便利店',
  paidAt: Date.UTC(2026, 10, 22, 5),
  amountFen: 8800,
  maskedCardNo: '622588******1234',
  batchNo: '000012',
  voucherNo: '000345',
  referenceNo: '013123456789',
  featureCode: CODE,
};

/** The pictures on a slip, from the bytes that went to the printer. */
function printed(slip: CardSlip): readonly Bitmap[] {
  const { slips } = decodeEscpos(cardSlip(slip, 58).bytes, genericProfile(58));
  return slips.flatMap(({ items }) => flatItems(items).flatMap((item) => (item.kind === 'image' ? [item.bitmap] : [])));
}

async function shop() {
  const broker = closing.add(await startBroker(), (it) => it.stop());
  const { backend } = await openBackend(broker.port);
  closing.add(backend, (it) => it.stop());
  const counter = closing.add(new SigningShop(), (it) => it.close());
  const log = memoryLog();
  const link = new MqttLink(
    {
      servers: [{ host: '127.0.0.1', port: broker.port }],
      clientId: 'till-1',
      till: TILL,
      boot: newId(),
      info: { version: '0', node: 'v', os: 'o', channels: [] },
    },
    { clock: systemClock, random: Math.random, log },
  );
  const files = new MemoryDisk().open();
  const store = await SignatureStore.open({ files, key: randomBytes(32), random: randomBytes });
  const uploads = new SignatureUploads({ link, till: TILL, store, clock: systemClock, log, backendNow: Date.now });
  link.start();
  closing.add(link, (it) => it.close());
  closing.add(uploads, (it) => it.close());
  await until('online', () => link.online);
  return { backend, counter, store, uploads };
}

it("one signature: what the pad drew is on the merchant's copy, not on the customer's, and with the acquirer", async () => {
  const { backend, counter, store, uploads } = await shop();
  const signed = await counter.sign(CODE);
  if (signed.kind !== 'signed') throw new Error(signed.why);
  const drawn = counter.device.model.ledger[0]?.bitmap;
  const [picture] = printed({ ...SLIP, signature: signed.bitmap });
  expect(picture && drawn && sameDots(picture, drawn)).toBe(true);
  expect(printed({ ...SLIP, signature: signed.bitmap, copy: 'customer' })).toEqual([]);
  expect(await uploads.keep(SALE, signed.bitmap)).toBeUndefined();
  await until('accepted', () => store.all.length === 0);
  expect(drawn && sameDots(backend.signatures.kept[0]?.bitmap, drawn)).toBe(true);
  expect(await counter.pad.noteUpload(signed.sequence, true)).toBe(1);
});

it('refused three times: the slip is printed with the signature that was kept, and then nothing is kept', async () => {
  const { backend, counter, store, uploads } = await shop();
  const signed = await counter.sign(CODE);
  if (signed.kind !== 'signed') throw new Error(signed.why);
  backend.signatures.inject('upload-refused', 'upload-refused', 'upload-refused');
  await uploads.keep(SALE, signed.bitmap);
  await until('given up', () => {
    uploads.hurry();
    return uploads.failed.length === 1;
  });
  const [failed] = uploads.failed;
  const signature = failed && pictureOf(failed);
  const [picture] = signature ? printed({ ...SLIP, signature, duplicate: true }) : [];
  expect(sameDots(picture, signed.bitmap)).toBe(true);
  await uploads.printed(SALE);
  expect(store.all).toEqual([]);
});
