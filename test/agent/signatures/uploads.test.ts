import { randomBytes } from 'node:crypto';
import { afterEach, expect, it } from 'vitest';
import { MqttLink } from '../../../agent/backend/link.ts';
import type { Clock } from '../../../agent/clock.ts';
import { SignatureStore } from '../../../agent/signatures/store.ts';
import { pictureOf, SignatureUploads, type SignedSale } from '../../../agent/signatures/uploads.ts';
import { featureCode } from '../../../protocols/signature/feature-code.ts';
import { startBroker } from '../../../simulator/backend/broker.ts';
import { SIGNATURE_FAULTS, type SignatureFault } from '../../../simulator/backend/signature-book.ts';
import { anySignature, sameDots } from '../../protocols/jbig-peer.ts';
import { LCG } from '../../seeded.ts';
import { ForwardClock } from '../../world/forward-clock.ts';
import { MemoryDisk } from '../../world/memory-disk.ts';
import { MqttProxy } from '../backend/mqtt-proxy.ts';
import { Closing, hurried, memoryLog, newId, openBackend, TILL, until } from '../backend/till-fixture.ts';

const closing = new Closing();
afterEach(() => closing.run());

const KEY = randomBytes(32);
const PICTURE = anySignature(new LCG(21));

function sale(trace: string): SignedSale {
  const online = { settlementMmdd: '1122', referenceNo: `00${trace}0001` };
  return {
    attemptId: `A-${trace}`,
    orderId: `D-${trace}`,
    featureCode: featureCode(online) ?? '',
    amountFen: 1250,
    batch: '000012',
    trace,
    terminalId: 'T0000001',
    merchantId: '104152253311021',
    receipt: { merchantName: '乌兰浩特市维多利超市', time: '20261122154213' },
    ...online,
  };
}

/** A till with a broker and a backend behind a wire that can be cut. What is on the disk outlives the till. */
async function shop() {
  const broker = closing.add(await startBroker(), (it) => it.stop());
  const { backend } = await openBackend(broker.port);
  closing.add(backend, (it) => it.stop());
  const proxy = closing.add(await MqttProxy.to(broker.port), (it) => it.close());
  const disk = new MemoryDisk();
  async function start(clock: Clock = hurried) {
    const log = memoryLog();
    const link = new MqttLink(
      {
        servers: [{ host: '127.0.0.1', port: proxy.port }],
        clientId: 'till-1',
        till: TILL,
        boot: newId(),
        info: { version: '0', node: 'v', os: 'o', channels: [] },
      },
      { clock: hurried, random: Math.random, log },
    );
    const store = await SignatureStore.open({ files: disk.open(), key: KEY, random: randomBytes });
    const uploads = new SignatureUploads({
      link,
      till: TILL,
      store,
      clock,
      log,
      backendNow: () => Date.now(),
    });
    link.start();
    await until('online', () => link.online);
    closing.add(uploads, (it) => it.close());
    closing.add(link, (it) => it.close());
    return { store, uploads, link, log };
  }
  return { backend, proxy, disk, start };
}

it('a signature is with the acquirer, whole, and then nowhere on the till', async () => {
  const { backend, disk, start } = await shop();
  const { uploads, store, log } = await start();
  expect(await uploads.keep(sale('000345'), PICTURE)).toBeUndefined();
  await until('accepted', () => store.all.length === 0);
  const [kept] = backend.signatures.kept;
  expect(kept?.upload).toMatchObject({ batch: '000012', trace: '000345', attempt: 1, amountFen: 1250 });
  expect(kept?.upload.record.fields).toMatchObject({ '15': '1122', '60': '07000012800' });
  expect(sameDots(kept?.bitmap, PICTURE)).toBe(true);
  expect((await disk.open().list()).filter((name) => name.startsWith('signature-'))).toEqual([]);
  expect(log.text()).not.toContain(kept?.upload.record.fields['62'].slice(0, 40));
});

it('upload 94: what was stored before is stored, and deleted here', async () => {
  const { backend, start } = await shop();
  const { uploads, store } = await start();
  backend.signatures.inject('upload-94');
  await uploads.keep(sale('000001'), PICTURE);
  await until('accepted', () => store.all.length === 0);
  expect([backend.signatures.kept.length, uploads.failed]).toEqual([1, []]);
});

it('an answer that is lost: it goes up again, is there once, and 94 ends it', async () => {
  const { backend, start } = await shop();
  const clock = new ForwardClock();
  const { uploads, store } = await start(clock);
  backend.signatures.inject('upload-ack-lost');
  await uploads.keep(sale('000001'), PICTURE);
  await until('the first', () => backend.signatures.arrived === 1);
  clock.forward(15_000);
  await until('counted as nothing heard', () => store.all[0]?.tries === 1 && uploads.waiting.length === 1);
  await until('the minute until the next try is over', () => clock.forward(60_000) > 0);
  await until('accepted', () => store.all.length === 0);
  expect([backend.signatures.arrived, backend.signatures.kept.length]).toEqual([2, 1]);
});

it('upload refused 3x: after that the slip is to be printed, across a restart, and then the signature is deleted', async () => {
  const { backend, start } = await shop();
  const first = await start();
  backend.signatures.inject('upload-refused', 'upload-refused', 'upload-refused');
  const toPrint: string[] = [];
  first.uploads.onFailed = ({ upload }) => toPrint.push(upload.trace);
  await first.uploads.keep(sale('000001'), PICTURE);
  await until('refused once', () => first.store.all[0]?.code === '96');
  // the next sale, then the settlement: each asks again without waiting
  await until('given up', () => {
    first.uploads.hurry();
    return first.uploads.failed.length === 1;
  });
  expect([backend.signatures.arrived, backend.signatures.kept.length, toPrint]).toEqual([3, 0, ['000001']]);
  first.uploads.close();
  await first.link.close();
  const { uploads, store } = await start();
  expect(uploads.failed).toMatchObject([{ tries: 3, code: '96' }]);
  const [failed] = uploads.failed;
  expect(failed && sameDots(pictureOf(failed), PICTURE)).toBe(true);
  await uploads.printed({ batch: '000012', trace: '000001' });
  expect(store.all).toEqual([]);
  uploads.hurry();
  await uploads.keep(sale('000002'), PICTURE);
  await until('the next one is accepted', () => backend.signatures.kept.length === 1);
  expect(backend.signatures.arrived).toBe(4);
});

it('a till that is killed between sending and hearing sends again: the acquirer has it once', async () => {
  const { backend, start } = await shop();
  const first = await start();
  backend.signatures.inject('upload-ack-lost');
  await first.uploads.keep(sale('000001'), PICTURE);
  await until('it arrived', () => backend.signatures.arrived === 1);
  first.uploads.close();
  await first.link.close();
  const { store } = await start();
  await until('accepted', () => store.all.length === 0);
  expect([backend.signatures.arrived, backend.signatures.kept.length]).toEqual([2, 1]);
});

it('offline counts as no try: four cuts, and it still arrives', async () => {
  const { backend, proxy, start } = await shop();
  const { uploads, store, link } = await start();
  backend.signatures.inject(...Array.from({ length: 4 }, () => 'upload-lost' as const));
  await uploads.keep(sale('000001'), PICTURE);
  for (let n = 0; n < 4; n++) {
    await until(`message ${n + 1}`, () => backend.signatures.arrived === n + 1);
    proxy.cutAll();
    await until('offline', () => !link.online);
    await until('online again', () => link.online);
  }
  await until('accepted', () => store.all.length === 0);
  expect(backend.signatures.kept).toHaveLength(1);
});

it('receipt numbers begin again: what is kept of the first payment stays, the slip of the second is the only one', async () => {
  const { backend, start } = await shop();
  const { uploads, store } = await start();
  backend.signatures.inject('upload-lost');
  expect(await uploads.keep(sale('000001'), PICTURE)).toBeUndefined();
  await until('it is on its way', () => backend.signatures.arrived === 1);
  const again = { ...sale('000001'), attemptId: 'A-later' };
  expect(await uploads.keep(again, PICTURE)).toEqual({ refusal: 'key-taken', batch: '000012', trace: '000001' });
  expect(store.all.map(({ upload }) => upload.attemptId)).toEqual(['A-000001']);
});

it('a picture that no record can hold is not cut and not sent', async () => {
  const { backend, start } = await shop();
  const { uploads, store } = await start();
  const noise = { ...PICTURE, bits: randomBytes(PICTURE.bits.length) };
  expect(await uploads.keep(sale('000001'), noise)).toMatchObject({ refusal: 'image-too-long' });
  expect(await uploads.keep({ ...sale('000001'), trace: '1' }, PICTURE)).toEqual({
    refusal: 'bad-field',
    field: 'trace',
  });
  expect([store.all, backend.signatures.arrived]).toEqual([[], 0]);
});

it('every fault of the upload has its story', () => {
  const told: SignatureFault[] = ['upload-94', 'upload-ack-lost', 'upload-refused', 'upload-lost'];
  expect(told.sort()).toEqual(Object.keys(SIGNATURE_FAULTS).sort());
});
