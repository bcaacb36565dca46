import { SecretText } from './secret.ts';

/** The channels whose codes the rule table knows. EMV is a card presented as an EMVCo CPM code. */
export const CHANNELS = [
  'WECHAT',
  'ALIPAY',
  'UNIONPAY',
  'ECNY',
  'BESTPAY',
  'SUNING',
  'QQ',
  'JD_LEGACY',
  'EMV',
] as const;
export type Channel = (typeof CHANNELS)[number];

/** What may be shown of an EMVCo CPM payload (masking.json): never the payload, only this. */
export interface CpmSummary {
  readonly aid: string;
  readonly label?: string;
  readonly maskedPan?: string;
  /** characters of the base64 text */
  readonly length: number;
}

/**
 * A customer's payment code (付款码), recognised and normalised. Secret: shows itself as first 2 + last 4 (digits) or as
 * its summary (EMVCo CPM), in logs, slips and errors alike. Lives about 60 s and works once; see payment.md 1.2.
 */
export class Paycode extends SecretText {
  readonly channel: Channel;
  readonly summary: CpmSummary | undefined;

  constructor(text: string, channel: Channel, summary?: CpmSummary) {
    super(text);
    this.channel = channel;
    this.summary = summary;
  }

  /** `13************1492`, or for an EMVCo CPM code AID, label, masked number and length. */
  get masked(): string {
    if (!this.summary) return maskDigits(this.reveal());
    const { aid, label, maskedPan, length } = this.summary;
    return ['EMV', aid, label, maskedPan, `${length} chars`].filter((part) => part !== undefined).join(' ');
  }

  override toString(): string {
    return this.masked;
  }
}

/** First 2 and last 4 of a numeric payment code (masking.json: never first 6 + last 6). Short text shows nothing. */
export function maskDigits(code: string): string {
  if (code.length < 10) return '*'.repeat(code.length);
  return code.slice(0, 2) + '*'.repeat(code.length - 6) + code.slice(-4);
}
