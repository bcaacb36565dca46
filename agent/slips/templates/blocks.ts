import type { Block, ColumnsBlock, Size } from '../../../protocols/document/document.ts';
import { type Locale, say, WORDS, type WordName, word } from '../words.ts';

// What several templates have in common.

/** A label and the value at `path`; no line when the data has none. */
export function field(
  locale: Locale,
  name: WordName,
  path: string = name,
  size: Size = 'normal',
  bold = size !== 'normal',
): ColumnsBlock {
  return {
    type: 'columns',
    when: path,
    cells: [label(locale, name), { text: `{{${path}}}`, align: 'right', size, bold }],
  };
}

function label(locale: Locale, name: WordName): { text: string; caption?: string } {
  const text = word(locale, name);
  return locale === 'en' ? { text } : { text, caption: WORDS[name][1].toUpperCase() };
}

/** The amount a customer looks for: double size, "RMB" and never a sign that a printer may not have. */
export function amount(locale: Locale, name: WordName, path: string): Block[] {
  return [
    { type: 'rule' },
    {
      type: 'columns',
      cells: [
        { ...label(locale, name), bold: true },
        { text: `RMB {{${path}}}`, align: 'right', size: 'large', bold: true },
      ],
    },
    { type: 'rule' },
  ];
}

/** A payment's slip printed again; and a paper with a payment code printed again, which is no second code. */
const DUPLICATE = ['重打印 DUPLICATE', 'DUPLICATE 重打印'] as const;
export const COPY = ['补打 COPY', 'COPY 补打'] as const;

/** Title, its other language small below it, the merchant, and the marks that must be seen first. */
export function head(locale: Locale, zh: string, en: string, copyMark: readonly [string, string] = DUPLICATE): Block[] {
  const other: Block[] =
    locale === 'en' ? [] : [{ type: 'text', text: en.toUpperCase(), align: 'center', size: 'small' }];
  return [
    ...trainingMark(locale, 'above'),
    { type: 'text', text: say(locale, zh, en), align: 'center', size: 'large', bold: true },
    ...other,
    ...duplicateMark(locale, copyMark),
    { type: 'spacer' },
    { type: 'text', when: 'merchantName', text: '{{merchantName}}', align: 'center', bold: true },
  ];
}

/** JR/T 0001-2001: in test mode at the top and at the bottom. */
export function trainingMark(locale: Locale, place: 'above' | 'below'): Block[] {
  const text = say(locale, '培训模式 此单无效', 'TRAINING - NOT A RECEIPT');
  const blank: Block = { type: 'spacer', when: 'training' };
  const mark: Block = { type: 'text', when: 'training', text, ...MARK };
  return place === 'above' ? [mark, blank] : [blank, mark];
}

const MARK = { align: 'center', size: 'tall', bold: true, reverse: true } as const;

export function duplicateMark(locale: Locale, [zh, en]: readonly [string, string] = DUPLICATE): Block[] {
  const text = say(locale, zh, en);
  return [
    { type: 'spacer', when: 'duplicate' },
    { type: 'text', when: 'duplicate', text, ...MARK },
  ];
}

export const note = (text: string, when?: string): Block => ({
  type: 'text',
  text,
  align: 'center',
  ...(when && { when }),
});

/** Whom to call, the training mark once more, and the cut. */
export function tail(locale: Locale): Block[] {
  return [
    note(say(locale, '客服热线 {{servicePhone}}', 'Service {{servicePhone}}'), 'servicePhone'),
    ...trainingMark(locale, 'below'),
    { type: 'cut' },
  ];
}
