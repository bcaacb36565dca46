import { type Fate, HOP_MS, type MemoryBroker, type Passing } from '../world/broker.ts';
import type { Chance } from './chance.ts';
import type { FaultName } from './faults.ts';

/** How often each thing happens to a message. */
export interface NetworkWeather {
  lost: number;
  late: number;
  reordered: number;
  twice: number;
  payBehindItsReverse: number;
}

export const FAIR: NetworkWeather = { lost: 0, late: 0, reordered: 0, twice: 0, payBehindItsReverse: 0 };

/** A pay that arrives later than its `exp` (50 s) is refused; these are the moments at which a reverse may be before it. */
const PAY_DELAYS_MS = [
  [9_000, 16_000],
  [20_000, 44_000],
  [44_800, 49_800],
] as const;

/** Decides the fate of every message between broker and receiver. */
export class Network {
  weather: NetworkWeather = FAIR;
  /** how long the answer takes when the till asks for the time; the question is quick */
  timeTakesMs = HOP_MS;
  readonly #chance: Chance;
  readonly #hit: (fault: FaultName) => void;
  /** attempts whose pay is still on its way, and until when (world ms) */
  readonly #paysUnderWay = new Map<string, number>();
  readonly #now: () => number;

  constructor(broker: MemoryBroker, chance: Chance, now: () => number, hit: (fault: FaultName) => void) {
    this.#chance = chance;
    this.#now = now;
    this.#hit = hit;
    broker.fateOf = (passing) => this.#fate(passing);
  }

  #fate(passing: Passing): Fate {
    const { weather } = this;
    if (passing.topic.endsWith('/time/res') && this.timeTakesMs > HOP_MS) return [this.timeTakesMs];
    if (weather === FAIR) return [HOP_MS];
    const chance = this.#chance;
    const pay = passing.topic.endsWith('/req/pay');
    if (passing.topic.endsWith('/req/reverse')) this.#reversePasses(passing);
    if (pay && chance.happens(weather.payBehindItsReverse)) return this.#hold(passing);
    if (chance.happens(weather.lost)) return this.#marked('message-lost', []);
    const fate = [HOP_MS];
    if (chance.happens(weather.late)) {
      this.#hit('message-late');
      fate[0] = chance.between(200, 15_000);
    } else if (chance.happens(weather.reordered)) {
      this.#hit('message-reordered');
      fate[0] = chance.between(4, 80);
    }
    if (!chance.happens(weather.twice)) return fate;
    return this.#marked('message-twice', [...fate, (fate[0] ?? 0) + chance.between(1, 20_000)]);
  }

  #hold(passing: Passing): Fate {
    const [low, high] = this.#chance.pick([...PAY_DELAYS_MS, PAY_DELAYS_MS[2]]);
    const delay = this.#chance.between(low, high);
    const attemptId = attemptOf(passing);
    if (attemptId !== undefined) this.#paysUnderWay.set(attemptId, this.#now() + delay);
    return [delay];
  }

  #reversePasses(passing: Passing): void {
    const until = this.#paysUnderWay.get(attemptOf(passing) ?? '');
    if (until !== undefined && until > this.#now() + HOP_MS) this.#hit('pay-behind-its-reverse');
  }

  #marked(fault: FaultName, fate: Fate): Fate {
    this.#hit(fault);
    return fate;
  }
}

function attemptOf({ text }: Passing): string | undefined {
  return /"attemptId":"([^"]+)"/.exec(text)?.[1];
}
