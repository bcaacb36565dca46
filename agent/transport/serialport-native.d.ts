// What serialport's native part can do with an open line. The package exports it from here and describes it nowhere; its
// version is pinned.
declare module '@serialport/bindings-cpp/dist/load-bindings.js' {
  import type { LinuxOpenOptions, LinuxPortBinding, SetOptions, UpdateOptions } from '@serialport/bindings-cpp';

  /** Makes the line raw; answers the file's number. */
  export function asyncOpen(path: string, options: LinuxOpenOptions): Promise<number>;
  export function asyncClose(fd: number): Promise<void>;
  export function asyncDrain(fd: number): Promise<void>;
  export function asyncFlush(fd: number): Promise<void>;
  export function asyncGet(fd: number): ReturnType<LinuxPortBinding['get']>;
  export function asyncGetBaudRate(fd: number): Promise<{ baudRate: number }>;
  export function asyncSet(fd: number, options: SetOptions): Promise<void>;
  export function asyncUpdate(fd: number, options: UpdateOptions): Promise<void>;
}
