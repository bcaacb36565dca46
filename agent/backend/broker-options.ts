import { platform, release } from 'node:os';
import type { Config } from '../config.ts';
import { terminalInfoOf } from '../enrolment/registration.ts';
import { POLICIES } from '../payment/policy.ts';
import { VERSION } from '../version.ts';
import { serversOf } from './servers.ts';

/** Who the till is at the broker, and which brokers there are. */
export function brokerOptions({ address, broker, training }: Config) {
  const { username, password, protocolVersion } = broker;
  return {
    servers: serversOf(broker),
    clientId: `tillwire-${address.tenant}-${address.store}-${address.agent}${training ? '-training' : ''}`,
    protocolVersion,
    ...(username === undefined ? {} : { username }),
    ...(password === undefined ? {} : { password }),
  };
}

/** What the backend is told of this agent. */
export function agentInfo({ registration }: Config) {
  const channels = Object.keys(POLICIES) as (keyof typeof POLICIES)[];
  const terminal = registration && { terminal: terminalInfoOf(registration, VERSION) };
  return {
    version: VERSION,
    node: process.version,
    os: `${platform()} ${release()}`.slice(0, 64),
    channels,
    ...terminal,
  };
}
