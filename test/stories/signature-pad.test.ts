import { describe, expect, it, type TestContext } from 'vitest';
import { readPadImage } from '../../protocols/signature/pad-image.ts';
import { PAD_FAULTS, type PadFault } from '../../simulator/terminals/pad-faults.ts';
import { sameDots } from '../protocols/jbig-peer.ts';
import { inkOfBitmap } from './ink.ts';
import { SigningShop } from './signing-shop.ts';

/** Each story has a shop of its own and mostly waits for it: several are told at once. */
function open(test: TestContext, ...how: ConstructorParameters<typeof SigningShop>): SigningShop {
  const shop = new SigningShop(...how);
  test.onTestFinished(() => shop.close());
  return shop;
}

const CODE = '0B3F2A71';
const told = new Set<PadFault>();
/** The story of one fault; the last one says that none was forgotten. */
function fault(name: PadFault): PadFault {
  told.add(name);
  return name;
}

it.concurrent('the customer signs over the feature code: what the till has is what the pad drew', async (test) => {
  const shop = open(test);
  const { device, pad } = shop;
  const answer = await shop.sign(CODE);
  expect(answer).toMatchObject({ kind: 'signed', sequence: 1, ended: true });
  const [kept] = device.model.ledger;
  expect(kept?.featureCode).toBe(CODE);
  expect(answer?.kind === 'signed' && kept && sameDots(answer.bitmap, kept.bitmap)).toBe(true);
  expect(device.model.page).toBe('idle');
  expect(await pad.noteUpload(1, true)).toBe(1);
  expect(device.model.ledger.map((signature) => signature.kept)).toEqual([false]);
  expect(await pad.noteUpload(9, true)).toBe(4);
});

it.concurrent('a pad that draws no code, sends BMP and gives no sign of life', async (test) => {
  const shop = open(
    test,
    { format: 'bmp', drawsCode: false, heartbeatMs: 0, height: 120 },
    { ground: 'unknown', penWidth: 3, timeoutS: 9 },
  );
  const answer = await shop.sign(CODE);
  expect(answer?.kind === 'signed' && inkOfBitmap(answer.bitmap)).toBeGreaterThan(100);
});

it.concurrent('one customer after the other: two people cannot sign at once', async (test) => {
  const shop = open(test);
  const first = shop.sign(CODE);
  await shop.up();
  expect(shop.pad.sign({ featureCode: CODE })).toBeUndefined();
  expect(await first).toMatchObject({ kind: 'signed', sequence: 1 });
  expect(await shop.sign('11111111', undefined, 1)).toMatchObject({ kind: 'signed', sequence: 2 });
});

it.concurrent('the clerk gives up: the pad is told', async (test) => {
  const shop = open(test, { signMs: 2000 });
  const { device, pad } = shop;
  const signing = shop.sign(CODE);
  await expect.poll(() => device.model.page, { timeout: 5000 }).toBe('sign');
  pad.cancel();
  expect(await signing).toMatchObject({ kind: 'unsigned', why: 'cancelled', ended: true });
  expect(device.model.page).toBe('idle');
});

describe.concurrent('without a signature the sale stands, the reason is told, and the pad goes back to its page', () => {
  it.for([
    ['cancel', 'cancelled'],
    ['timeout', 'timeout'],
    ['blank', 'blank'],
    ['oversize-image', 'oversize'],
    ['unreadable-image', 'unreadable'],
    ['always-lrc-error', 'unreadable'],
    ['memory-full', 'pad-failed'],
    ['setting-refused', 'refused'],
    ['handshake-silent', 'silent'],
    ['heartbeat-forever', 'too-long'],
  ] as const)('%s: %s', async ([name, why], test) => {
    const shop = open(test);
    const { device } = shop;
    expect(await shop.sign(CODE, fault(name))).toMatchObject({ kind: 'unsigned', why, ended: true });
    expect(device.model.page).toBe('idle');
    // the first for what an earlier till may have left
    expect(device.model.ends).toBe(2);
    expect(await shop.sign(CODE, undefined, device.model.ledger.at(-1)?.sequence)).toMatchObject({ kind: 'signed' });
  });

  it('old-sequence: the signature of the last sale is not taken for this one', async (test) => {
    const shop = open(test);
    expect(await shop.sign('11111111')).toMatchObject({ kind: 'signed', sequence: 1 });
    const answer = await shop.sign(CODE, fault('old-sequence'));
    expect(answer).toMatchObject({ kind: 'unsigned', why: 'old-signature', ended: true });
  });

  it('old-sequence: nor that of a picture which nobody could read, on a pad that draws no code to know it by', async (test) => {
    const shop = open(test, { drawsCode: false }, { ground: 'unknown' });
    expect(await shop.sign('11111111', fault('unreadable-image'))).toMatchObject({ why: 'unreadable' });
    const answer = await shop.sign(CODE, fault('old-sequence'));
    expect(answer).toMatchObject({ kind: 'unsigned', why: 'old-signature', ended: true });
  });

  it('old-feature-code: nor is its picture under a new number', async (test) => {
    const shop = open(test);
    expect(await shop.sign('11111111')).toMatchObject({ kind: 'signed', sequence: 1 });
    const answer = await shop.sign(CODE, fault('old-feature-code'), 1);
    expect(answer).toMatchObject({ kind: 'unsigned', why: 'old-signature', ended: true });
  });
});

describe.concurrent('in spite of it there is a signature', () => {
  it.for([
    'image-of-control-bytes',
    'lrc-error-in-image',
    'glued-frames',
    'noise-before-frame',
    'bad-lrc',
    'lrc-over-stx',
    'length-plus-one',
    'length-minus-one',
    'duplicate-frames',
  ] as const)('%s', async (name, test) => {
    const shop = open(test);
    const { device } = shop;
    const answer = await shop.sign(CODE, fault(name));
    expect(answer).toMatchObject({ kind: 'signed', ended: true });
    const last = device.model.ledger.at(-1);
    expect(answer?.kind === 'signed' && last && sameDots(answer.bitmap, last.bitmap)).toBe(true);
    expect(device.model.page).toBe('idle');
  });

  it('one-byte-chunks: each byte is a write and a read of its own, however long the machine takes for them', async (test) => {
    const shop = open(test, {}, { replyMs: 3_000, signMs: 10_000, limitMs: 15_000 });
    const { device } = shop;
    const answer = await shop.sign(CODE, fault('one-byte-chunks'));
    expect(answer).toMatchObject({ kind: 'signed', ended: true });
    const last = device.model.ledger.at(-1);
    expect(answer?.kind === 'signed' && last && sameDots(answer.bitmap, last.bitmap)).toBe(true);
    expect(device.model.page).toBe('idle');
  });

  it('three-re-signs: the customer begins anew three times, and the till waits', async (test) => {
    const shop = open(test);
    const { device } = shop;
    expect(await shop.sign(CODE, fault('three-re-signs'))).toMatchObject({ kind: 'signed', ended: true });
    expect(device.model.ledger.map(({ resigned }) => resigned)).toEqual([3]);
  });

  it('end-unanswered: what was signed is signed; the end is said again before the next customer', async (test) => {
    const shop = open(test);
    const { device } = shop;
    expect(await shop.sign(CODE, fault('end-unanswered'))).toMatchObject({ kind: 'signed', ended: false });
    expect(device.model.ends).toBe(4);
    expect(await shop.sign('11111111', undefined, 1)).toMatchObject({ kind: 'signed', sequence: 2, ended: true });
    expect(device.model.ends).toBe(8);
  });
});

it.concurrent('unplugged-while-signing: told at once, and A3 is the first thing that the pad hears afterwards', async (test) => {
  const shop = open(test, { signMs: 200 });
  const { device } = shop;
  expect(await shop.sign(CODE, fault('unplugged-while-signing'))).toMatchObject({ why: 'link-lost', ended: false });
  expect(device.model.page).toBe('sign');
  await shop.up(2);
  await expect.poll(() => device.model.page, { timeout: 5000 }).toBe('idle');
  expect(await shop.sign(CODE)).toMatchObject({ kind: 'signed', ended: true });
});

it.concurrent('a till that was away asks for the signatures that the pad still keeps', async (test) => {
  const shop = open(test);
  const { device, pad } = shop;
  for (const sequence of [0, 1, 2])
    expect(await shop.sign(CODE, undefined, sequence)).toMatchObject({ kind: 'signed' });
  await pad.noteUpload(2, true);
  const kept = await pad.keptSignatures();
  expect(kept?.map(({ sequence }) => sequence)).toEqual([1, 3]);
  for (const { sequence, image } of kept ?? []) {
    const theirs = device.model.ledger.find((signature) => signature.sequence === sequence);
    expect(theirs && sameDots(readPadImage(image)?.bitmap, theirs.bitmap)).toBe(true);
  }
  expect(await shop.sign(CODE, undefined, 3)).toMatchObject({ kind: 'signed', sequence: 4 });
});

it('every fault of the pad has its story', () => {
  expect([...told].sort()).toEqual(Object.keys(PAD_FAULTS).sort());
});
