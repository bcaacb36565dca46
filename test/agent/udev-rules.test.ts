import { describe, expect, it } from 'vitest';
import { udevRules } from '../../agent/devices/discovery/udev-rules.ts';

// What real udev makes of them: test/hardware/usb-gun.hardware.test.ts.

describe('the udev rules', () => {
  const rules = udevRules([
    { kind: 'adapter', vendorId: '11ca' },
    { kind: 'keyboard', vendorId: '046d' },
    { kind: 'other', vendorId: '8087' },
  ]);
  const lines = rules.split('\n').filter((line) => line !== '' && !line.startsWith('#'));

  it('are written as udev reads them, and each names what it is for', () => {
    for (const line of lines) {
      expect(line).toMatch(/^([A-Z]+(\{[\w/]+\})?(==|=)"[^"]*"(, |$))+$/);
      expect(line).toMatch(/idVendor|KERNEL=="lp|ID_USB_INTERFACES/);
    }
    expect(new Set(lines).size).toBe(lines.length);
  });

  it('hand guns to plugdev, serial ports to dialout, and keep ModemManager and sleep away', () => {
    expect(lines).toContain('SUBSYSTEM=="hidraw", ATTRS{idVendor}=="0c2e", GROUP="plugdev", MODE="0660"');
    expect(lines).toContain(
      'SUBSYSTEM=="hidraw", ATTRS{idVendor}=="0525", ATTRS{idProduct}=="a4ac", GROUP="plugdev", MODE="0660"',
    );
    // a card terminal of a maker that nobody knows, plugged in
    expect(rules).toMatch(/"tty", ATTRS\{idVendor\}=="11ca", .*ID_MM_DEVICE_IGNORE/);
    expect(rules).toMatch(/ATTR\{idVendor\}=="11ca", ATTR\{power\/control\}="on"/);
  });

  it("give away nobody's keyboard and no maker's other things", () => {
    expect(rules).not.toMatch(/046d|8087/);
    expect(lines.filter((line) => /hidraw|input/.test(line) && /03f0|04b4|0525/.test(line))).not.toContainEqual(
      expect.not.stringContaining('idProduct'),
    );
  });
});
