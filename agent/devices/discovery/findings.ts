import { type ModeSwitch, modeSwitch } from '../../../protocols/scanner/mode-switch.ts';
import type { UsbGunMode } from '../../../protocols/scanner/usb-ids.ts';
import type { Advice } from '../../errors.ts';
import type { StreamLanguage } from '../scanner/languages.ts';
import { type DeviceKind, languageOf, modeOf, namesOf, recognise } from './fingerprints.ts';
import { type DeviceNode, type FoundDevice, hex4 } from './found-device.ts';
import { identities } from './identity.ts';

/**
 * `ready`: put `address` into the configuration. `better`: it works, another mode is safer. `switch`: not in this mode.
 * `denied`: this user may not open it. `unknown`: it may be something, only its owner knows. `no`: nothing for a till.
 */
export type Usable = 'ready' | 'better' | 'switch' | 'denied' | 'unknown' | 'no';

/** A device in the words of a technician. */
export interface DeviceFinding {
  /** stays the same when it is plugged in again */
  readonly id: string;
  readonly kind: DeviceKind;
  readonly points: number;
  readonly because: readonly string[];
  readonly make?: string;
  readonly model?: string;
  readonly vendorId?: string;
  readonly productId?: string;
  readonly serialNumber?: string;
  readonly port?: string;
  readonly mode?: UsbGunMode;
  readonly paths: readonly string[];
  readonly usable: Usable;
  /** for `path` of the configuration */
  readonly address?: string;
  readonly language?: StreamLanguage;
  /** what to do now */
  readonly advice: Advice;
  /** the setting barcode that brings it into a better mode, where it is known */
  readonly setting?: ModeSwitch;
  /** another one says the same of itself */
  readonly hasTwin: boolean;
}

/** @param platform `linux` can take a keyboard gun for itself, the others cannot */
export function findingsOf(devices: readonly FoundDevice[], platform: string): DeviceFinding[] {
  const names = identities(devices);
  return devices.map((device) => finding(device, names.get(device) ?? '', platform));
}

function finding(device: FoundDevice, id: string, platform: string): DeviceFinding {
  const { kind, points, because } = recognise(device);
  const isGun = kind === 'scanner';
  const mode = isGun ? modeOf(device) : undefined;
  const { vendorId, productId, serialNumber, port } = device;
  return {
    id,
    kind,
    points,
    because,
    ...namesOf(device),
    ...(vendorId !== undefined && { vendorId: hex4(vendorId) }),
    ...(productId !== undefined && { productId: hex4(productId) }),
    ...(serialNumber !== undefined && { serialNumber }),
    ...(port !== undefined && { port }),
    ...(mode !== undefined && { mode }),
    paths: device.nodes.map(({ path, stable }) => stable ?? path),
    hasTwin: id.includes('@') && isNumbered(serialNumber),
    ...verdict(device, id, kind, mode, platform),
  };
}

function isNumbered(serialNumber: string | undefined): boolean {
  return serialNumber !== undefined && serialNumber !== '';
}

type Verdict = Pick<DeviceFinding, 'usable' | 'advice' | 'address' | 'language' | 'setting'>;

function verdict(
  device: FoundDevice,
  id: string,
  kind: DeviceKind,
  mode: UsbGunMode | undefined,
  platform: string,
): Verdict {
  if (kind === 'other' || kind === 'keyboard') return { usable: 'no', advice: ADVICE.nothing };
  if (device.nodes.length > 0 && device.nodes.every(({ trouble }) => trouble === 'denied')) return denied(device);
  if (kind === 'printer') return printer(device, id);
  if (kind === 'adapter') return { usable: 'unknown', ...serialAddress(device), advice: ADVICE.adapter };
  return gun(device, id, mode ?? 'unknown', platform);
}

function gun(device: FoundDevice, id: string, mode: UsbGunMode, platform: string): Verdict {
  const has = (kind: DeviceNode['kind']) => device.nodes.some((node) => node.kind === kind);
  if (mode === 'serial' && has('serial'))
    return { usable: 'ready', address: `usb:${id}`, language: languageOf(device), advice: ADVICE.serial };
  if (mode === 'hid-pos' && has('hid')) return { usable: 'ready', address: `usb:${id}`, advice: ADVICE.hidPos };
  const setting = device.vendorId === undefined ? undefined : modeSwitch(hex4(device.vendorId), 'serial');
  const way = setting && { setting };
  if (mode === 'keyboard' && platform === 'linux' && has('input'))
    return { usable: 'better', address: `usb:${id}`, advice: ADVICE.keyboard, ...way };
  return { usable: 'switch', advice: ADVICE[mode === 'keyboard' ? 'keyboardElsewhere' : 'otherMode'], ...way };
}

function serialAddress({ nodes }: FoundDevice): { address?: string } {
  const node = nodes.find(({ kind }) => kind === 'serial');
  return node ? { address: node.stable ?? node.path } : {};
}

function printer(device: FoundDevice, id: string): Verdict {
  const address = serialAddress(device);
  if (address.address !== undefined) return { usable: 'ready', ...address, advice: ADVICE.serialPrinter };
  if (device.nodes.some(({ kind }) => kind === 'printer'))
    return { usable: 'ready', address: `usblp:${id}`, advice: ADVICE.serialPrinter };
  return { usable: 'switch', advice: ADVICE.usbPrinter };
}

/** The rule that lets the group `pos` open it, for a file below /etc/udev/rules.d. */
function denied({ vendorId, nodes }: FoundDevice): Verdict {
  if (vendorId === undefined || nodes.every(({ kind }) => kind === 'serial' || kind === 'printer'))
    return { usable: 'denied', advice: ADVICE.deniedGroup };
  const subsystems = [...new Set(nodes.map(({ kind }) => (kind === 'hid' ? 'hidraw' : 'input')))];
  const rules = subsystems.map(
    (name) => `SUBSYSTEM=="${name}", ATTRS{idVendor}=="${hex4(vendorId)}", GROUP="plugdev", MODE="0660"`,
  );
  const rule = rules.join(' · ');
  return {
    usable: 'denied',
    advice: {
      zh: `没有权限：在 /etc/udev/rules.d/60-tillwire.rules 中写入 ${rule}，把运行用户加入 plugdev 组，然后重新插拔`,
      en: `no permission: put ${rule} into /etc/udev/rules.d/60-tillwire.rules, add the user to the group plugdev, plug it in again`,
    },
  };
}

const ADVICE = {
  nothing: { zh: '与收银无关', en: 'nothing for a till' },
  adapter: {
    zh: '串口：看不出接的是什么；接的是扫码枪或打印机时，把此路径写入配置',
    en: 'a serial port: what is behind it does not show; if it is the gun or the printer, put this path into the configuration',
  },
  serial: { zh: '可以使用：把地址写入配置的 scanner.path', en: 'ready: put the address into scanner.path' },
  hidPos: {
    zh: '可以使用（HID POS）：把地址写入配置的 scanner.path',
    en: 'ready (HID POS): put the address into scanner.path',
  },
  keyboard: {
    zh: '键盘模式可以使用（本程序独占读取），但换成串口或 HID POS 模式更可靠：扫描设置码，或说明书中的“USB 串口/COM”码',
    en: 'works in keyboard mode (the agent takes it for itself), but serial or HID POS is safer: scan the setting barcode, or "USB COM/serial" in its manual',
  },
  keyboardElsewhere: {
    zh: '键盘模式在此系统上不能使用：扫描设置码，或说明书中的“USB 串口/COM”或“HID POS”码',
    en: 'keyboard mode does not work on this system: scan the setting barcode, or "USB COM/serial" or "HID POS" in its manual',
  },
  otherMode: {
    zh: '此模式不支持：扫描说明书中的“USB 串口/COM”或“HID POS”设置码',
    en: 'this mode is not supported: scan "USB COM/serial" or "HID POS" in its manual',
  },
  serialPrinter: {
    zh: '可以使用：把地址写入配置的 printer.path',
    en: 'ready: put the address into printer.path',
  },
  usbPrinter: {
    zh: '系统没有为它加载打印驱动（usblp）：加载驱动，或把打印机设为虚拟串口，或用串口线连接',
    en: 'no driver of the system has taken it (usblp): load it, or set the printer to virtual COM, or use its serial cable',
  },
  deniedGroup: {
    zh: '没有权限：把运行用户加入 dialout 组（打印机为 lp 组），然后重新登录',
    en: 'no permission: add the user to the group dialout (a printer: lp) and log in again',
  },
} as const satisfies Record<string, Advice>;
