import { LinuxPortBinding } from '@serialport/bindings-cpp';

// serialport's native pollers, each for one file number for ever. A poller is never freed (Poller::destroy takes its
// finalizer off), and may not be: its finalizer takes whatever file has that number then off the event loop. So the next file
// of the same number gets the same poller: there are as many as there were lines open at once, not one more for each replug.
// simulator/wires/pollers.ts is its twin: the floors share only protocols/, which opens no file and loads no driver.

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
