import { BMPS } from '../../protocols/terminal/zvt/bmps.ts';
import { INTERMEDIATE_STATES } from '../../protocols/terminal/zvt/intermediate-states.ts';
import { RESULT_CODES, TERMINAL_STATES } from '../../protocols/terminal/zvt/result-codes.ts';
import {
  CARD_TECHNOLOGIES,
  CARDHOLDER_CHECKS,
  CONFIG_BITS,
  IMAGE_ENCODINGS,
  IMAGE_TYPES,
  PRINT_ATTRIBUTES,
  RECEIPT_BITS,
  RECEIPT_TYPES,
} from '../../protocols/terminal/zvt/words.ts';
import type { CaseResult, Checker } from './checker.ts';
import { isObject, type JsonObject, objectIn, unknownSections } from './json.ts';

const bmps: JsonObject = Object.fromEntries(
  Object.entries(BMPS).map(([id, { name, format }]) => [id, { name, format }]),
);

const TABLES: Readonly<Record<string, JsonObject>> = {
  bmp: bmps,
  intermediate_status: INTERMEDIATE_STATES,
  error_codes: RESULT_CODES,
  terminal_status: TERMINAL_STATES,
  config_byte: CONFIG_BITS,
  print_attribute: PRINT_ATTRIBUTES,
  tlv_1F07_receipt_type: RECEIPT_TYPES,
  tlv_1F10_cardholder_auth: CARDHOLDER_CHECKS,
  tlv_1F12_card_technology: CARD_TECHNOLOGIES,
  tlv_1F37_receipt_info_bits: RECEIPT_BITS,
  image_mime_bmp72: IMAGE_TYPES,
  image_encoding_bmp73: IMAGE_ENCODINGS,
};

/** zvt-tables.json: the tables of the specification, entry by entry. */
export const zvtTablesChecker: Checker = {
  title: 'ZVT tables',
  recognises: (_, content) =>
    isObject(content) &&
    Object.keys(content).some((key) => /^(tlv_1F|image_(mime|encoding)_bmp|intermediate_status)/.test(key)),
  check: (content) => ({
    cases: [
      ...Object.entries(TABLES).flatMap(([section, ours]) => tableCases(objectIn(content, section), section, ours)),
      ...unknownSections(content, ['source', ...Object.keys(TABLES)]),
    ],
    stories: 0,
  }),
};

function tableCases(given: JsonObject, section: string, ours: JsonObject): CaseResult[] {
  return Object.entries(given).map(([key, expected]) => ({ name: `${section} ${key}`, expected, actual: ours[key] }));
}
