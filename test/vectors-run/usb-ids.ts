import { USB_EXTRA, USB_VENDORS, type UsbGunMode, usbGun } from '../../protocols/scanner/usb-ids.ts';
import type { CaseResult, Checker } from './checker.ts';
import { isObject, objectIn, unknownSections } from './json.ts';

const SECTIONS = ['about', 'source', 'rules', 'vendors', 'extra'];

/** usb-ids.json: vendor and product ids of guns, and what the product id says about their mode. */
export const usbIdsChecker: Checker = {
  title: 'USB ids of scanner guns',
  recognises: (_, content) =>
    Object.values(objectIn(content, 'vendors')).some((entry) => isObject(entry) && 'products' in entry) ||
    Object.keys(objectIn(content, 'extra')).some((key) => /^[0-9a-f]{4}:([0-9a-f]{4}|\*)$/.test(key)),
  check: (content) => {
    const vendors = objectIn(content, 'vendors');
    return {
      cases: [
        ...Object.entries(vendors).flatMap(vendorCases),
        ...Object.entries(objectIn(content, 'extra')).map(([id, expected]) => ({
          name: `extra ${id}`,
          expected,
          actual: USB_EXTRA[id],
        })),
        ...unknownSections(content, SECTIONS),
      ],
      // what the rules say is told in scanner-usb-ids.test.ts
      stories: Object.keys(objectIn(content, 'rules')).length,
    };
  },
};

function vendorCases([id, entry]: [string, unknown]): CaseResult[] {
  const known = USB_VENDORS[id];
  const products = Object.entries(objectIn(entry, 'products')).map(([product, expected]) => ({
    name: `${id}:${product}`,
    expected: { product: expected, ...modeTold(expected) },
    actual: { product: known?.products[product], ...modeKnown(id, product, expected) },
  }));
  return [
    { name: `vendor ${id}`, expected: isObject(entry) ? entry['vendor'] : entry, actual: known?.vendor },
    ...products,
  ];
}

const TOLD: readonly (readonly [RegExp, UsbGunMode])[] = [
  [/\((?:HID )?keyboard|keyboard (?:emulation )?mode|Virtual Keyboard|HID Keyboard/i, 'keyboard'],
  [/HID Pos/i, 'hid-pos'],
  [/\b(?:Serial )?CDC\b|serial mode|CDC serial|^VCP|Virtual COM|RS-232/i, 'serial'],
];

/** The mode that a name in usb.ids itself tells: the rules must agree with it. */
function modeTold(name: unknown): { readonly mode?: UsbGunMode } {
  const mode = TOLD.find(([pattern]) => pattern.test(String(name)))?.[1];
  return mode ? { mode } : {};
}

function modeKnown(vendor: string, product: string, name: unknown): { readonly mode?: UsbGunMode | undefined } {
  if (!('mode' in modeTold(name))) return {};
  return { mode: usbGun(Number.parseInt(vendor, 16), Number.parseInt(product, 16))?.mode };
}
