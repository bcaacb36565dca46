// A self-checkout that stands beside Tillwire's agent: it puts an order at the counter over the local API (docs/api.md) and
// waits for the end of it. Devices, certainty about money and slips are the agent's business.
import { readFileSync } from 'node:fs';

const { TILLWIRE_API_URL, TILLWIRE_TOKEN_FILE } = process.env;
const [orderId, amountFen] = process.argv.slice(2);
const headers = {
  authorization: `Bearer ${readFileSync(TILLWIRE_TOKEN_FILE, 'utf8').trim()}`,
  'content-type': 'application/json',
  'idempotency-key': orderId,
};
const body = JSON.stringify({ orderId, amountFen: Number(amountFen) });

for (let told = false; ; told = true) {
  // the same call again waits on; it never makes a second order
  const answer = await fetch(new URL(`/v1/orders?wait=${told ? 5 : 0}`, TILLWIRE_API_URL), {
    method: 'POST',
    headers,
    body,
  });
  const { phase, status, code } = await answer.json();
  if (!answer.ok) throw new Error(`${answer.status} ${code}`);
  if (!told) console.log('please show your code');
  if (phase !== 'final') continue;
  console.log(`${status} ${code}`);
  process.exit(status === 'ok' ? 0 : 1);
}
