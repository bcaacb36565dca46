import { describe, expect, it } from 'vitest';
import { CPM_START, parseCpm } from '../../../protocols/paycode/emv-cpm.ts';
import { channelOf, compileRules } from '../../../protocols/paycode/numeric.ts';
import { PAYMENT_CODE_RULES } from '../../../protocols/paycode/rules.ts';
import { showCode, WALLETS, type Wallet } from '../../../simulator/devices/phone.ts';
import {
  GUN_PERSONALITIES,
  type GunPersonality,
  type GunPersonalityName,
} from '../../../simulator/personalities/guns.ts';
import { LCG } from '../../seeded.ts';
import { grams, type Heard, heardFrom, readInPieces, scrubbed, textsIn, views } from './heard-gun.ts';

const rules = compileRules(PAYMENT_CODE_RULES);
const NAMES = Object.keys(GUN_PERSONALITIES) as GunPersonalityName[];
const WALLET_NAMES = Object.keys(WALLETS) as Wallet[];

/** Kind and length of a card's code; why it is none. */
function cardOf(text: string) {
  const code = text.slice(text.indexOf(CPM_START));
  const parsed = parseCpm(code);
  return 'error' in parsed ? parsed.error : { apps: parsed.cpm.derived.apps, length: code.length };
}

const sizes = (heard: readonly Heard[]) => heard.map(({ at, bytes }) => [at, bytes.length]);

describe('a recorded gun says nothing of a customer, whatever it speaks', () => {
  it.each(NAMES)(
    '%s: every code has become another one of the same channel and length, and all frames are good',
    async (name) => {
      const personality: GunPersonality = GUN_PERSONALITIES[name];
      const dice = new LCG(NAMES.indexOf(name) + 1);
      const random = () => dice.below(1_000_000) / 1_000_000;
      const codes = [...WALLET_NAMES, ...WALLET_NAMES].map((wallet) => showCode(wallet, random));
      const heard = await heardFrom(
        personality,
        codes.map((code) => ({ code })),
        random,
      );
      const before = textsIn(personality, heard);
      const read = 'usb' in personality ? heard : readInPieces(heard, random);
      const recorded = scrubbed(personality, read, random);
      expect(sizes(recorded)).toEqual(sizes(read));
      const after = textsIn(personality, recorded);
      expect(after.map(({ length }) => length)).toEqual(before.map(({ length }) => length));
      for (const [at, text] of before.entries()) {
        const made = after[at] ?? '';
        expect(made).not.toBe(text);
        const digits = /\d{16,24}$/.exec(text)?.[0];
        if (digits) expect(channelOf(made.slice(-digits.length), rules)).toBe(channelOf(digits, rules));
        // a card of the same kind: the tree is whole, AID and label are the same
        else expect(cardOf(made)).toEqual(cardOf(text));
      }
      for (const code of codes)
        for (const gram of grams(code)) for (const view of views(recorded)) expect(view).not.toContain(gram);
      // the test itself would see one
      if (personality.protocol !== 'hid-keyboard' && before.length > 0)
        expect(views(heard).some((view) => view.includes(grams(codes[0] ?? '')[0] ?? '?'))).toBe(true);
    },
  );
});
