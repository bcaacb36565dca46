import { describe, expect, it } from 'vitest';
import { usbGun } from '../../protocols/scanner/usb-ids.ts';

describe('what a vendor and product id say', () => {
  it.each([
    ['Honeywell, keyboard', 0x0c2e, 0x0b61, 'keyboard'],
    ['Honeywell, serial', 0x0c2e, 0x0b6a, 'serial'],
    ['Honeywell, keyboard', 0x0c2e, 0x0b81, 'keyboard'],
    ['Honeywell, HID POS', 0x0c2e, 0x0db3, 'hid-pos'],
    ['Honeywell, HID POS by the rule', 0x0c2e, 0x0f07, 'hid-pos'],
    ['HHP, serial by the rule', 0x0536, 0x0a14, 'serial'],
    ['Youjie, keyboard by the rule', 0x23d0, 0x0c0f, 'keyboard'],
    ['old Metrologic, IBM mode', 0x0c2e, 0x0007, 'ibm'],
    ['Newland, keyboard', 0x1eab, 0x1d03, 'keyboard'],
    ['Newland, serial', 0x1eab, 0x1d06, 'serial'],
    ['Newland, HID POS', 0x1eab, 0x1d10, 'hid-pos'],
    ['Newland, a model of tomorrow', 0x1eab, 0x9910, 'hid-pos'],
    ['Newland, base', 0x1eab, 0x1d00, 'unknown'],
    ['Zebra, keyboard', 0x05e0, 0x1200, 'keyboard'],
    ['Zebra, IBM hand-held', 0x05e0, 0x1300, 'ibm'],
    ['Zebra, serial', 0x05e0, 0x1701, 'serial'],
    ['Zebra, SNAPI', 0x05e0, 0x1900, 'snapi'],
    ['Datalogic, serial', 0x05f9, 0x4204, 'serial'],
    ['Datalogic, keyboard', 0x05f9, 0x2210, 'keyboard'],
    ['Datalogic, OEM', 0x05f9, 0x1206, 'ibm'],
    ['Datalogic, being configured', 0x05f9, 0x5204, 'config'],
    ['a bridge', 0x1a86, 0x7523, 'serial'],
  ])('%s', (_, vendor, product, mode) => expect(usbGun(vendor, product)?.mode).toBe(mode));

  it('names what it knows, and says nothing of what is no gun', () => {
    expect(usbGun(0x0c2e, 0x0db3)).toMatchObject({
      vendor: 'Metrologic Instruments',
      product: expect.stringContaining('1602g'),
    });
    expect(usbGun(0x0525, 0xa4ac)?.product).toContain('Vguang');
    expect(usbGun(0x23d0, 0x1234)?.product).toContain('Youjie');
    expect(usbGun(0x046d, 0xc31c), 'a keyboard for people').toBeUndefined();
    expect(usbGun(0x0525, 0xa4a7), 'another gadget').toBeUndefined();
  });
});
