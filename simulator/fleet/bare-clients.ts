import { connectAsync, type IClientOptions, type MqttClient } from 'mqtt';
import type { FromBareClients, ToBareClients } from './conversation.ts';
import { memoryNow } from './memory.ts';

// The floor under a till's memory: clients of mqtt.js as it comes, each connected and subscribed to four filters as a till
// is, with nothing around them, in a process of their own.

const AT_ONCE = 50;

async function measure({ url, count, ca, ...login }: ToBareClients): Promise<number> {
  const options: IClientOptions = { ...login, ...(ca === undefined ? {} : { ca }), keepalive: 60 };
  const clients: MqttClient[] = [await bare(url, options, 'warm-up')];
  const before = memoryNow().heldBytes;
  while (clients.length <= count) {
    const some = Math.min(AT_ONCE, count + 1 - clients.length);
    const from = clients.length;
    clients.push(...(await Promise.all(Array.from({ length: some }, (_, n) => bare(url, options, String(from + n))))));
  }
  const bytesEach = (memoryNow().heldBytes - before) / count;
  await Promise.all(clients.map((client) => client.endAsync(true)));
  return bytesEach;
}

async function bare(url: string, options: IClientOptions, name: string): Promise<MqttClient> {
  const client = await connectAsync(url, { ...options, clientId: `bare-${process.pid}-${name}` });
  await client.subscribeAsync(['a', 'b', 'c', 'd'].map((level) => `bare/${process.pid}/${name}/${level}`));
  return client;
}

function say(message: FromBareClients): void {
  if (process.connected) process.send?.(message);
}

process.once('message', (message: ToBareClients) => {
  measure(message)
    .then((bytesEach) => say({ kind: 'measured', bytesEach }))
    .catch((error: unknown) => say({ kind: 'failed', reason: error instanceof Error ? error.message : String(error) }))
    .finally(() => process.connected && process.disconnect());
});
process.once('disconnect', () => process.exit(0));
