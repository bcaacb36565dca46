/** The story's own fields, with the ports that only the shop knows. */
export function merged(config: object, ports: Readonly<Record<string, object>>): object {
  return Object.fromEntries(
    Object.entries(config).map(([name, value]) => [
      name,
      name in ports ? { ...(value as object), ...ports[name] } : (value as unknown),
    ]),
  );
}
