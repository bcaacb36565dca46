// Writes docs/mqtt.md, docs/asyncapi.json, docs/api.md and docs/openapi.json from the schemas that the code uses.
// `npm run build && node scripts/make-contract.mjs` after a change of them; test/porch/contract.test.ts compares.
import { writeFileSync } from 'node:fs';
import process from 'node:process';
import { fileURLToPath, pathToFileURL } from 'node:url';
import { readArgs } from './usage.mjs';

/** File name in docs/ -> its text. */
export function contractDocuments({ asyncApi, CONTRACT_TOPICS, payloadSchema, openApi, allProblems }) {
  const openApiDocument = openApi();
  return {
    'asyncapi.json': json(asyncApi()),
    'openapi.json': json(openApiDocument),
    'mqtt.md': mqttDocument(CONTRACT_TOPICS, payloadSchema),
    'api.md': apiDocument(openApiDocument, allProblems()),
  };
}

const json = (value) => `${JSON.stringify(value, undefined, 2)}\n`;
const text = (...parts) => parts.flat(Infinity).join('\n\n').concat('\n');
const cell = (words) => String(words).replaceAll('|', '\\|').replaceAll('\n', ' ');
const table = (head, rows) =>
  [head, head.map(() => '---'), ...rows].map((cells) => `| ${cells.map(cell).join(' | ')} |`).join('\n');

// --- MQTT

const MQTT_HEAD = `# The MQTT contract · 后台通信约定

<!-- Made by scripts/make-contract.mjs from protocols/backend. Do not edit: edit the schemas. -->

Between a till and its backend, version 1. The same as AsyncAPI 3.0: [asyncapi.json](asyncapi.json), or \`tillwire contract\`.
*Up* is sent by the till, *down* by the backend. Every message is JSON, at most 64 KiB; times are Unix milliseconds of the
backend's clock, money is integer fen. Nothing that is retained is ever executed.

A command is refused or journaled before it is acknowledged (PUBACK); the same id again gets the stored answer, for seven
days and across restarts; the same id with other arguments is a conflict.

QoS 1 delivers at least once. A \`req/pay\` that arrives again, and a \`req/refund\` with the same \`requestId\`, are not passed on
again: they get the answer of the first, also behind \`exp\`. The till holds the channel's no to be the end of it, frees the money
and tells people so; a copy that is carried out after that no is money nobody knows of.`;

function mqttDocument(topics, payloadSchema) {
  const overview = table(
    ['topic', 'way', 'QoS', 'retained', 'what'],
    topics.map(({ id, address, direction, qos, retained, title }) => [
      `[\`${address.split('/').slice(5).join('/')}\`](#${id})`,
      direction,
      qos,
      retained,
      title,
    ]),
  );
  const sections = topics.map((topic) => {
    const { id, address, direction, title } = topic;
    return [`### ${id}`, `\`${address}\` · ${direction}`, `${title}.`, fieldsTable(payloadSchema(topic))];
  });
  return text(
    MQTT_HEAD,
    '## All topics',
    'Below `pos/v1/{tenant}/{store}/{agent}/`:',
    overview,
    '## Message by message',
    sections,
  );
}

/** A JSON Schema as rows of fields; members of members are named with a dot, alternatives with what tells them apart. */
function fieldsTable(schema, resolve = (one) => one) {
  const rows = [];
  const walk = (one, prefix, required) => {
    const node = resolve(one);
    const parts = node.oneOf ?? node.anyOf;
    if (parts && !parts.every((part) => isPlain(resolve(part)))) {
      for (const part of parts) walk(part, prefix, required);
      return;
    }
    for (const [name, member] of Object.entries(node.properties ?? {})) {
      const full = resolve(member);
      const must = (node.required ?? []).includes(name);
      const row = [`\`${prefix}${name}\``, typeOf(full, resolve), must ? 'yes' : '', full.description ?? ''];
      if (!rows.some((known) => known.join() === row.join())) rows.push(row);
      if (!isPlain(full))
        walk(full.type === 'array' ? full.items : full, `${prefix}${name}${full.type === 'array' ? '[]' : ''}.`);
    }
  };
  walk(schema, '');
  return rows.length === 0 ? '' : table(['field', 'type', 'must', ''], rows);
}

function isPlain(node) {
  if (node.type === 'array') return isPlain(node.items ?? {});
  return !node.properties && !(node.oneOf ?? node.anyOf ?? []).some((part) => part.properties || part.$ref);
}

function typeOf(node, resolve) {
  if (node.const !== undefined) return `\`${JSON.stringify(node.const)}\``;
  if (node.enum) return node.enum.map((value) => `\`${value}\``).join(' ');
  if (node.type === 'array') return `list of ${typeOf(resolve(node.items ?? {}), resolve)}${upTo(node.maxItems)}`;
  const parts = node.oneOf ?? node.anyOf;
  if (parts && isPlain(node)) return parts.map((part) => typeOf(resolve(part), resolve)).join(' or ');
  if (parts) return 'one of these';
  if (node.type === 'string') return `text${upTo(node.maxLength)}${node.pattern ? `, \`${node.pattern}\`` : ''}`;
  if (node.type === 'integer' || node.type === 'number') return `${node.type}${range(node)}`;
  return node.type ?? 'any';
}

const upTo = (most) => (most === undefined ? '' : `, at most ${most}`);

function range({ minimum, maximum, exclusiveMinimum }) {
  const least = minimum ?? (exclusiveMinimum === undefined ? undefined : exclusiveMinimum + 1);
  const most = maximum === Number.MAX_SAFE_INTEGER ? undefined : maximum;
  if (least === -Number.MAX_SAFE_INTEGER || (least === undefined && most === undefined)) return '';
  return most === undefined ? `, ${least} or more` : `, ${least} to ${most}`;
}

// --- HTTP

const API_HEAD = `# The local API · 本机接口

<!-- Made by scripts/make-contract.mjs from agent/console. Do not edit: edit the routes and schemas. -->

HTTP on 127.0.0.1 for the cashier program beside the till, and for the clerk's page. The same as OpenAPI 3.1: [openapi.json](openapi.json), or
\`tillwire contract\`.

- **Where.** \`console.port\` of the configuration; with 0 the system chooses, and \`dataDir/console/address.json\` says which.
- **Who.** \`tillwire token create --config till.json --program cashier --scopes read,collect\` prints a token, once. It goes into
  \`Authorization: Bearer\`. A token that is to give money back names a person (\`--person\`).
- **People.** At the page a person signs in with a PIN (\`POST /v1/sessions\`) and has a token of this process: it dies when they
  sign out, after five minutes without a call that changes something (\`people.idleMinutes\`; looking does not count), behind a
  working day, with a new PIN, and with the agent. \`tillwire person add\` prints a one-time code, with which they choose their own
  PIN. Clerks read, collect and ask for refunds; managers also approve and resolve; technicians see, and touch no money.
- **A second person.** At the page a refund and a resolution need another person's PIN: \`POST /v1/approvals\` within the session of
  the first gives an approval for the header \`Approval\` of one call: for that subject, within a minute, once (a repetition under
  the same \`Idempotency-Key\` is the same call). Nobody approves what they asked for.
- **Once.** A call that changes something has an \`Idempotency-Key\`: your own name for the wish. No answer came? Send the same
  call with the same key, also after a restart of anything: it is carried out once, and you get its answer. The same key with
  other contents is refused with 409.
- **Not failed, unknown.** \`failed\` means: certainly nothing was done. \`unknown\` means: look again, do not charge again.
- **From this machine only.** Other host names, pages of other sites and callers without a token get a refusal. There is no
  CORS header and no cookie.
- Bodies are JSON of at most 64 KiB; a program may make 20 calls a second (60 at once); money is integer fen.

\`\`\`sh
curl http://127.0.0.1:8421/v1/orders?wait=60 -H "Authorization: Bearer $TOKEN" -H 'Idempotency-Key: D-1001' \\
  -H 'Content-Type: application/json' -d '{"orderId":"D-1001","amountFen":1250}'
\`\`\``;

function apiDocument(document, problems) {
  const resolve = (node) => (node?.$ref ? { ...at(document, node.$ref), named: node.$ref.split('/').at(-1) } : node);
  const calls = Object.entries(document.paths).flatMap(([path, methods]) =>
    Object.entries(methods).map(([method, call]) => ({ path, method: method.toUpperCase(), ...call })),
  );
  const overview = table(
    ['call', 'scope', 'what'],
    calls.map(({ path, method, summary, security }) => [`\`${method} ${path}\``, scopeOf(security), summary]),
  );
  return text(
    API_HEAD,
    '## All calls',
    overview,
    calls.map((call) => callSection(call, resolve)),
    '## What is given back',
    Object.entries(document.components.schemas).map(([name, schema]) => [
      `### ${name}`,
      schema.description ?? [],
      fieldsTable(schema, resolve),
    ]),
    '## Every "no"',
    'As `application/problem+json`. What to do now stands in each answer, in Chinese and English.',
    table(
      ['code', 'status', 'again?', 'cause', '原因', 'what to do now', '怎么办'],
      problems.map(({ code, status, retryable, cause, remedy }) => [
        `\`${code}\``,
        status,
        retryable ? 'yes' : '',
        cause.en,
        cause.zh,
        remedy.en,
        remedy.zh,
      ]),
    ),
  );
}

const scopeOf = (security) => security?.[0]?.token?.join(', ') ?? '';

function callSection(
  { path, method, summary, description, security, parameters = [], requestBody, responses },
  resolve,
) {
  const given = parameters.map(({ name, in: where, required, schema, description: what }) => [
    `\`${name}\` (${where})`,
    typeOf(schema, resolve),
    required ? 'yes' : '',
    what ?? schema.description ?? '',
  ]);
  const sent = requestBody?.content['application/json']?.schema;
  const [binary] = Object.keys(requestBody?.content ?? {}).filter((type) => type !== 'application/json');
  const answers = Object.entries(responses).map(([status, { content, description: what }]) => {
    const named = Object.values(content ?? {})[0]
      ?.schema?.$ref?.split('/')
      .at(-1);
    return [status, named ? `[${named}](#${named.toLowerCase()})` : Object.keys(content ?? {}).join(), what];
  });
  return [
    `### ${method} ${path}`,
    `${summary}. Scope: ${scopeOf(security)}.`,
    description ?? [],
    given.length > 0 ? table(['parameter', 'type', 'must', ''], given) : [],
    sent ? ['Body:', fieldsTable(sent, resolve)] : [],
    binary ? `Body: the file, as \`${binary}\`.` : [],
    table(['answer', 'body', ''], answers),
  ];
}

function at(document, ref) {
  return ref
    .slice(2)
    .split('/')
    .reduce((node, name) => node[name], document);
}

if (process.argv[1] && import.meta.url === pathToFileURL(process.argv[1]).href) {
  readArgs(
    'usage: node scripts/make-contract.mjs\n\nWrites docs/mqtt.md, docs/asyncapi.json, docs/api.md and docs/openapi.json from the schemas, after `npm run build`.\n',
  );
  const documents = contractDocuments({
    ...(await import('../dist/protocols/backend/asyncapi.js')),
    ...(await import('../dist/agent/console/openapi.js')),
    ...(await import('../dist/agent/console/problems.js')),
  });
  for (const [name, document] of Object.entries(documents))
    writeFileSync(fileURLToPath(new URL(`../docs/${name}`, import.meta.url)), document);
}
