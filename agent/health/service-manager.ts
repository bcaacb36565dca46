/** What systemd is told (sd_notify(3)); without NOTIFY_SOCKET nobody is. */
export interface ServiceManager {
  ready(status: string): void;
  /** only by somebody who knows that the work goes on */
  alive(): void;
  stopping(): void;
  /** how often `alive` is wanted, ms; absent: no watchdog */
  readonly watchdogMs?: number;
}

/** systemd's, when it started this process; otherwise `undefined`. */
export async function serviceManagerOf(env: NodeJS.ProcessEnv, pid: number): Promise<ServiceManager | undefined> {
  const path = env['NOTIFY_SOCKET'];
  if (path === undefined || path === '' || process.platform !== 'linux') return undefined;
  const { sendDatagram } = await import('../transport/unix-datagram.ts');
  const watchdogMs = watchdogOf(env, pid);
  return {
    ready: (status) => void sendDatagram(path, `READY=1\nSTATUS=${status}`),
    alive: () => void sendDatagram(path, 'WATCHDOG=1'),
    stopping: () => void sendDatagram(path, 'STOPPING=1'),
    ...(watchdogMs === undefined ? {} : { watchdogMs }),
  };
}

/** WATCHDOG_USEC, for this process (WATCHDOG_PID): sd_watchdog_enabled(3) wants a sign at half of it. */
function watchdogOf(env: NodeJS.ProcessEnv, pid: number): number | undefined {
  const usec = Number(env['WATCHDOG_USEC']);
  const isOurs = env['WATCHDOG_PID'] === undefined || Number(env['WATCHDOG_PID']) === pid;
  return isOurs && usec > 0 ? usec / 2_000 : undefined;
}
