import { z } from 'zod';
import { fromHex } from '../../protocols/bytes/hex.ts';
import { KEYBOARD_LAYOUTS } from '../../protocols/scanner/keyboard-layouts.ts';
import { TYPED_ENDS } from '../../protocols/scanner/keyboard-typing.ts';
import { SSI_PARAMETERS } from '../../protocols/scanner/ssi-table.ts';
import {
  GUN_PERSONALITIES,
  type GunPersonality,
  type GunPersonalityName,
  type GunProtocol,
  gunPersonality,
  isGunProtocol,
  usualPersonality,
} from './guns.ts';
import { defined, MakeName, MakeTitle, makeFrom, namesOf } from './make-file.ts';

// A make of gun as a file: the table of what it puts around a code and does when it is told, and how it hangs on its cable.
// What is allowed in the table depends on the language, which is that of the known gun it is like.

const hex = (most: number) =>
  z.string().regex(new RegExp(`^([0-9a-fA-F]{2}){0,${most}}$`), `up to ${most} bytes as hex pairs`);
const number16 = z.int().min(0).max(0xffff);
const around = hex(8);

const Line = z.strictObject({
  trigger: z.enum(['hand', 'host']).optional(),
  sessionMs: z.int().min(100).max(60_000).optional(),
  prefix: around.optional(),
  suffix: around.optional(),
  codeId: z.enum(['none', 'aim', 'honeywell']).optional(),
  tellsNoRead: z.boolean().optional(),
});
const Commands = Line.extend({ headed: z.boolean().optional(), beeps: z.boolean().optional() });
const Ssi = z.strictObject({
  parameters: z.partialRecord(z.enum(namesOf<keyof typeof SSI_PARAMETERS>(SSI_PARAMETERS)), number16).optional(),
  longForm: z.enum(['packets', 'segments', 'gm67']).optional(),
  revision: z.string().max(64).optional(),
  suffix: around.optional(),
  sleeps: z.boolean().optional(),
});
const Keyboard = z.strictObject({
  layout: z.enum(namesOf(KEYBOARD_LAYOUTS)).optional(),
  style: z.enum(['plain', 'modifier-first', 'rollover', 'alt-numpad']).optional(),
  end: z.enum(namesOf(TYPED_ENDS)).optional(),
  codeId: z.enum(['none', 'aim']).optional(),
  mindsCapsLock: z.boolean().optional(),
});
const Nothing = z.strictObject({});

const any = {
  $schema: z.string().optional(),
  name: MakeName,
  title: MakeTitle.optional(),
  encoding: z.enum(['utf8', 'gbk']).optional(),
};
const onLine = {
  baudRate: z.int().min(300).max(4_000_000).optional(),
  chunkBytes: z.int().min(1).max(512).optional().describe('bytes that leave together'),
};
const usbText = z.string().min(1).max(60);
const onUsb = {
  reportMs: z.int().min(1).max(1_000).optional().describe('ms from report to report'),
  usb: z
    .strictObject({
      vendorId: number16.optional(),
      productId: number16.optional(),
      manufacturer: usbText.optional(),
      product: usbText.optional(),
      serialNumber: usbText.optional(),
      descriptor: hex(4_096).optional().describe('HID report descriptor'),
    })
    .optional(),
};

/** The known guns of a language, for `like`. */
function like(...protocols: readonly GunProtocol[]) {
  const known = Object.entries<GunPersonality>(GUN_PERSONALITIES).filter(([, { protocol }]) =>
    protocols.includes(protocol),
  );
  return z.enum(known.map(([name]) => name as GunPersonalityName));
}

/** The whole file. */
export const GunFile = z.discriminatedUnion('like', [
  z.strictObject({ ...any, ...onLine, like: like('serial-line'), table: Line.optional() }),
  z.strictObject({ ...any, ...onLine, like: like('ssi'), table: Ssi.optional() }),
  z.strictObject({
    ...any,
    ...onLine,
    like: like('honeywell', 'newland', 'grow', 'm3y', 'de2120', 'datalogic', 'cipherlab'),
    table: Commands.optional(),
  }),
  z.strictObject({
    ...any,
    ...onUsb,
    like: like('hid-pos'),
    layout: z.enum(['honeywell64', 'newland64', 'offset1-64']).optional(),
    staleTail: z.boolean().optional(),
    table: Commands.optional(),
  }),
  z.strictObject({ ...any, ...onUsb, like: like('hid-keyboard'), table: Keyboard.optional() }),
  z.strictObject({ ...any, ...onUsb, like: like('vguang'), table: Nothing.optional() }),
]);
export type GunFile = z.infer<typeof GunFile>;

/** The personality that a file describes. */
export function gunLike(file: GunFile): GunPersonality {
  const { $schema: _schema, name, like: known, table, usb, title = name, ...own } = { usb: undefined, ...file };
  const base: GunPersonality = GUN_PERSONALITIES[known];
  const settings =
    'settings' in base
      ? { settings: { ...base.settings, ...bytesOf(defined<Record<string, unknown>>({ ...table })) } }
      : {};
  const identity = 'usb' in base ? { usb: { ...base.usb, ...defined({ ...usb }) } } : {};
  // the schema has held the table against the language of the known one, and nothing changes that
  return { ...base, ...defined(own), title, ...settings, ...identity } as GunPersonality;
}

/** What stands around a code is written as hex. */
function bytesOf(table: Readonly<Record<string, unknown>>): Readonly<Record<string, unknown>> {
  const around = (name: string) => name === 'prefix' || name === 'suffix';
  return Object.fromEntries(
    Object.entries(table).map(([name, value]) => [name, around(name) ? fromHex(String(value)) : value]),
  );
}

/** A known make or a language by its name, or the make in a file `*.json`. Throws `PersonalityError`. */
export function gunFrom(nameOrFile: string): GunPersonality | undefined {
  const named = (name: string) => (isGunProtocol(name) ? usualPersonality(name) : gunPersonality(name));
  return makeFrom(nameOrFile, { schema: GunFile, like: gunLike, named });
}
