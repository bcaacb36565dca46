/** Why there is no session with the broker, in the words of the error table. */
export interface ConnectProblem {
  readonly code: 'BROKER_UNREACHABLE' | 'BROKER_REFUSED';
  readonly detail: string;
}

/** What may also be wrong with one that stands. */
export interface SessionProblem {
  readonly code: 'BROKER_TOPICS' | 'AGENT_TWICE';
  readonly detail: string;
}

export type BrokerProblem = (ConnectProblem | SessionProblem) & {
  /** the broker let the till in and ended the connection before it granted the subscriptions */
  readonly thrownOut?: true;
};

export const unreachable = (detail: string): ConnectProblem => ({ code: 'BROKER_UNREACHABLE', detail });
export const refused = (detail: string): ConnectProblem => ({ code: 'BROKER_REFUSED', detail });

/**
 * CONNACK codes that only a person can mend (MQTT 3.1.1 table 3.1, MQTT 5 table 3.2.2.2): protocol version, client id,
 * user name or password, authorisation, banned, authentication method. All others (server busy, quota, ...) pass by.
 */
const CONFIGURATION = new Map<number, string>([
  [1, 'protocol version'],
  [2, 'client id'],
  [4, 'bad user name or password'],
  [5, 'not authorised'],
  [0x84, 'protocol version'],
  [0x85, 'client id'],
  [0x86, 'bad user name or password'],
  [0x87, 'not authorised'],
  [0x8a, 'banned'],
  [0x8c, 'authentication method'],
]);

/**
 * OpenSSL's verdicts that node reports as error codes: the certificate or the version, not the network, is wrong. EPROTO: no
 * TLS version in common, or no TLS there at all.
 */
const CERTIFICATE = /CERT|SELF_SIGNED|UNABLE_TO_(VERIFY|GET_ISSUER)|ERR_TLS|ERR_SSL|^EPROTO$/;

/** What an `error` of mqtt.js or its socket means: a wrong configuration, or a network that may come back. */
export function problemOf(error: Error): ConnectProblem {
  const code: unknown = (error as { code?: unknown }).code;
  if (typeof code === 'number') {
    const cause = CONFIGURATION.get(code);
    return cause ? refused(`CONNACK ${code}: ${cause}`) : unreachable(error.message);
  }
  if (typeof code === 'string' && CERTIFICATE.test(code)) return refused(`TLS: ${code}`);
  return unreachable(typeof code === 'string' ? code : error.message);
}
