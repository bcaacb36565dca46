import { describe, expect, it } from 'vitest';
import { fromHex, toHex } from '../../../protocols/bytes/hex.ts';
import { encodeLatin1 } from '../../../protocols/bytes/latin1.ts';
import { AckedDialogue, type AckedTongue } from '../../../protocols/terminal/acked-dialogue.ts';
import { encodeCountedFrame } from '../../../protocols/terminal/counted-frame.ts';
import { encodeEndedFrame } from '../../../protocols/terminal/ended-frame.ts';
import { encodeLinkBody, LINK_HEAD, type LinkField, NETS_HEAD } from '../../../protocols/terminal/link/body.ts';
import { LINK_DIALECTS } from '../../../protocols/terminal/link/dialects.ts';
import { linkTongue } from '../../../protocols/terminal/link/tongue.ts';
import type { TerminalCommand, TerminalEffect, TerminalResult } from '../../../protocols/terminal/messages.ts';
import { encodeNccc } from '../../../protocols/terminal/nccc/layout.ts';
import { ncccTongue } from '../../../protocols/terminal/nccc/tongue.ts';
import { transbankTongue } from '../../../protocols/terminal/transbank/tongue.ts';

const ACK = Uint8Array.of(0x06);
const NAK = Uint8Array.of(0x15);

/** A till at a line: what it writes, stores and tells, in order. The disk answers when the story says so. */
class Line {
  readonly said: string[] = [];
  readonly results: Partial<TerminalResult>[] = [];
  readonly #dialogue: AckedDialogue;
  #at = 1_000;

  constructor(tongue: AckedTongue) {
    this.#dialogue = new AckedDialogue(tongue);
    this.#do(this.#dialogue.handle({ kind: 'connected', at: this.#at }));
  }

  #do(effects: readonly TerminalEffect[]): void {
    for (const effect of effects) {
      if (effect.do === 'write') this.said.push(`write ${toHex(effect.bytes)}`);
      else if (effect.do === 'tell') this.said.push(`tell ${describeNews(effect.news)}`);
      else if (effect.do === 'reconnect') this.said.push('reconnect');
      else {
        this.said.push(`${effect.do} ${effect.result.outcome}`);
        this.results.push(effect.result);
      }
    }
  }

  command(command: TerminalCommand): this {
    this.#do(this.#dialogue.handle({ kind: 'command', command, at: this.#at }));
    return this;
  }

  hears(...parts: readonly Uint8Array[]): this {
    const bytes = Uint8Array.from(parts.flatMap((part) => [...part]));
    this.#do(this.#dialogue.handle({ kind: 'bytes', bytes, at: this.#at }));
    return this;
  }

  disk(kind: 'stored' | 'not-stored' = 'stored'): this {
    this.#do(this.#dialogue.handle({ kind, at: this.#at }));
    return this;
  }

  unplugged(): this {
    this.#do(this.#dialogue.handle({ kind: 'disconnected', at: this.#at }));
    return this;
  }

  passes(ms: number): this {
    this.#at += ms;
    return this;
  }

  /** until the next moment that means something */
  waits(): this {
    this.#at = this.#dialogue.nextDeadline ?? this.#at;
    this.#do(this.#dialogue.handle({ kind: 'time', at: this.#at }));
    return this;
  }

  /** what was said since the last look */
  look(): string[] {
    return this.said.splice(0);
  }

  get last(): Partial<TerminalResult> | undefined {
    return this.results.at(-1);
  }
}

function describeNews(news: Extract<TerminalEffect, { do: 'tell' }>['news']): string {
  if (news.kind === 'done') return `done ${news.ok}`;
  if (news.kind === 'not-done') return `not-done ${news.why}`;
  return news.kind === 'progress' ? `progress ${news.code}` : news.kind;
}

const bytes = (hex: string) => fromHex(hex) ?? new Uint8Array();
const transbank = (payload: string) => encodeEndedFrame(encodeLatin1(payload) ?? new Uint8Array());
const sale = (reference: string, amount: number): TerminalCommand => ({ kind: 'sale', reference, amount });
const answer = (code: string, ticket: string, amount: number, operation = '000060') =>
  transbank(
    `0210|${code}|597029414300|75001087|${ticket}|ZZ1234|${amount}|0|0|6677|${operation}|CR|||AX|28102024|223512|1|0|`,
  );

describe('Transbank', () => {
  const line = () => {
    const made = new Line(transbankTongue);
    made.look();
    return made;
  };

  it('a sale says the bytes of the official SDK; the result is on disk before it is taken', () => {
    const till = line().command(sale('AB123', 1500));
    expect(till.look()).toEqual(['write 02303230307c3030303030313530307c3041423132337c7c7c31037b']);
    till.hears(ACK, transbank('0900|78'), transbank('0900|82'));
    expect(till.look()).toEqual(['write 06', 'tell progress 78', 'write 06', 'tell progress 82']);
    till.hears(answer('00', '0AB123', 1500));
    expect(till.look()).toEqual(['store-result approved']);
    till.disk();
    expect(till.look()).toEqual(['write 06', 'tell done true']);
    expect(till.last).toMatchObject({
      command: 'sale',
      reference: 'AB123',
      amount: 1500,
      key: { receipt: '000060', authorisation: 'ZZ1234', date: '1028', time: '223512' },
      card: { pan: '************6677' },
      evidence: { by: 'answer', code: '00' },
    });
  });

  it("the first sale's approval, late, is not the answer to the second (what the official SDK takes it for)", () => {
    const till = line().command(sale('AB123', 1500)).hears(ACK);
    // nothing more within the time: unknown, and asked for
    till.waits().disk();
    expect(till.last).toMatchObject({ outcome: 'unknown', evidence: { by: 'no-answer' } });
    expect(till.command(sale('AB124', 1505)).look().at(-1)).toBe('tell not-done recover-first');
    till.command({ kind: 'queryLast', about: { command: { kind: 'sale', reference: 'AB123', amount: 1500 } } });
    till.hears(ACK, transbank('0260|01|597029414300|75001087|0AB123||1500|0|0||000060|'));
    till.disk();
    expect(till.last).toMatchObject({ outcome: 'declined', reference: 'AB123', evidence: { by: 'query' } });
    till.command(sale('AB124', 1505)).look();
    till.hears(ACK, answer('00', '0AB123', 1500));
    expect(till.look()).toEqual(['store-late-result approved']);
    till
      .disk()
      .hears(answer('01', '0AB124', 1505))
      .disk();
    expect(till.look()).toEqual(['write 06', 'store-result declined', 'write 06', 'tell done false']);
    expect(till.last).toMatchObject({ outcome: 'declined', reference: 'AB124' });
  });

  it.each([
    ['glued to the ACK', [ACK, answer('00', '0AB123', 1500)]],
    ['before the ACK', [answer('00', '0AB123', 1500), ACK]],
    ['without an ACK', [answer('00', '0AB123', 1500)]],
    ['behind two ACKs', [ACK, ACK, answer('00', '0AB123', 1500)]],
    ['behind ACK and NAK', [ACK, NAK, answer('00', '0AB123', 1500)]],
    ['behind garbage', [bytes('FF00417F'), ACK, bytes('02'), answer('00', '0AB123', 1500)]],
  ])('an answer %s is the answer', (_, parts) => {
    const till = line().command(sale('AB123', 1500));
    till.look();
    till.hears(...parts).disk();
    expect(till.look()).toEqual(['store-result approved', 'write 06', 'tell done true']);
  });

  it('NAK: the same bytes, three times at most, then nobody knows', () => {
    const till = line().command(sale('AB123', 1500));
    const [first] = till.look();
    expect(till.hears(NAK).look()).toEqual([first]);
    expect(till.hears(NAK).look()).toEqual([first]);
    expect(till.hears(NAK).look()).toEqual(['store-result unknown']);
  });

  it('no ACK: the same, by the clock', () => {
    const till = line().command(sale('AB123', 1500));
    const [first] = till.look();
    expect(till.waits().look()).toEqual([first]);
    expect(till.waits().look()).toEqual([first]);
    expect(till.waits().look()).toEqual(['store-result unknown']);
    expect(till.disk().look()).toEqual(['tell done false']);
  });

  it('a broken answer is asked for again, and taken when it is whole', () => {
    const whole = answer('00', '0AB123', 1500);
    const broken = whole.slice();
    broken[20] = 0x39;
    const till = line().command(sale('AB123', 1500)).hears(ACK);
    till.look();
    expect(till.hears(broken).look()).toEqual(['write 15']);
    expect(till.hears(whole).look()).toEqual(['store-result approved']);
  });

  it('an answer said twice is stored once and taken twice', () => {
    const whole = answer('00', '0AB123', 1500);
    const till = line().command(sale('AB123', 1500)).hears(ACK, whole, whole).disk();
    till.look();
    expect(till.hears(whole).look()).toEqual(['write 06']);
    expect(till.results).toHaveLength(1);
  });

  it('a result that the disk refuses is not taken', () => {
    const till = line()
      .command(sale('AB123', 1500))
      .hears(ACK, answer('00', '0AB123', 1500));
    till.look();
    expect(till.disk('not-stored').look()).toEqual(['tell done false']);
    expect(till.command(sale('AB124', 1)).look()).toEqual(['tell not-done recover-first']);
  });

  it('another amount than was asked for is nobody’s approval', () => {
    const till = line()
      .command(sale('AB123', 1500))
      .hears(ACK, answer('00', '0AB123', 1600));
    expect(till.last).toMatchObject({ outcome: 'unknown', amount: 1600, evidence: { by: 'other-amount' } });
  });

  it('the cable is pulled: unknown; the last sale is the one before: it never happened', () => {
    const till = line().command(sale('AB123', 1500)).hears(ACK).unplugged().disk();
    expect(till.last).toMatchObject({ outcome: 'unknown', evidence: { by: 'link-lost' } });
    const again = line();
    const command = { kind: 'sale', reference: 'AB123', amount: 1500 } as const;
    const lastIs = (operation: string) => transbank(`0260|00|5|7|0ZZ999|ZZ1|900|0|0|6677|${operation}|CR|`);
    again.command({ kind: 'queryLast', about: { command, before: { receipt: '000059' } } });
    again.hears(ACK, lastIs('000059')).disk();
    expect(again.last).toMatchObject({ outcome: 'declined', evidence: { by: 'last-is-the-one-before' } });
    again.command({ kind: 'queryLast', about: { command } }).hears(ACK, lastIs('000059')).disk();
    expect(again.last, 'nobody had asked before').toMatchObject({
      outcome: 'unknown',
      evidence: { by: 'cannot-tell' },
    });
  });

  it.each([
    [sale('TOOLONG7', 1500)],
    [sale('AB123', 0)],
    [{ kind: 'void', reference: 'AB124', amount: 1500, original: {} } as const],
    [{ kind: 'refund', reference: 'AB124', amount: 1500 } as const],
  ])('%j cannot be said', (command) => {
    expect(line().command(command).look()).toEqual(['tell not-done unsupported']);
  });

  it('progress without end ends', () => {
    const till = line().command(sale('AB123', 1500)).hears(ACK);
    for (let n = 0; n < 5_000 && till.results.length === 0; n++) till.hears(transbank('0900|78')).waits();
    expect(till.last).toMatchObject({ outcome: 'unknown', evidence: { by: 'no-answer' } });
  });
});

describe('Link', () => {
  const head = { transport: '6000000000', version: '1', req_resp: '1', resp: '00', more: '0' };
  const link = (tx: string, resp: string, fields: readonly LinkField[]) =>
    encodeCountedFrame(encodeLinkBody(LINK_HEAD, { head: { ...head, tx, resp }, fields }));
  const line = () => {
    const made = new Line(linkTongue(LINK_DIALECTS.kbtg));
    made.look();
    return made;
  };
  const REFERENCE = 'T0012024000000000001';

  it('asks by its own reference, with the bytes of the vectors', () => {
    const command = { kind: 'sale', reference: REFERENCE, amount: 1234 } as const;
    const till = line().command({ kind: 'queryByRef', about: { command } });
    expect(till.look()).toEqual([
      'write 02004336303030303030303030313037343030301c5231002054303031323032343030303030303030303030311c0357',
    ]);
    till
      .hears(
        ACK,
        link('74', '00', [
          ['40', '000000001234'],
          ['R1', REFERENCE],
          ['65', '000007'],
        ]),
      )
      .disk();
    expect(till.last).toMatchObject({
      command: 'sale',
      outcome: 'approved',
      key: { trace: '000007' },
      evidence: { by: 'query' },
    });
  });

  it('an inquiry that finds nothing proves nothing, unless the bank says it does', () => {
    const command = { kind: 'sale', reference: REFERENCE, amount: 1234 } as const;
    const till = line().command({ kind: 'queryByRef', about: { command } });
    till.hears(ACK, link('74', 'ND', [['R1', REFERENCE]])).disk();
    expect(till.last).toMatchObject({ outcome: 'unknown', evidence: { by: 'cannot-tell', code: 'ND' } });
  });

  it('a refusal that names neither reference nor amount may be another’s', () => {
    const till = line()
      .command(sale(REFERENCE, 1234))
      .hears(ACK, link('20', 'ND', []));
    expect(till.last).toMatchObject({ outcome: 'unknown', evidence: { by: 'cannot-tell', code: 'ND' } });
    const other = line()
      .command(sale(REFERENCE, 1234))
      .hears(ACK, link('20', 'ND', [['R1', 'T0012024000000000000']]));
    expect(other.look().at(-1)).toBe('store-late-result declined');
  });

  it.each([
    ['ND', 'declined'],
    ['00', 'approved'],
    ['TO', 'unknown'],
    ['ZZ', 'unknown'],
  ])('code %s is %s', (code, outcome) => {
    const till = line().command(sale(REFERENCE, 1234));
    till.hears(ACK, link('20', code, [['40', '000000001234']]));
    expect(till.last?.outcome).toBe(outcome);
  });

  it('the number of a card stays on the line', () => {
    const till = line().command(sale(REFERENCE, 1234));
    till.hears(
      ACK,
      link('20', '00', [
        ['30', '6222021234567890'],
        ['40', '000000001234'],
      ]),
    );
    expect(JSON.stringify(till.last)).not.toContain('622202');
    expect(till.last?.card?.pan).toBe('************7890');
  });

  it('NETS: the number in the head comes back, or it is another’s', () => {
    const answerTo = (ecn: string) =>
      encodeCountedFrame(
        encodeLinkBody(NETS_HEAD, {
          head: { ecn, tx: '30', version: '00', more: '0' },
          fields: [['40', '000000000100']],
        }),
      );
    const till = new Line(linkTongue(LINK_DIALECTS.nets)).command(sale('240131235959', 100));
    till.hears(ACK, answerTo('240131235958'));
    expect(till.look().at(-1)).toBe('store-late-result approved');
    till.disk().hears(answerTo('240131235959'));
    expect(till.last).toMatchObject({ outcome: 'approved', reference: '240131235959' });
    expect(new Line(linkTongue(LINK_DIALECTS.nets)).command(sale('AB', 100)).look().at(-1)).toBe(
      'tell not-done unsupported',
    );
  });
});

describe('NCCC', () => {
  it('silence is not answered with the same frame: it has no reference to be known by', () => {
    const till = new Line(tongue).command(sale('any', 10_000));
    till.look();
    expect(till.waits().look()).toEqual(['store-result unknown']);
  });

  const tongue = ncccTongue({ storeId: 'STORE0001', hostId: '03', stamp: () => ({ date: '240131', time: '120000' }) });
  const said = (ecr_response: string, amount: string, trans_type = '01') =>
    encodeEndedFrame(encodeNccc({ ecr_indicator: 'I', trans_type, amount, ecr_response, receipt_no: '000123' }));

  it('type and amount are all that an answer has in common with its question', () => {
    const till = new Line(tongue).command(sale('any', 10_000));
    till.hears(ACK, said('0000', '000000020000'));
    expect(till.look().at(-1)).toBe('store-late-result approved');
    till.disk().hears(said('0003', '000000010000')).disk();
    expect(till.last).toMatchObject({ outcome: 'unknown', key: { receipt: '000123' }, evidence: { text: 'timeout' } });
    expect(till.command({ kind: 'queryLast' }).look().at(-1)).toBe('tell not-done unsupported');
  });

  /** A sale that the terminal never answered, settled by a person as far as the till knows. */
  function unanswered(): Line {
    const till = new Line(tongue).command(sale('first', 10_000));
    till.waits().disk().command({ kind: 'cleared', reference: 'first' }).look();
    return till;
  }
  const yes = said('0000', '000000010000');
  const no = said('0002', '000000010000');

  it('behind a sale that was never answered, an answer of the same amount may be that one’s: a person looks', () => {
    const till = unanswered().command(sale('second', 10_000));
    till.hears(ACK, yes).disk();
    expect(till.last).toMatchObject({ reference: 'second', outcome: 'unknown', evidence: { by: 'cannot-tell' } });
    // the other of the two comes behind it, and the next sale of that amount is believed again
    expect(till.hears(no).look().at(-1)).toBe('store-late-result declined');
    till.disk().command(sale('third', 10_000)).hears(ACK, yes).disk();
    expect(till.last).toMatchObject({ reference: 'third', outcome: 'approved' });
  });

  it('its own answer, while nobody waits, ends the doubt; and so do a quarter of an hour and another amount', () => {
    const heard = unanswered().hears(yes).disk().command(sale('second', 10_000)).hears(ACK, no).disk();
    expect(heard.last).toMatchObject({ reference: 'second', outcome: 'declined' });
    const other = unanswered().command(sale('second', 20_000)).hears(ACK, said('0000', '000000020000'));
    expect(other.last).toMatchObject({ reference: 'second', outcome: 'approved' });
    const later = unanswered()
      .passes(15 * 60_000)
      .command(sale('second', 10_000))
      .hears(ACK, yes);
    expect(later.last).toMatchObject({ reference: 'second', outcome: 'approved' });
  });
});
