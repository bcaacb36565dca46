import { expect, it } from 'vitest';
import { decodeEscpos } from '../../protocols/escpos/decode.ts';
import type { Bitmap } from '../../protocols/escpos/image.ts';
import { genericProfile } from '../../protocols/escpos/profile.ts';
import { flatItems } from '../../protocols/escpos/slip.ts';
import { summarise } from '../../protocols/escpos/summary.ts';
import { SimulatedPad } from '../../simulator/terminals/pad-mouth.ts';
import { PAD_PERSONALITIES } from '../../simulator/terminals/pad-personalities.ts';
import { sameDots } from '../protocols/jbig-peer.ts';
import { LCG } from '../seeded.ts';
import { TerminalLine } from '../world/terminal-line.ts';
import { CardShop } from './card-shop.ts';

/** A card terminal, a signature pad, a printer and a backend: the whole counter. */
async function counter(
  signs: 'always' | 'when-asked' = 'always',
): Promise<{ readonly card: CardShop; readonly pad: SimulatedPad; readonly line: TerminalLine }> {
  let pad: SimulatedPad | undefined;
  let line: TerminalLine | undefined;
  const config = { pad: { path: 'pad', signs, dialect: { ground: 'ours' } } };
  const card = await CardShop.open('zvt', config, ({ shop }) => {
    line = new TerminalLine(shop.clock);
    shop.lines.set('pad', line);
    const chance = new LCG(7);
    const random = () => chance.below(1_000_000) / 1_000_000;
    const personality = { ...PAD_PERSONALITIES['vx820-pad'], signMs: 4_000 };
    pad = new SimulatedPad(line, { personality, clock: shop.clock, random });
  });
  if (!pad || !line) throw new Error('no pad');
  return { card, pad, line };
}

function pictures(card: CardShop): readonly Bitmap[] {
  const { slips } = decodeEscpos(card.shop.paper, genericProfile(58));
  return slips.flatMap(({ items }) => flatItems(items).flatMap((item) => (item.kind === 'image' ? [item.bitmap] : [])));
}

/** Signatures on disk. */
function kept(card: CardShop): Promise<readonly string[]> {
  return card.shop.signatureDisk.open().list();
}

it('the customer signs: the merchant’s copy carries it, and the acquirer gets it', async () => {
  const { card, pad } = await counter();
  expect(await card.sale('A', 1_200)).toMatchObject({ status: 'ok' });
  await card.shop.pass(20_000);
  const drawn = pad.model.ledger[0]?.bitmap;
  const [picture] = pictures(card);
  expect(picture && drawn && sameDots(picture, drawn)).toBe(true);
  expect(card.shop.slipText()).toContain('特征码');
  await card.shop.passUntil('kept by the acquirer', () => card.shop.backend.signatures.kept.length === 1, 60_000);
  expect(sameDots(card.shop.backend.signatures.kept[0]?.bitmap, drawn as Bitmap)).toBe(true);
  await card.shop.pass(1_000);
  expect(await kept(card), 'nothing is kept that the acquirer has').toEqual([]);
});

it('nobody asks for a signature: the slip is printed at once', async () => {
  const { card, pad } = await counter('when-asked');
  expect(await card.sale('A', 25_000)).toMatchObject({ status: 'ok' });
  await card.shop.pass(3_000);
  expect(card.shop.slipText()).toContain('250.00');
  expect(pad.model.ledger).toHaveLength(0);
});

it('a pad that is not there: the sale stands, and the slip has a line for the pen', async () => {
  const { card, line } = await counter();
  await line.hangup();
  expect(await card.sale('A', 1_200)).toMatchObject({ status: 'ok' });
  await card.shop.pass(5_000);
  expect(card.shop.slipText()).toContain('持卡人签名');
  expect(pictures(card)).toHaveLength(0);
  expect(card.orderState('A')).toBe('PAID');
});

it('the process dies while the customer signs: the slip comes out at the next start, once', async () => {
  const { card } = await counter();
  await card.sale('A', 1_200);
  await card.shop.pass(1_000);
  await card.restart();
  await card.shop.pass(20_000);
  expect(card.shop.slipText().match(/12\.00/g)?.length).toBe(1);
  expect([...card.shop.process.till.book.slips.values()]).toHaveLength(1);
});

it('nobody takes the signature: after three tries a marked slip carries it, and nothing is kept here', async () => {
  const { card } = await counter();
  card.shop.backend.signatures.inject('upload-refused', 'upload-refused', 'upload-refused');
  await card.sale('A', 1_200);
  await card.shop.passUntil('a marked slip', () => card.shop.slipText().includes('重打印'), 600_000);
  await card.shop.pass(5_000);
  await card.shop.pass(10_000);
  expect(pictures(card)).toHaveLength(2);
  expect(await kept(card)).toEqual([]);
});

it('the same while the clerk is asked about the slip: kept until he has looked, and no longer', async () => {
  const { card } = await counter();
  card.shop.backend.signatures.inject('upload-refused', 'upload-refused', 'upload-refused');
  await card.sale('A', 1_200);
  const states = () => [...card.shop.process.till.book.slips.values()].map(({ state }) => state);
  await card.shop.passUntil('the slip begins', () => states().includes('sending'), 60_000);
  await card.restart();
  await card.shop.passUntil('a question', () => card.shop.process.till.spool.questions().length === 1, 60_000);
  await card.shop.passUntil('a marked slip', () => card.shop.slipText().includes('重打印'), 600_000);
  await card.shop.pass(120_000);
  expect(await kept(card)).toHaveLength(1);
  const [question] = card.shop.process.till.spool.questions();
  await card.shop.process.till.spool.answer(question?.slipId ?? '', 'missing');
  await card.shop.pass(30_000);
  expect(pictures(card), 'the slip for the file, and the one for the clerk').toHaveLength(2);
  expect(await kept(card)).toEqual([]);
});

/** What the printer had of a slip whose process died inside the signature's picture: GS v 0. */
function tornInPicture(card: CardShop): Uint8Array {
  const at = Buffer.from(card.shop.paper).indexOf(Buffer.of(0x1d, 0x76, 0x30, 0x00));
  expect(at, 'the slip has a picture').toBeGreaterThan(0);
  return card.shop.paper.subarray(0, at + 300);
}

it.each([1, 2])('killed inside the picture, and it is gone at restart %d: the next slip is whole', async (starts) => {
  const { card } = await counter();
  await card.sale('A', 1_200);
  await card.shop.passUntil('a slip', () => card.shop.paper.length > 1_000, 60_000);
  const torn = tornInPicture(card);
  await card.shop.kill();
  const files = card.shop.signatureDisk.open();
  for (const name of await files.list()) await files.remove(name);
  const heard: Uint8Array[] = [torn];
  await card.shop.start();
  for (let start = 1; start < starts; start++) {
    // the clerk is asked about it by now, and nothing was said to the printer before this one died too
    await card.shop.passUntil('a question', () => card.shop.process.till.spool.questions().length === 1);
    expect(card.shop.paper).toHaveLength(0);
    await card.shop.kill();
    await card.shop.start();
  }
  await card.shop.pass(20_000);
  await card.sale('B', 3_400);
  await card.shop.pass(30_000);
  heard.push(card.shop.paper);
  const { slips } = summarise(decodeEscpos(Buffer.concat(heard), genericProfile(58)));
  const last = slips.at(-1)?.lines.map(({ text }) => text) ?? [];
  expect(last.join('\n')).toContain('签购单');
  expect(last.join('\n')).toContain('34.00');
});

it('nobody takes it, and the till is restarted again and again: one marked slip, not one for each start', async () => {
  const { card } = await counter();
  card.shop.backend.signatures.inject('upload-refused', 'upload-refused', 'upload-refused');
  await card.sale('A', 1_200);
  const marked = () => [...card.shop.process.till.book.slips.values()].filter(({ duplicate }) => duplicate);
  await card.shop.passUntil('its slip begins', () => marked().length === 1, 600_000);
  for (let start = 0; start < 3; start++) {
    await card.restart();
    await card.shop.pass(20_000);
  }
  expect(marked()).toMatchObject([{ state: 'unknown' }]);
  expect(await kept(card), 'kept until somebody has looked').toHaveLength(1);
  await card.shop.process.till.spool.answer(marked()[0]?.slipId ?? '', 'on-paper');
  await card.shop.pass(10_000);
  expect([marked().length, await kept(card)]).toEqual([1, []]);
});

it('nobody takes it, and memory has forgotten the payment: a person is told once which paper to look for', async () => {
  const { card } = await counter();
  card.shop.backend.signatures.inject('upload-refused', 'upload-refused', 'upload-refused');
  await card.sale('A', 1_200);
  await card.shop.passUntil('signed', () => card.shop.slipText().includes('特征码'), 60_000);
  await card.shop.pass(1_000);
  const { attemptId = '', card: payment } = card.attempt('A') ?? {};
  await card.shop.process.till.book.write({ type: 'FORGET', commands: [], orders: [], attempts: [attemptId] });
  const told = () => card.shop.log.filter(({ msg }) => msg?.startsWith('SIGNATURE_UNPRINTED'));
  await card.shop.passUntil('a person is told', () => told().length > 0, 600_000);
  await card.shop.pass(600_000);
  const trace = payment?.result?.key?.trace ?? payment?.result?.key?.receipt;
  expect(told()).toMatchObject([{ level: 'error', attemptId, trace: trace?.padStart(6, '0') }]);
  expect(await kept(card), 'nothing is deleted that is on no paper of ours').toHaveLength(1);
  await card.restart();
  await card.shop.pass(60_000);
  expect([told().length, (await kept(card)).length], 'and once behind a restart').toEqual([2, 1]);
});

it('somebody tries the pad when a customer has to sign: the customer goes before him', async () => {
  const { card, pad } = await counter();
  const trial = card.shop.consoleParts?.diagnosis.signatures?.trySigning(60_000);
  await card.shop.passUntil('the pad asks', () => pad.model.page === 'sign');
  expect(await card.sale('A', 1_200)).toMatchObject({ status: 'ok' });
  await card.shop.pass(20_000);
  expect(await trial).toEqual({ kind: 'unsigned', why: 'cancelled' });
  expect(pad.model.ledger).toHaveLength(1);
  const [[picture], [signed]] = [pictures(card), pad.model.ledger];
  expect(picture && signed && sameDots(picture, signed.bitmap)).toBe(true);
});

it('a hold is charged days later with no guest there: nobody is asked to sign, and the slip has its line for the pen', async () => {
  const { card, pad } = await counter();
  const args = { orderId: 'A', amountFen: 50_000, currency: 'CNY' };
  expect(await card.shop.order('card-preauth', args, 60_000)).toMatchObject({ status: 'ok', code: 'HELD' });
  await card.shop.pass(3 * 86_400_000);
  expect(await card.shop.order('card-preauth-complete', args, 60_000)).toMatchObject({ status: 'ok', code: 'PAID' });
  await card.shop.pass(10_000);
  expect(pad.model.ledger).toEqual([]);
  expect(card.shop.slipText()).toContain('预授权完成');
});
