/** What happens at a simulated device, one event a line. */
export type Say = (event: { readonly event: string } & Readonly<Record<string, unknown>>) => void;

/** As JSON for programs, or in words. */
export function sayer(json: boolean): Say {
  return ({ event, ...fields }) => {
    const plain = Object.entries(fields).map(
      ([name, value]) => `${name} ${typeof value === 'string' ? value : JSON.stringify(value)}`,
    );
    console.log(json ? JSON.stringify({ event, ...fields }) : `${event}: ${plain.join(', ')}`);
  };
}
