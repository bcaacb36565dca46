/** Kinds of device nodes that a counter's devices are opened by. */
const OPENED = new Set(['tty', 'hidraw', 'input', 'usbmisc']);

/**
 * Whether a message of udev says that a node is there which was not: a header, then `ACTION=add`, `DEVPATH=/devices/...`,
 * `SUBSYSTEM=hidraw` and more, each with a NUL behind it.
 */
export function isNewNode(message: string): boolean {
  if (!/ACTION=add\0/.test(message)) return false;
  const [, subsystem = ''] = /\0SUBSYSTEM=([a-z]+)\0/.exec(message) ?? [];
  return OPENED.has(subsystem);
}
