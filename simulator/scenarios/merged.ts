/** The story's own fields, over what the shop says of its devices; their paths are known to the shop alone. */
export function merged(config: object, ports: Readonly<Record<string, object>>): object {
  return Object.fromEntries(
    Object.entries(config).map(([name, value]) => [
      name,
      name in ports ? { ...ports[name], ...(value as object), ...pathOf(ports[name]) } : (value as unknown),
    ]),
  );
}

function pathOf(port: object | undefined): object {
  return port && 'path' in port ? { path: port.path } : {};
}
