/** The time of day to the tenth of a second. */
export function clockTime(at: number): string {
  const when = new Date(at);
  const two = (value: number) => String(value).padStart(2, '0');
  const tenth = Math.floor(when.getMilliseconds() / 100);
  return `${two(when.getHours())}:${two(when.getMinutes())}:${two(when.getSeconds())}.${tenth}`;
}

/** Unix ms of this machine, as the simulator's own clock has it. */
export function wallClock(): number {
  return performance.timeOrigin + performance.now();
}
