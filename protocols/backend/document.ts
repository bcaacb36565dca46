import { z } from 'zod';
import { type Document as DocumentShape, LIMITS } from '../document/document.ts';
import { PATH } from '../document/fill.ts';

// A printable sent by the backend or read from a file, checked once at the border (protocols/document/document.ts says what
// the fields mean). Unknown fields, unknown blocks and wrong placeholders are refused here, before anything is printed.

const ANY_PLACEHOLDER = /\{\{(.{0,64}?)\}\}/gs;

/** Text whose placeholders are well-formed; whether the data has their values shows when it is filled. */
const text = z
  .string()
  .max(LIMITS.text)
  .refine(
    (value) => !value.replace(ANY_PLACEHOLDER, (whole, path: string) => (PATH.test(path) ? '' : whole)).includes('{{'),
    {
      error: 'a placeholder is {{name}} or {{group.name}}',
    },
  );
const path = z.string().max(256).regex(PATH);
const align = z.enum(['left', 'center', 'right']).optional();
const size = z.enum(['small', 'normal', 'tall', 'wide', 'large']).optional();
const flag = z.boolean().optional();
const name = z.string().regex(/^[A-Za-z][A-Za-z0-9]{0,31}$/);
const share = z.int().min(1).max(100).optional();
const when = path.optional();

const Cell = z.strictObject({ text, caption: text.optional(), align, size, bold: flag, share });
const Column = z.strictObject({ title: text.optional(), text, align, share, above: flag });

const Block = z.discriminatedUnion('type', [
  z.strictObject({ type: z.literal('text'), when, text, align, size, bold: flag, underline: flag, reverse: flag }),
  z.strictObject({ type: z.literal('columns'), when, cells: z.array(Cell).min(1).max(LIMITS.cells) }),
  z.strictObject({ type: z.literal('table'), when, each: path, columns: z.array(Column).min(1).max(LIMITS.cells) }),
  z.strictObject({ type: z.literal('rule'), when, style: z.enum(['dashed', 'solid', 'double']).optional() }),
  z.strictObject({
    type: z.literal('qr'),
    when,
    text,
    mm: z.int().min(10).max(70).optional(),
    ecc: z.enum(['L', 'M', 'Q', 'H']).optional(),
  }),
  z.strictObject({
    type: z.literal('barcode'),
    when,
    text,
    height: z.int().min(16).max(255).optional(),
    readable: flag,
  }),
  z.strictObject({ type: z.literal('image'), when, name, align }),
  z.strictObject({
    type: z.literal('signature'),
    when,
    name,
    lines: z.int().min(1).max(LIMITS.spacer).optional(),
    code: text.optional(),
  }),
  z.strictObject({ type: z.literal('spacer'), when, lines: z.int().min(1).max(LIMITS.spacer).optional() }),
  z.strictObject({ type: z.literal('cut'), when, style: z.enum(['partial', 'full']).optional() }),
  z.strictObject({ type: z.literal('drawer'), when, pin: z.literal([2, 5]).optional() }),
]);

const Image = z.strictObject({
  width: z.int().min(1).max(LIMITS.imageWidth),
  height: z.int().min(1).max(LIMITS.imageHeight),
  rows: z.base64().max(Math.ceil((LIMITS.imageWidth / 8) * LIMITS.imageHeight * 1.4)),
});

export const DocumentSchema = z.strictObject({
  v: z.literal(1),
  blocks: z.array(Block).min(1).max(LIMITS.blocks),
  images: z
    .record(name, Image)
    .refine((images) => Object.keys(images).length <= LIMITS.images, { error: `at most ${LIMITS.images} images` })
    .optional(),
}) satisfies z.ZodType<DocumentShape>;

type DataShape = { [name: string]: string | number | boolean | DataShape | DataShape[] };

/** What placeholders are filled with; numbers are whole. */
export const DocumentDataSchema: z.ZodType<DataShape> = z.lazy(() =>
  z.record(
    z.string().regex(/^[A-Za-z][A-Za-z0-9]{0,63}$/),
    z.union([
      z.string().max(LIMITS.text),
      z.int(),
      z.boolean(),
      DocumentDataSchema,
      z.array(DocumentDataSchema).max(LIMITS.rows),
    ]),
  ),
);
