import type { CustomerFault } from './customers.ts';

/** Everything that can go wrong, by name; `--faults` picks among them. */
export const FAULTS = {
  // messages
  'message-lost': 'a message between till and backend is lost',
  'message-late': 'a message comes seconds late, others overtake it',
  'message-reordered': 'two messages change places',
  'message-twice': 'a message comes twice, the second time late',
  'pay-behind-its-reverse': 'a pay arrives after the reverse of its attempt',
  // broker and backend
  'broker-down': 'the broker is gone for a while',
  'broker-flapping': 'the broker comes and goes',
  'session-lost': 'the broker forgets what it kept for the till',
  'connection-cut': 'the TCP connection is reset',
  'half-open': 'the connection takes everything and brings nothing',
  'backend-away': 'the backend is gone for a while',
  'backend-restarted': 'the backend restarts',
  'events-not-acknowledged': 'the backend keeps events and does not say so',
  'time-not-told': 'the backend does not answer for the time',
  'request-swallowed': 'the backend loses a request',
  'reply-dropped': 'the backend loses a reply',
  'reply-late': 'the backend answers late',
  // the PC
  'agent-killed': 'kill -9 at any moment',
  'power-cut': 'the plug is pulled at any moment',
  'crash-loop': 'the agent is killed again while it starts',
  'agent-restarted': 'the agent is stopped and started',
  'clock-jump': 'the wall clock jumps',
  'clock-wrong': 'the wall clock is wrong from the start',
  'disk-full': 'the disk takes no more',
  'disk-read-only': 'the disk is remounted read-only',
  'sync-fails': 'an fsync fails',
  'disk-slow': 'an fsync takes seconds',
  'unsynced-lost': 'a power cut takes what was not synced',
  'write-torn': 'a power cut leaves the beginning of a write',
  'sector-lost': 'a power cut leaves a hole in a write',
  // the gun
  'double-read': 'the gun reads the same code twice',
  'code-garbled': 'a code comes with wrong or missing characters',
  'gun-noise': 'bytes that are no code',
  'gun-stutters': 'a code comes in pieces, with pauses, or runs into the next one',
  'gun-spoils': 'a code is spoilt on its way from the gun: bytes or reports are lost, cut, turned',
  'gun-repeats': 'the gun sends a code again, by itself or because it did not hear the till',
  'gun-pulled': 'the gun is pulled in the middle of a code',
  'wrong-code': 'something that is no paycode is scanned',
  'used-code': 'a code is shown again for another attempt',
  'scan-without-order': 'a code is scanned while nothing is to pay',
  'second-code': 'another code is scanned while an attempt is open',
  'code-shown-late': 'a code is scanned when it is nearly over',
  // the printer
  'paper-out': 'the paper ends',
  'paper-out-mid-slip': 'the paper ends in the middle of a slip',
  'cover-open': 'the cover is open',
  'printer-stalled': 'the printer takes no bytes',
  'printer-pulled': 'the printer is pulled',
  'printer-mute': 'the printer answers nothing',
  // the clerk
  'command-repeated': 'a command is sent again',
  'clerk-impatient': 'the clerk asks for the next order while one is open',
  'clerk-cancels': 'the clerk gives up on a payment',
  'question-answered': 'the clerk is asked whether a slip is on paper, and looks',
  // the cashier program
  'caller-gone': 'a program goes away in the middle of a call, and asks again with the same key',
  'call-repeated': 'a program sends the same call twice at once',
  'call-conflict': 'a program says something else under an old key',
  // customers and channels
  'password-asked': 'the phone asks for the password',
  'password-never-entered': 'the phone asks for the password and goes back into the pocket',
  'customer-cancels': 'the customer cancels on the phone',
  'customer-refused': 'the channel refuses',
  'channel-quotes-the-code': 'the channel refuses and quotes the paycode',
  'late-success': 'the channel is unclear, and the money moves later or never',
  'acquirer-slow': 'the channel answers late',
  'acquirer-silent': 'the channel does its part and does not answer',
  'acquirer-unclear': 'the channel answers something unclear and does nothing',
  'reverse-unclear': 'the channel does not reverse yet',
  'reverse-impossible': 'the channel cannot reverse: a person has to',
  'refund-slow': 'the bank gives money back later',
  'refund-closed': 'the channel accepts a refund and closes it',
  'refund-silent': 'the channel does its part of a refund and does not answer',
  'refund-unclear': 'the channel says something unclear of a refund and does nothing',
  // the back office, and who pretends to be it
  'refund-asked': 'money of a payment is to go back',
  'refund-repeated': 'a refund is asked for again, by the same command or another one',
  'refunds-race': 'three partial refunds in one breath, together more than was paid',
  'refund-unapproved': 'a refund waits for a second person, and the first one tries to approve it',
  'refund-other-terms': 'a refundId comes again with another amount',
  'refund-too-early': 'a refund is asked for whose payment has not ended',
  'command-unsigned': 'a refund that nobody has signed',
  'command-forged': 'a refund signed with another key',
  'command-elsewhere': 'a refund signed for another till',
  'command-retained': 'a signed refund that the broker keeps',
  'command-expired': 'a signed refund that comes too late',
  'manager-resolves': 'a manager says what became of money in doubt',
  'rules-change': 'the till is suspended, resumed, limited',
} as const satisfies Record<CustomerFault, string> & Record<string, string>;

export type FaultName = keyof typeof FAULTS;

export function isFault(name: string): name is FaultName {
  return Object.hasOwn(FAULTS, name);
}
