/** Where a device is, as one word in the configuration; see docs/field-guide.md. */
export type DeviceAddress =
  | { readonly kind: 'serial'; readonly path: string }
  /** a serial port behind a terminal server (ser2net, raw mode) */
  | { readonly kind: 'tcp'; readonly at: SocketAddress }
  /** HID reports over a socket, protocols/framing/report-stream.ts */
  | { readonly kind: 'reports'; readonly at: SocketAddress }
  | { readonly kind: 'hid'; readonly which: DeviceChoice }
  /** the operating system's own driver for USB printers, opened as a file */
  | { readonly kind: 'usblp'; readonly which: DeviceChoice }
  /** a keyboard gun, grabbed from the operating system (Linux) */
  | { readonly kind: 'keyboard'; readonly which: DeviceChoice }
  /** a USB gun in whatever mode it is */
  | { readonly kind: 'usb'; readonly which: UsbChoice };

export type SocketAddress = { readonly host: string; readonly port: number } | { readonly path: string };

/** A USB device by what it says of itself: that stays the same when it is plugged into another socket. */
export interface UsbChoice {
  readonly vendorId?: number;
  readonly productId?: number;
  readonly serialNumber?: string;
  /** the socket it is in, where nothing else tells two equal ones apart: `1-1.4` */
  readonly port?: string;
}

export type DeviceChoice = { readonly path: string } | UsbChoice;

/**
 * `/dev/ttyACM0`, `COM3` · `tcp://host:port` · `reports://host:port`, `reports:/path` · `hid:/dev/hidraw0`,
 * `hid:0c2e:0db3[:serial]` · `keyboard:...` likewise · `usb:0c2e:0db3[:serial][@socket]`, `auto` · `/dev/usb/lp0`,
 * `usblp:/path`, `usblp:0525:a4a8[:serial][@socket]`. `undefined`: none of these.
 */
export function parseAddress(text: string): DeviceAddress | undefined {
  if (text === 'auto') return { kind: 'usb', which: {} };
  if (/^\/dev\/(?:usb\/)?lp\d+$/.test(text)) return { kind: 'usblp', which: { path: text } };
  const scheme = /^(tcp|reports|hid|keyboard|usb|usblp):(.*)$/s.exec(text);
  if (!scheme) return { kind: 'serial', path: text };
  const [, kind, rest = ''] = scheme;
  if (kind === 'tcp' || kind === 'reports') {
    const at = socketAddress(rest);
    return at && { kind, at };
  }
  if (kind === 'usb') {
    const which = usbChoice(rest);
    return which && { kind, which };
  }
  const which = rest.startsWith('/') || rest.startsWith('\\') ? { path: rest } : usbChoice(rest);
  return which && { kind: kind === 'hid' || kind === 'usblp' ? kind : 'keyboard', which };
}

function socketAddress(rest: string): SocketAddress | undefined {
  const match = /^\/\/(\[[0-9a-fA-F:]+\]|[^/:\s]+):(\d{1,5})$/.exec(rest);
  const port = Number(match?.[2]);
  if (match && port > 0 && port < 65_536) return { host: (match[1] ?? '').replace(/^\[|\]$/g, ''), port };
  return rest.startsWith('/') && !rest.startsWith('//') ? { path: rest } : undefined;
}

function usbChoice(rest: string): UsbChoice | undefined {
  const match = /^([0-9a-fA-F]{4}):([0-9a-fA-F]{4})(?::([^@]+))?(?:@([\d.-]+))?$/.exec(rest);
  if (!match) return undefined;
  const [, vendor = '', product = '', serialNumber, port] = match;
  return {
    vendorId: Number.parseInt(vendor, 16),
    productId: Number.parseInt(product, 16),
    ...(serialNumber !== undefined && { serialNumber }),
    ...(port !== undefined && { port }),
  };
}

export function socketText(at: SocketAddress): string {
  return 'path' in at ? at.path : `${at.host}:${at.port}`;
}
