import { z } from 'zod';
import { CHANNELS, type Channel } from '../../protocols/paycode/paycode.ts';
import type { Advice } from '../errors.ts';
import { CATEGORIES } from '../payment/categories.ts';
import type { Settings } from '../payment/terminal-state.ts';
import { channelName, dateTime } from '../slips/slip-texts.ts';

// Which channels the merchant has, and which of them are away for now: a table of the backend, signed (rule-table `channels`).
// A code of a channel that is away is refused before anything is sent, and the clerk is told until when. Nobody is sent to another
// channel: the customer chooses.

const Row = z.strictObject({
  channel: z.enum(CHANNELS),
  /** `off`: the merchant has no contract for it. `maintenance`: it is away */
  state: z.enum(['up', 'maintenance', 'off']),
  /** backend time, Unix ms, at which maintenance is over; none: when another table says so */
  until: z.int().positive().optional(),
  textZh: z.string().max(100).optional(),
  textEn: z.string().max(100).optional(),
});
type Row = z.infer<typeof Row>;

/** What is not listed is as without a table. */
export const ChannelTable = z
  .strictObject({ channels: z.array(Row).max(16) })
  .refine(({ channels }) => new Set(channels.map(({ channel }) => channel)).size === channels.length, {
    error: 'a channel stands in it twice',
  });

export interface ChannelRefusal {
  readonly refusal: 'CHANNEL_UNAVAILABLE' | 'METHOD_NOT_SUPPORTED';
  readonly advice?: Advice;
}

interface Knowing {
  readonly settings: Settings;
}

/** Why nothing is sent to this channel now; `undefined`: it may be tried. */
export function channelRefusal(book: Knowing, now: () => number): (channel: Channel) => ChannelRefusal | undefined {
  return (channel) => {
    const content = book.settings.tables?.['channels']?.content;
    if (content === undefined) return undefined;
    const table = ChannelTable.safeParse(content).data;
    const row = table?.channels.find((one) => one.channel === channel);
    if (!row || row.state === 'up') return undefined;
    if (row.state === 'off') return { refusal: 'METHOD_NOT_SUPPORTED' };
    if (row.until !== undefined && now() >= row.until) return undefined;
    return { refusal: 'CHANNEL_UNAVAILABLE', advice: awayWords(row) };
  };
}

function awayWords({ channel, until, textZh, textEn }: Row): Advice {
  const { zh, en } = CATEGORIES.CHANNEL_UNAVAILABLE;
  const time = until === undefined ? undefined : dateTime(until).slice(5, 16);
  const name = { zh: channelName(channel, 'zh-CN'), en: channelName(channel, 'en') };
  return {
    zh: `${name.zh}：${textZh ?? zh}${time === undefined ? '' : `，预计 ${time} 恢复`}`,
    en: `${name.en}: ${textEn ?? en}${time === undefined ? '' : `, expected back at ${time}`}`,
  };
}
