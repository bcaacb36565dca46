import { readFileSync } from 'node:fs';
import { describe, expect, it } from 'vitest';
import { CONTRACT_TOPICS } from '../../protocols/backend/asyncapi.ts';

// The shipped broker configurations against the contract: each of its topics is allowed to whom it belongs, and to nobody else.

const file = (name: string) => readFileSync(new URL(`../../docs/brokers/${name}`, import.meta.url), 'utf8');
const ROOT = /^(pos|training)\/v1\/acme\/s001\/till-1\//;
/** live, and practice */
const both = (address: string) => [address, address.replace(/^pos\//, 'training/')];
/** of the contract and its examples: placeholders filled in */
const topicsOf = (by: 'till' | 'backend') =>
  CONTRACT_TOPICS.filter(({ direction }) => direction === (by === 'till' ? 'up' : 'down')).flatMap(({ address }) =>
    both(
      address
        .replace('{tenant}', 'acme')
        .replace('{store}', 's001')
        .replace('{agent}', 'till-1')
        .replaceAll(/\{\w+\}/g, 'x'),
    ),
  );

const lines = file('mosquitto/tills.acl').split('\n');
/** as a broker does: + is one level, %u the user */
const allowed = (beginning: string, topic: string) =>
  lines
    .filter((line) => line.startsWith(beginning))
    .map((line) => line.slice(beginning.length).trim().replaceAll('%u', 'till-1').split('/'))
    .some(
      (levels) =>
        levels.length === topic.split('/').length &&
        topic.split('/').every((level, at) => ['+', level].includes(levels[at] ?? '')),
    );

/** the two patterns of tills.sh */
const shell = file('rabbitmq/tills.sh');
const patternOf = (name: 'up' | 'down') => shell.match(new RegExp(`^${name}='(.*)'$`, 'm'))?.[1] ?? 'no such line';
const behindRoot = (pattern: string, topic: string) =>
  new RegExp(`^${pattern}$`).test(topic.replace(ROOT, '').replaceAll('/', '.'));

describe.each(['till', 'backend'] as const)('every topic that a %s writes', (by) => {
  const topics = topicsOf(by);
  const [up, down] = by === 'till' ? (['up', 'down'] as const) : (['down', 'up'] as const);

  it('Mosquitto: it may write it and the other may read it; not the other way round', () => {
    expect(topics.length).toBeGreaterThan(4);
    const [writes, reads] = by === 'till' ? ['pattern write', 'topic read'] : ['topic write', 'pattern read'];
    const [theirWrites] = by === 'till' ? ['topic write'] : ['pattern write'];
    for (const topic of topics)
      expect([topic, allowed(writes, topic), allowed(reads, topic), allowed(theirWrites, topic)]).toEqual([
        topic,
        true,
        true,
        false,
      ]);
  });

  it('RabbitMQ: live and practice have the same root', () => {
    expect(shell.match(/\^\(pos\|training\)\[\.\]v1\[\.\]/g)).toHaveLength(2);
  });

  it('RabbitMQ: the same, by its patterns (read here; run by rabbitmq.heavy.test.ts)', () => {
    for (const topic of topics)
      expect([topic, behindRoot(patternOf(up), topic), behindRoot(patternOf(down), topic)]).toEqual([
        topic,
        true,
        false,
      ]);
  });
});

it('neither lets a till have a whole tree', () => {
  expect(lines.filter((line) => /^(pattern|topic)/.test(line) && line.includes('#'))).toEqual([]);
  expect(lines.filter((line) => line.startsWith('pattern') && !line.includes('/%u/'))).toEqual([]);
});
