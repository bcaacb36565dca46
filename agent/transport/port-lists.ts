import type { Device } from 'node-hid';

// What the libraries list, for systems without sysfs. serialport's list needs udevadm on Linux and rejects without it.

export type SerialPortInfo = Awaited<ReturnType<typeof import('serialport').SerialPort.list>>[number];

export async function listSerialPorts(): Promise<readonly SerialPortInfo[]> {
  const { SerialPort } = await import('serialport');
  return SerialPort.list();
}

export async function listHidDevices(): Promise<readonly Device[]> {
  const { devicesAsync } = await import('node-hid');
  return devicesAsync();
}
