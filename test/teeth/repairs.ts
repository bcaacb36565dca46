// The repairs of what serialport, node-hid and the kernel leave to their users (docs/decisions/0005 and 0020), each with how
// to take it out and the test that must then be red. What is to be changed must be there exactly once.

export interface Repair {
  /** what happens in a shop without it */
  readonly without: string;
  readonly changes: readonly { readonly file: string; readonly find: string; readonly replace: string }[];
  readonly test: { readonly file: string; readonly name: string };
}

const SERIAL = 'test/agent/serial-link.test.ts';
const HID = 'test/hardware/repairs.hardware.test.ts';
const ON_CDC_ACM = 'test/hardware/usb-gun.hardware.test.ts';
const ON_USBLP = 'test/hardware/usb-printer.hardware.test.ts';

const STOCK_BINDING = [
  {
    file: 'agent/transport/linux-binding.ts',
    find: 'return new LinuxPort(await asyncOpen(line.path, line), line);',
    replace: 'return (await LinuxBinding.open(options)) as never;',
  },
];
const HANG_UP = { without: 'an unplug right behind data sends no close, and a core spins', changes: STOCK_BINDING };

const SECOND_OPEN = {
  without: 'a second open that fails has changed baud rate and parity of the first',
  changes: [
    {
      file: 'agent/transport/serial.ts',
      find: "const holder = process.platform === 'linux' ? await portHolder(path) : undefined;",
      replace: 'const holder = path === "" ? await portHolder(path) : undefined;',
    },
  ],
};

/** They show on a pseudo-terminal. */
export const ON_A_PTY = {
  'hang-up': { ...HANG_UP, test: { file: SERIAL, name: 'the mended binding alone says close' } },
  probe: {
    without: 'a dead port that looks open is never noticed',
    changes: [
      {
        file: 'agent/transport/serial-connection.ts',
        find: 'if (this.#alive) this.#stopProbe = ',
        replace: 'if (!this.#alive) this.#stopProbe = ',
      },
    ],
    test: { file: SERIAL, name: 'the probe alone finds the dead state' },
  },
  'both-directions': {
    without: 'while a write waits nothing is received: "paper out" comes after the paper is back',
    changes: STOCK_BINDING,
    // the binding's newest wait wins: either the device is not heard, or the write does not go on
    test: { file: SERIAL, name: 'while a write waits the device is heard' },
  },
  'fresh-port': {
    without: 'what is written while the cable is out is sent when it is back: an old slip on a later day',
    changes: [
      {
        file: 'agent/transport/serial.ts',
        find: 'const port = new SerialPort(settings);',
        replace:
          'const kept = globalThis as { port?: SerialPort };\n  const port = (kept.port ??= new SerialPort(settings));',
      },
      {
        file: 'agent/transport/serial-connection.ts',
        find: "if (!this.#alive || !this.#port.isOpen) return Promise.resolve({ kind: 'not-written', cause: 'DOWN' });",
        replace: '',
      },
      {
        file: 'agent/transport/supervised-link.ts',
        find: 'if (this.#closing || this.#connection !== connection) return;\n    this.#connection = undefined;',
        replace: 'if (this.#closing || this.#connection !== connection) return;',
      },
    ],
    test: { file: SERIAL, name: 'what is written while the cable is out is refused' },
  },
  'second-open': { ...SECOND_OPEN, test: { file: SERIAL, name: 'without touching its line' } },
  poller: {
    without: 'each replug leaves a native poller behind, for as long as the agent runs',
    changes: [{ file: 'agent/transport/pollers.ts', find: 'resting.set(fd, poller);', replace: '' }],
    test: { file: SERIAL, name: 'opened again has the native poller it had' },
  },
} as const satisfies Record<string, Repair>;

/** They show on real drivers only. */
export const IN_THE_VM = {
  'hang-up': { ...HANG_UP, test: { file: ON_CDC_ACM, name: 'is noticed by the mended binding alone' } },
  'second-open': { ...SECOND_OPEN, test: { file: ON_CDC_ACM, name: 'keeps its line settings' } },
  'error-listener': {
    without: 'node-hid tells an unplug as an error event that nobody catches: the agent dies',
    changes: [
      {
        file: 'agent/transport/hid-connection.ts',
        find: "device.on('error', (error: unknown) => this.#lose(errorText(error)));",
        replace: '',
      },
    ],
    test: { file: HID, name: 'with a reason that can be read' },
  },
  'error-string': {
    without: 'the reason of an unplug is lost: node-hid says it as a bare string, not as an Error',
    changes: [
      {
        file: 'agent/transport/hid-connection.ts',
        find: "device.on('error', (error: unknown) => this.#lose(errorText(error)));",
        replace: "device.on('error', (error: Error) => this.#lose(error.message));",
      },
    ],
    test: { file: HID, name: 'with a reason that can be read' },
  },
  'feature-deadline': {
    without: 'a device that hangs costs 5 s for each feature report',
    changes: [
      {
        file: 'agent/transport/hid-connection.ts',
        find: 'this.#clock.after(deadlineMs, () =>',
        replace: 'this.#clock.after(deadlineMs + 60_000, () =>',
      },
    ],
    test: { file: HID, name: 'holds nobody up' },
  },
  'dropped-keys': {
    without: 'half a code counts as a code when the kernel has dropped the rest',
    changes: [
      {
        file: 'protocols/scanner/evdev.ts',
        find: 'if (code !== SYN_DROPPED) return undefined;',
        replace: 'if (code < 99) return undefined;',
      },
    ],
    test: { file: HID, name: 'half a code is never one' },
  },
  'driver-tells': {
    without: 'a USB printer whose paper is out, or whose cable is, is noticed at the next look, seconds later',
    changes: [{ file: 'agent/transport/usb-printer.ts', find: 'this.#file.poller.poll(READABLE);', replace: '' }],
    test: { file: ON_USBLP, name: 'without a look at it from time to time' },
  },
  'one-way': {
    without: 'a printer without a way back is called lost as soon as it is read, and never prints',
    changes: [
      {
        file: 'agent/transport/usb-printer.ts',
        find: "if (codeOf(error) !== 'EINVAL') throw error;",
        replace: "if (codeOf(error) !== 'EIEIO') throw error;",
      },
    ],
    test: { file: ON_USBLP, name: 'takes its slip, is not called lost' },
  },
  'empty-packets': {
    without: 'a printer that answers with empty packets is asked in a circle, and a core spins',
    changes: [
      {
        file: 'agent/transport/usb-printer.ts',
        find: 'if (count === undefined || count === 0) this.#lookIn(this.#pauseMs);',
        replace: 'if (count === undefined) this.#lookIn(this.#pauseMs);',
      },
    ],
    test: { file: ON_USBLP, name: 'asked at a calm pace' },
  },
} as const satisfies Record<string, Repair>;

export const REPAIRS = {
  ...prefixed('pty', ON_A_PTY),
  ...prefixed('vm', IN_THE_VM),
};

function prefixed(where: string, repairs: Record<string, Repair>): Record<string, Repair> {
  return Object.fromEntries(Object.entries(repairs).map(([name, repair]) => [`${where}:${name}`, repair]));
}
