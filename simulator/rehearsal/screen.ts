/** Progress for the person who watches: one short line per thing that happened, with the seconds since the start. */
export class Screen {
  readonly #began = process.hrtime.bigint();

  line(who: string, what: string): void {
    const seconds = Number(process.hrtime.bigint() - this.#began) / 1e9;
    console.log(`${seconds.toFixed(1).padStart(6)} s  ${who.padEnd(8)} ${what}`);
  }
}
