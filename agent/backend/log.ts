type Write = (fields: Readonly<Record<string, unknown>>, phrase: string) => void;

/** What the MQTT room needs of a logger; pino's fits. The phrase is fixed, the data stands in the fields. */
export interface Log {
  readonly info: Write;
  readonly warn: Write;
  readonly error: Write;
}
