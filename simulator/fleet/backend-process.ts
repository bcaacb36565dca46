import { randomBytes } from 'node:crypto';
import { ulid } from '../../protocols/backend/ulid.ts';
import { Acquirer } from '../acquirer/acquirer.ts';
import { SimBackend } from '../backend/backend.ts';
import { type EmbeddedBroker, startBroker } from '../backend/broker.ts';
import { systemClock } from '../world/clock.ts';
import { fraction } from '../world/fraction.ts';
import type { FromFleetBackend, LedgerSum, ToFleetBackend } from './conversation.ts';

// The simulated backend of a fleet, in a process of its own: what it costs is not counted as the tills'.

let broker: EmbeddedBroker | undefined;
let unreadable = 0;
const acquirer = new Acquirer(systemClock);

async function open({ at, lostPercent }: Extract<ToFleetBackend, { kind: 'open' }>): Promise<void> {
  if (!at) broker = await startBroker();
  const door = at ?? { host: broker?.host ?? '', port: broker?.port ?? 0 };
  const newId = () => ulid(systemClock.now(), randomBytes(10));
  const clientId = `tillwire-fleet-backend-${process.pid}`;
  const backend = new SimBackend({ ...door, clientId }, { acquirer, clock: systemClock, newId });
  backend.onMalformed = () => (unreadable += 1);
  backend.onRequest = (_till, { op }) => {
    if (op === 'pay' && fraction() * 100 < lostPercent)
      acquirer.send({ behaviour: { kind: 'pays' }, answers: { pay: [{ kind: 'lose' }] } });
  };
  await backend.start();
  say({ kind: 'opened', host: door.host, port: door.port });
}

function sum(): LedgerSum {
  const { entries } = acquirer.ledger;
  const staying = new Map<string, number>();
  for (const { orderId, kind } of entries)
    staying.set(orderId, (staying.get(orderId) ?? 0) + (kind === 'charge' ? 1 : -1));
  const chargedTwice = [...staying.values()].filter((charges) => charges > 1).length;
  return { ...acquirer.ledger.total(), chargedTwice, unreadable };
}

function say(message: FromFleetBackend): void {
  if (process.connected) process.send?.(message);
}

process.on('message', (message: ToFleetBackend) => {
  if (message.kind === 'sum') return say({ kind: 'sum', sum: sum() });
  open(message).catch((error: unknown) =>
    say({ kind: 'failed', reason: error instanceof Error ? error.message : String(error) }),
  );
});
// it ends with the fleet that started it: Ctrl-C at a terminal reaches both, and the fleet still wants the ledger
process.once('disconnect', () => process.exit(0));
for (const signal of ['SIGINT', 'SIGTERM', 'SIGHUP'] as const) process.on(signal, () => undefined);
