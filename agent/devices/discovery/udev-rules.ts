import { USB_VENDORS } from '../../../protocols/scanner/usb-ids.ts';
import type { DeviceFinding } from './findings.ts';
import { BRIDGES } from './fingerprints.ts';

// What `tillwire devices --udev` prints for /etc/udev/rules.d/60-tillwire.rules. A number below 73, so that systemd's own rules
// come behind it. Never a rule for all USB devices: makers of guns, adapters, printers, and what is plugged in now.

/** Whatever of theirs is on a till is its gun (scanners.md 4.3). */
const GUN_MAKERS = ['0c2e', '0536', '23d0', '05e0', '05f9', '080c', '1eab', '067e', '065a', '0db5'] as const;

/** Their numbers are on other things, too: only these products. Vguang's boxes have a number of Linux's own gadgets. */
const VGUANG = '0525:a4ac';

/** `found`: what is plugged in; a card terminal or a gun of a maker that nobody knows is a line of its own. */
export function udevRules(found: readonly Pick<DeviceFinding, 'kind' | 'vendorId'>[]): string {
  const here = (...kinds: readonly DeviceFinding['kind'][]) =>
    found.flatMap(({ kind, vendorId }) => (kinds.includes(kind) && vendorId !== undefined ? [vendorId] : []));
  const guns = unique([...GUN_MAKERS, ...here('scanner')]);
  const lines = unique([...guns, ...BRIDGES, ...here('adapter', 'printer')]);
  return [
    '# tillwire: the devices of a till. Made by `tillwire devices --udev`.',
    '# sudo udevadm control --reload, then plug the devices in again. The user of the agent is in plugdev, dialout and lp.',
    '',
    '# guns in HID POS and keyboard mode',
    ...guns.flatMap((vendor) => handed(`ATTRS{idVendor}=="${vendor}"`)),
    ...products().flatMap(([vendor, product]) =>
      handed(`ATTRS{idVendor}=="${vendor}", ATTRS{idProduct}=="${product}"`),
    ),
    '',
    '# guns, printers, card terminals and adapters on serial ports: ModemManager keeps its hands off',
    ...lines.map(
      (vendor) =>
        `SUBSYSTEM=="tty", ATTRS{idVendor}=="${vendor}", GROUP="dialout", MODE="0660", ENV{ID_MM_DEVICE_IGNORE}="1"`,
    ),
    '',
    '# USB printers',
    'SUBSYSTEM=="usbmisc", KERNEL=="lp[0-9]*", GROUP="lp", MODE="0660"',
    '',
    '# none of them is put to sleep: the first code would be lost',
    ...unique([...lines, ...here('printer')]).map((vendor) => awake(`ATTR{idVendor}=="${vendor}"`)),
    awake('ENV{ID_USB_INTERFACES}=="*:0701*"'),
    '',
  ].join('\n');
}

function handed(device: string): string[] {
  return ['SUBSYSTEM=="hidraw"', 'SUBSYSTEM=="input", KERNEL=="event*"'].map(
    (node) => `${node}, ${device}, GROUP="plugdev", MODE="0660"`,
  );
}

function awake(device: string): string {
  return `ACTION=="add", SUBSYSTEM=="usb", ENV{DEVTYPE}=="usb_device", ${device}, ATTR{power/control}="on"`;
}

/** Known guns of makers who also make other things. */
function products(): string[][] {
  const makers: readonly string[] = GUN_MAKERS;
  const known = Object.entries(USB_VENDORS).flatMap(([vendor, { products: named }]) =>
    makers.includes(vendor)
      ? []
      : Object.entries(named).flatMap(([product, name]) =>
          /scan|bar ?code/i.test(name) ? [`${vendor}:${product.toLowerCase()}`] : [],
        ),
  );
  return unique([...known, VGUANG]).map((ids) => ids.split(':'));
}

function unique(texts: readonly string[]): string[] {
  return [...new Set(texts)];
}
