// How a sale at a MIS terminal goes wrong (terminals.md 6.4), by name. One fault is for one request. What the host says is
// chosen by the amount (test-amounts.ts).

export const MIS_FAULTS = {
  // the line
  'ack-dropped': 'the ACK is lost',
  'ack-delayed': 'the ACK comes late, shortly before the answer',
  'ack-duplicated': 'the ACK comes three times',
  'ack-then-nak': 'an ACK, and then a NAK that means nothing',
  'nak-first': 'two NAKs, then an ACK',
  'nak-always': 'the terminal never takes the request',
  busy: 'EOT instead of ACK',
  'ack-glued-to-answer': 'ACK and answer come in one piece',
  'answer-before-ack': 'the answer overtakes the ACK',
  'one-byte-chunks': 'every byte comes alone',
  gaps: 'pauses within the frame, just shorter than what ends it',
  'noise-before-frame': 'bytes that are nothing come before the answer',
  'bad-lrc': 'the answer has a wrong LRC once',
  'always-bad-lrc': 'the answer never has a good LRC',
  'lrc-over-stx': 'the LRC takes STX in, once',
  'length-plus-one': 'the answer says once that it is one byte longer',
  'length-minus-one': 'the answer says once that it is one byte shorter',
  'length-not-bcd': 'the length is no BCD, once',
  'unplugged-after-approval': 'the cable is pulled after the host approved, and put back',
  // the protocol
  'wrong-echo': 'the answer carries another correlation',
  'wrong-command': 'the answer is for another command',
  'unknown-tag': 'the answer has objects that nobody knows',
  'duplicate-answer': 'the answer comes twice',
  'late-answer': 'the answer comes while the next sale is under way',
  packets: 'the answer comes in three packets (DF24)',
  'packets-cut': 'after the first packet of the answer nothing comes any more',
  'gbk-text': 'merchant and card with characters beyond ASCII',
  'masked-pan': 'the card number is masked already',
  relay: 'the terminal has no network: its host is reached through the till',
  'no-result-code': 'the answer has no DF07',
  // the business
  'declined-answer-lost': 'the host declines, and the answer is lost',
  'sign-in-needed': 'the terminal must sign in first (00010014)',
  'terminal-error': 'the terminal reports an error of its own that nobody knows',
  'amount-changed': 'another amount is charged than was asked for (tip, partial approval)',
} as const satisfies Record<string, string>;

export type MisFault = keyof typeof MIS_FAULTS;

export function isMisFault(name: string): name is MisFault {
  return Object.hasOwn(MIS_FAULTS, name);
}
