import { decodeUtf8Lossy } from '../../protocols/bytes/utf8.ts';
import { type Classification, classify } from '../../protocols/paycode/classify.ts';
import { codeSentence } from '../../protocols/paycode/sentences.ts';
import type { Decoder, Explanation } from './decoder.ts';

/** What a scanned text is: the answer of the classifier, under the names of payment-codes.json. */
export const paycodeDecoder: Decoder = {
  kind: 'paycode',
  summary: 'what a scanned or typed code is, and why it is not a payment code',
  example: '134622817080551492',
  explain(bytes, { unmask }): Explanation {
    const found = classify(decodeUtf8Lossy(bytes), { source: 'scanner' });
    const fields = fieldsOf(found, unmask);
    const sentence = codeSentence(found);
    const lines = Object.entries(fields).map(([name, value]) => `${name}: ${oneLine(value)}`);
    return {
      fields: { ...fields, ...(sentence && { sentence }) },
      lines: sentence ? [...lines, sentence.zh, sentence.en] : lines,
      ok: sentence === undefined,
    };
  },
};

function fieldsOf(found: Classification, unmask: boolean): Record<string, unknown> {
  const { kind, flags, aim, ...rest } = found;
  const details = Object.fromEntries(Object.entries(rest).filter(([name]) => name !== 'paycode'));
  const normalized = 'paycode' in found ? { normalized: unmask ? found.paycode.reveal() : found.paycode.masked } : {};
  return { kind, ...details, ...normalized, ...(flags.length > 0 && { flags }), ...(aim !== undefined && { aim }) };
}

function oneLine(value: unknown): string {
  return typeof value === 'string' ? value : JSON.stringify(value);
}
