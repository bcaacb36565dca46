import * as fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import {
  CELLS,
  DOINGS,
  decide,
  FACTS,
  type Fact,
  newJob,
  type PrintEnd,
  type Proof,
} from '../../agent/devices/print-machine.ts';

/** Facts one after the other, until there is an end. */
function story(best: Proof, facts: readonly Fact[]): PrintEnd | undefined {
  let job = newJob(best, false);
  for (const fact of facts) {
    const next = decide(job, fact);
    if ('end' in next) return next;
    job = next;
  }
  return undefined;
}

describe('what becomes of a print job', () => {
  it('is decided for every fact in every state', () => {
    for (const doing of DOINGS)
      for (const fact of FACTS) {
        expect(CELLS[doing][fact], `${doing} ${fact}`).toBeTypeOf('function');
        for (const best of ['confirmed', 'processed', 'sent'] as const)
          expect(decide({ doing, best, mustAnswer: true, answered: true, proved: false }, fact)).toBeDefined();
      }
  });

  const ANY: fc.Arbitrary<Fact[]> = fc.array(fc.constantFrom(...FACTS), { maxLength: 30 });
  const BEST = fc.constantFrom<Proof>('confirmed', 'processed', 'sent');

  it('is "not sent" only while not one byte can have left', () => {
    fc.assert(
      fc.property(BEST, ANY, (best, facts) => {
        const end = story(best, facts);
        if (end?.end !== 'not-sent') return;
        // one of these came first: a byte may have left from there on, unless the write itself says that none did
        const begun = facts.findIndex((fact) => fact === 'ready' || fact === 'silent');
        const refused = facts.indexOf('not-written');
        const hindered = facts.findIndex((fact) => ['hindered', 'write-broke', 'lost'].includes(fact));
        const first = refused < 0 ? hindered : hindered < 0 ? refused : Math.min(refused, hindered);
        expect(begun < 0 || first < begun || facts.slice(begun).includes('not-written')).toBe(true);
      }),
      { numRuns: 2_000 },
    );
  });

  it('is confirmed or processed only by its own proof, and cleared only by the word of the printer', () => {
    fc.assert(
      fc.property(BEST, ANY, (best, facts) => {
        const end = story(best, facts);
        if (end?.end === 'printed' && end.proof !== 'sent') expect(facts).toContain('proved');
        if (end?.end === 'cleared') expect(facts).toContain('cleared');
      }),
      { numRuns: 2_000 },
    );
  });

  it.each<[string, Proof, Fact[], PrintEnd | undefined]>([
    [
      'the paper ends and comes back',
      'confirmed',
      ['ready', 'written', 'hindered', 'overdue', 'ready', 'proved'],
      { end: 'printed', proof: 'confirmed' },
    ],
    ['the paper does not come back', 'confirmed', ['ready', 'written', 'hindered', 'overdue', 'overdue'], undefined],
    [
      'the echo overtakes the end of the write, then the cable is out',
      'confirmed',
      ['ready', 'proved', 'lost'],
      { end: 'printed', proof: 'confirmed' },
    ],
    ['a printer that answered owes its echo', 'confirmed', ['ready', 'written', 'overdue'], { end: 'unknown' }],
    [
      'a cable without a back channel owes nothing',
      'confirmed',
      ['silent', 'written', 'overdue'],
      { end: 'printed', proof: 'sent' },
    ],
    [
      'status and no more: asked once behind the slip',
      'sent',
      ['ready', 'written', 'ready'],
      { end: 'printed', proof: 'sent' },
    ],
    [
      'status and no more: it ran out of paper on the way',
      'sent',
      ['ready', 'written', 'hindered', 'ready'],
      { end: 'printed', proof: 'sent' },
    ],
    [
      'told to forget it, it printed it in the same moment',
      'confirmed',
      ['ready', 'written', 'hindered', 'given-up', 'proved'],
      { end: 'printed', proof: 'confirmed' },
    ],
    [
      'told to forget it, it says nothing',
      'confirmed',
      ['ready', 'written', 'hindered', 'given-up', 'overdue'],
      { end: 'unknown' },
    ],
  ])('%s', (_title, best, facts, end) => expect(story(best, facts)).toEqual(end));
});
