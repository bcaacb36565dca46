import { LinuxPortBinding } from '@serialport/bindings-cpp';

// serialport's native pollers, each for one file number for ever: they are never freed, and a finalizer that ran later would
// take another file of that number off the event loop. The next file of the same number gets the same one.
// agent/transport/pollers.ts is its twin: the floors share only protocols/, which opens no file and loads no driver.

export type Poller = LinuxPortBinding['poller'];

const resting = new Map<number, Poller>();

/** For an open file that is not waited on yet. */
export function takePoller(fd: number): Poller {
  const poller = resting.get(fd) ?? new LinuxPortBinding(fd, {} as LinuxPortBinding['openOptions']).poller;
  resting.delete(fd);
  return poller;
}

/** Before the file is closed: nobody else has its number as long as it is open. */
export function restPoller(fd: number, poller: Poller): void {
  poller.stop();
  poller.removeAllListeners();
  resting.set(fd, poller);
}
