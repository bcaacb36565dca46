import { describe, expect, it } from 'vitest';
import { TERMINALS } from '../../../simulator/personalities/terminals.ts';
import { BareTill } from './bare-till.ts';

// What the specification (PA00P015 rev 13.08) asks of a terminal that tills of other people rely on, byte for byte. Each was
// missed by the simulated terminal until tills and readings that know nothing of it were tried on it.

const REGISTER = '06 00 06 000000 BE 0978';
const SALE = '06 01 07 04 000000001000';
const PAID = /^040F/;

const heads = (said: readonly string[]) => said.map((hex) => hex.slice(0, 4)).join(' ');

describe('a terminal minds what the till said', () => {
  it('takes the next command right behind a display text: that was over with 80 00 (2.26)', () => {
    const till = new BareTill(TERMINALS['zvt-plain']);
    till.says(REGISTER);
    expect(heads(till.says('06 E0 02 F0 05 05 01 03 000000'))).toBe('8000 8000 060F');
  });

  it('says the key, or the digits, with its 80 00, and no completion (2.28, 2.30)', () => {
    const till = new BareTill(TERMINALS['zvt-plain']);
    expect(till.says('06 E1 00')).toEqual(['8000010D']);
    expect(till.says('06 E2 02 F0 05')).toEqual(['80000431323334']);
  });

  it('gives the word back with the card, without a completion (2.21)', () => {
    const till = new BareTill(TERMINALS['zvt-plain']);
    expect(heads(till.says('06 C0 01 05'))).toBe('8000 040F');
    expect(heads(till.says('05 01 00'))).toBe('8000 060F');
  });

  it.each(['06 C5 00', '08 13 00', '06 FE 00', '0F 10 03 000000', '06 1B 08 000000 29 00000105'])(
    'answers %s, which it does not know or cannot do, with 84 83 (2.66)',
    (hex) => {
      expect(new BareTill(TERMINALS['zvt-plain']).says(hex)).toEqual(['848300']);
    },
  );

  it('is not registered by a till of another currency, and takes no money in it (2.1, 2.2.9)', () => {
    const till = new BareTill(TERMINALS['zvt-plain']);
    expect(till.says('06 00 06 000000 BE 0756')).toEqual(['841E036F0756']);
    expect(till.says('06 01 0A 04 000000001000 49 0756')).toEqual(['800000', '061E036F0978']);
    expect(till.terminal.ledger.entries).toEqual([]);
  });

  it('names its currency only to a till that named one (1.4)', () => {
    const silent = new BareTill(TERMINALS['zvt-plain']);
    expect(silent.says('06 00 04 000000 BE')).toEqual(['800000', '060F0719002900000104']);
    expect(silent.says(SALE).find((hex) => PAID.test(hex))).not.toContain('490978');
    expect(silent.says('06 01 0A 04 000000001000 49 0978').find((hex) => PAID.test(hex))).toContain('490978');
    const open = new BareTill(TERMINALS['zvt-plain']);
    expect(open.says(REGISTER)).toEqual(['800000', '060F0A19002900000104490978']);
  });

  it('says containers, and blocks of text, only to a till that said one (9.2.2), until it logs off (2.24)', () => {
    const till = new BareTill(TERMINALS['zvt-modern']);
    till.says('06 00 06 000000 BE 0978');
    expect(heads(till.says(SALE))).toMatch(/^8000( 04FF)* 040F( 06D1){9} 060F$/);
    till.says('06 00 08 000000 BE 0978 06 00');
    expect(heads(till.says(SALE))).toMatch(/^8000( 04FF)* 040F 06D3 060F$/);
    expect(till.says('06 02 00')).toEqual(['800000']);
    expect(heads(till.says(SALE)), 'BE is 86 now: no states either').toMatch(/^8000 040F( 06D1){9} 060F$/);
  });

  it('prints on the till what the till wanted: payments with bit 02, everything else with bit 04 (table 1)', () => {
    const till = new BareTill(TERMINALS['zvt-plain']);
    till.says('06 00 06 000000 BA 0978');
    expect(heads(till.says('06 50 03 000000'))).toBe('8000 040F 060F');
    till.says('06 00 06 000000 BC 0978');
    expect(heads(till.says('06 50 03 000000'))).toMatch(/^8000 040F( 06D1)+ 060F$/);
    expect(heads(till.says(SALE))).toBe('8000 04FF 04FF 040F 060F');
  });

  it('leaves its version out where the till does not want it (2.56)', () => {
    const till = new BareTill(TERMINALS['zvt-plain']);
    expect(till.says('05 01 05 000000 03 02')).toEqual(['800000', '060F0100']);
  });

  it('says how wide its receipts are to a till that asks (2.1, tag 12)', () => {
    const till = new BareTill(TERMINALS['zvt-modern']);
    expect(till.says('06 00 0B 000000 BE 0978 06 03 12 01 28')[1]).toMatch(/0603120126$/);
  });

  it('tells the totals of the day by card (3.1.3), with 06 10 as often as asked and with 06 50 once', () => {
    const till = new BareTill(TERMINALS['zvt-plain']);
    till.says(REGISTER);
    till.says(SALE);
    till.says('06 01 07 04 000000000550');
    // receipts 1 to 2; the fifth place is Visa's: two of them, 15.50
    const none = '00000000000000';
    const totals = `60F0F5F300010002${none.repeat(4)}02000000001550${none.repeat(2)}`;
    for (let n = 0; n < 2; n++) expect(till.says('06 10 03 000000')[1]).toContain(`04000000001550490978${totals}`);
    expect(till.says('06 50 03 000000')[1]).toContain(totals);
    expect(till.says('06 50 03 000000')[1]).toContain(`60F0F5F300000000${none.repeat(7)}`);
  });

  it('gives the till the clock of the host at a diagnosis (2.17.4)', () => {
    const till = new BareTill(TERMINALS['zvt-modern']);
    expect(till.says('06 70 00')).toEqual(['800000', '040108AA2611220C173015', '060F00']);
  });

  it('waits for goods as long as the till said (2.2.1, BMP 01), asks no more often than it said (BMP 02), and then takes it back', () => {
    const slow = new BareTill(TERMINALS['zvt-plain']);
    slow.say('06 01 09 04 000000001000 01 1E');
    const [, result] = [slow.hears(), slow.hears()];
    expect(result).toMatch(PAID);
    slow.rests(25_000);
    slow.say('800000');
    expect(slow.hears(), 'nothing was repeated').toMatch(/^060F/);
    const silent = new BareTill(TERMINALS['zvt-plain']);
    silent.say('06 01 09 04 000000001000 01 1E');
    silent.rests(40_000);
    expect([slow, silent].map(({ terminal }) => terminal.ledger.last?.state)).toEqual(['kept', 'reversed']);
    const undecided = new BareTill(TERMINALS['zvt-plain']);
    const said = undecided.says('06 01 09 04 000000001000 02 01', '849C00');
    expect(said.filter((hex) => PAID.test(hex)).map((hex) => hex.slice(0, 10))).toEqual([
      ...[said[1], said[1]].map((hex) => hex?.slice(0, 10)),
      '040F02276C',
    ]);
    expect(undecided.terminal.ledger.last?.state).toBe('reversed');
  });
});
