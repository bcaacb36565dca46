import { fromHex } from '../../protocols/bytes/hex.ts';
import { DleFramer } from '../../protocols/framing/dle.ts';
import { decodeApdu, encodeApdu, isApduError } from '../../protocols/terminal/zvt/apdu.ts';
import { rowOf } from '../../protocols/terminal/zvt/commands.ts';
import { serialFrame, ZVT_SERIAL } from '../../protocols/terminal/zvt/serial-frame.ts';
import { resultValues } from '../../protocols/terminal/zvt/values.ts';
import type { CaseResult, Checker } from './checker.ts';
import { isObject, listIn, unknownCase, unknownSections } from './json.ts';
import { upper } from './zvt-claims.ts';

/**
 * zvt-session-*.json: conversations as they were recorded. Each message is one case: read, written again, said by the side
 * that may say it, an acknowledgement where one is due, a result about the amount that was asked for, and the same as in the
 * file's first session, where that has as many messages.
 */
export const zvtSessionChecker: Checker = {
  title: 'ZVT sessions',
  recognises: (_, content) =>
    listIn(content, 'sessions').some((session) =>
      listIn(session, 'messages').some((entry) => turnOf(entry) !== undefined),
    ),
  check: (content) => {
    const sessions = listIn(content, 'sessions');
    return {
      cases: [
        ...sessions.flatMap((one, at) => sessionCases(one, at, sessions[0], sessions.length === 1)),
        ...unknownSections(content, ['what', 'sessions']),
      ],
      stories: 0,
    };
  },
};

interface Turn {
  readonly from: 'till' | 'terminal';
  readonly hex: string;
}

function turnOf(entry: unknown): Turn | undefined {
  const [direction, hex]: readonly unknown[] = Array.isArray(entry) ? entry : [];
  if (typeof hex !== 'string' || (direction !== 'ECR>PT' && direction !== 'PT>ECR')) return undefined;
  return { from: direction === 'ECR>PT' ? 'till' : 'terminal', hex };
}

function sessionCases(session: unknown, at: number, first: unknown, isAlone: boolean): CaseResult[] {
  const transport = isObject(session) ? String(session['transport']) : '?';
  const messages = listIn(session, 'messages');
  const others = first === session ? [] : listIn(first, 'messages');
  const talk: Talk = { asked: undefined, before: undefined, isAlone };
  return messages.map((entry, n) => {
    const name = `${transport} ${at}.${n}`;
    const turn = turnOf(entry);
    if (!turn) {
      talk.before = undefined;
      return unknownCase(name, 'a direction and hex digits', entry);
    }
    const same = others.length === messages.length ? turnOf(others[n]) : undefined;
    return { name, expected: turn.hex, actual: sayAgain(turn, talk, same) };
  });
}

interface Talk {
  asked: number | undefined;
  before: string | undefined;
  /** with a second session to compare with, an amount is told from that */
  readonly isAlone: boolean;
}

/** The bytes as our codec writes what it read; words where they cannot stand in the conversation. */
function sayAgain({ from, hex }: Turn, talk: Talk, same: Turn | undefined): string {
  const bytes = fromHex(hex) ?? new Uint8Array();
  const isFramed = bytes[0] === 0x10;
  const apdu = isFramed ? unframed(bytes) : bytes;
  const message = apdu && decodeApdu(apdu);
  const before = talk.before;
  // behind what cannot be read anything may come
  talk.before = undefined;
  if (!message || isApduError(message)) return `unreadable: ${message?.problem ?? 'no frame'}`;
  const { command, fields } = message;
  const row = rowOf(command);
  if (row.from !== 'both' && row.from !== from) return `${command} is not said by the ${from}`;
  const isAnswer = row.reply === 'none';
  if (before !== undefined && before !== from && !isAnswer && before !== 'answer')
    return `${command} where an answer is due`;
  talk.before = isAnswer ? 'answer' : from;
  const { amount } = resultValues(fields);
  if (command === 'authorisation' && talk.isAlone) talk.asked = amount;
  else if (from === 'till' && !isAnswer) talk.asked = undefined;
  // one that was broken off has no amount
  const isOther = amount !== undefined && talk.asked !== undefined && amount !== talk.asked;
  if (command === 'statusInformation' && isOther) return `a result about ${amount}, asked was ${talk.asked}`;
  const written = encodeApdu(message);
  const other = same?.from === from ? bare(same) : undefined;
  if (other !== undefined && other !== upper(written)) return `the first session says ${other}`;
  return upper(isFramed ? serialFrame(written) : written);
}

function unframed(bytes: Uint8Array): Uint8Array | undefined {
  const [event, ...more] = new DleFramer(ZVT_SERIAL).push(bytes, 0);
  return event?.kind === 'frame' && more.length === 0 ? event.payload : undefined;
}

/** `undefined`: it cannot be read, which is told by its own case. */
function bare({ hex }: Turn): string | undefined {
  const bytes = fromHex(hex) ?? new Uint8Array();
  const apdu = bytes[0] === 0x10 ? unframed(bytes) : bytes;
  return apdu && !isApduError(decodeApdu(apdu)) ? upper(apdu) : undefined;
}
