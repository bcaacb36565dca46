import type { LinkProblem } from './link.ts';

// What bindings-cpp 13 says when a port does not open (serialport_unix.cpp, serialport_win.cpp, strerror), in the words of
// the error table. Order matters: "Resource temporarily unavailable Cannot lock port".
const OPEN_ERRORS: readonly (readonly [RegExp, LinkProblem['code']])[] = [
  [/cannot lock port|device or resource busy|: access denied/i, 'PORT_BUSY'],
  [/permission denied|operation not permitted/i, 'PORT_DENIED'],
  [/no such file|no such device|file not found/i, 'PORT_NOT_FOUND'],
  [/inappropriate ioctl|not a tty|is a directory|not a directory/i, 'PORT_NOT_SERIAL'],
];

/** Why an open failed. Windows says "Access denied" when another program holds the port. */
export function openProblem(path: string, error: unknown): LinkProblem {
  const detail = errorText(error);
  const code = OPEN_ERRORS.find(([pattern]) => pattern.test(detail))?.[1] ?? 'PORT_FAILED';
  return { code, path, detail };
}

export function errorText(error: unknown): string {
  return error instanceof Error ? error.message.replace(/^Error:? */, '') : String(error);
}
