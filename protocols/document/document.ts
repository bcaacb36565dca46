// A printable as data: what a template, the backend or a technician says is to be on the paper. Every text may carry
// placeholders (`{{path}}`, fill.ts); nothing else in a document is looked at by a program.

const DOCUMENT_VERSION = 1;

/** Limits of one document; the zod schema (protocols/backend/document.ts) and the layout hold the same numbers. */
export const LIMITS = {
  blocks: 200,
  /** characters of one text before and after filling */
  text: 1024,
  cells: 6,
  /** rows of one table; 500 lines of goods are 2 m of paper */
  rows: 500,
  /** laid out lines of one document: 20 m of paper */
  lines: 5000,
  imageWidth: 832,
  imageHeight: 2048,
  images: 8,
  spacer: 20,
} as const;

export type Align = 'left' | 'center' | 'right';

/** small: 9x17 dots for one-byte characters (hanzi have one size); tall, wide and large double one or both directions. */
export type Size = 'small' | 'normal' | 'tall' | 'wide' | 'large';

/** A block with `when` is printed only if that path of the data has a value other than "", 0, false and []. */
interface Conditional {
  readonly when?: string | undefined;
}

export interface TextBlock extends Conditional {
  readonly type: 'text';
  readonly text: string;
  readonly align?: Align | undefined;
  readonly size?: Size | undefined;
  readonly bold?: boolean | undefined;
  readonly underline?: boolean | undefined;
  /** white on black */
  readonly reverse?: boolean | undefined;
}

export interface CellBlock {
  readonly text: string;
  /** small letters beside the text, on paper of 42 columns and more */
  readonly caption?: string | undefined;
  readonly align?: Align | undefined;
  readonly size?: Size | undefined;
  readonly bold?: boolean | undefined;
  /** share of the paper's width */
  readonly share?: number | undefined;
}

/**
 * Texts side by side. Two cells without shares are a label and its value: the value stands at the right edge, or below its
 * label when both do not fit on a line.
 */
export interface ColumnsBlock extends Conditional {
  readonly type: 'columns';
  readonly cells: readonly CellBlock[];
}

export interface TableColumn {
  readonly title?: string | undefined;
  /** placeholders are looked up in the row */
  readonly text: string;
  readonly align?: Align | undefined;
  /** share of what the columns without a share leave; those are as wide as their widest text */
  readonly share?: number | undefined;
  /** a text too long for its column goes on a line of its own above the row */
  readonly above?: boolean | undefined;
}

export interface TableBlock extends Conditional {
  readonly type: 'table';
  /** path of a list in the data, one row for each entry */
  readonly each: string;
  readonly columns: readonly TableColumn[];
}

export interface RuleBlock extends Conditional {
  readonly type: 'rule';
  readonly style?: 'dashed' | 'solid' | 'double' | undefined;
}

export interface QrBlock extends Conditional {
  readonly type: 'qr';
  readonly text: string;
  /** wanted width of the symbol; 25 mm are read well by every phone (payment.md 3.2) */
  readonly mm?: number | undefined;
  readonly ecc?: 'L' | 'M' | 'Q' | 'H' | undefined;
}

export interface BarcodeBlock extends Conditional {
  readonly type: 'barcode';
  /** CODE128: ASCII 20..7E */
  readonly text: string;
  /** dots */
  readonly height?: number | undefined;
  /** the characters below the bars; true at first */
  readonly readable?: boolean | undefined;
}

export interface ImageBlock extends Conditional {
  readonly type: 'image';
  /** a name in the document's images, or in those given with the data */
  readonly name: string;
  readonly align?: Align | undefined;
}

/** Room for a signature, or the captured one, above a line. */
export interface SignatureBlock extends Conditional {
  readonly type: 'signature';
  /** of the captured picture; without such a picture there is room to sign on paper */
  readonly name: string;
  /** empty lines to sign on; 4 at first */
  readonly lines?: number | undefined;
  /** 交易特征码, printed at the signature */
  readonly code?: string | undefined;
}

export interface SpacerBlock extends Conditional {
  readonly type: 'spacer';
  readonly lines?: number | undefined;
}

export interface CutBlock extends Conditional {
  readonly type: 'cut';
  readonly style?: 'partial' | 'full' | undefined;
}

export interface DrawerBlock extends Conditional {
  readonly type: 'drawer';
  readonly pin?: 2 | 5 | undefined;
}

export type Block =
  | TextBlock
  | ColumnsBlock
  | TableBlock
  | RuleBlock
  | QrBlock
  | BarcodeBlock
  | ImageBlock
  | SignatureBlock
  | SpacerBlock
  | CutBlock
  | DrawerBlock;

/** One-bit rows from the top, each in whole bytes, most significant bit left, 1 = black; Base64. */
export interface DocumentImage {
  readonly width: number;
  readonly height: number;
  readonly rows: string;
}

export interface Document {
  readonly v: typeof DOCUMENT_VERSION;
  readonly blocks: readonly Block[];
  readonly images?: Readonly<Record<string, DocumentImage>> | undefined;
}

export type DataValue = string | number | boolean | DocumentData | readonly DocumentData[];

/** What the placeholders are filled with: texts, whole numbers, and groups and lists of them. */
export interface DocumentData {
  readonly [name: string]: DataValue | undefined;
}
