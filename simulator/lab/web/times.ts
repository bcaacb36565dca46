const BEIJING = new Intl.DateTimeFormat('en-GB', {
  timeZone: 'Asia/Shanghai',
  hour: '2-digit',
  minute: '2-digit',
  second: '2-digit',
  fractionalSecondDigits: 1,
});

/** The time of day in the shop, as its slips have it, to the tenth of a second. */
export function clockTime(at: number): string {
  return BEIJING.format(at);
}

/** Unix ms of this machine, as the simulator's own clock has it. */
export function wallClock(): number {
  return performance.timeOrigin + performance.now();
}
