import { type HidDescriptor, parseHidDescriptor } from '../../protocols/scanner/hid-descriptor.ts';
import { layoutOf } from '../../protocols/scanner/hid-pos-layout.ts';
import type { Explanation } from './decoder.ts';

/** Do these bytes begin as a report descriptor does, with a usage page and a usage? */
export function looksLikeDescriptor(bytes: Uint8Array): boolean {
  return (bytes[0] === 0x05 && bytes[2] === 0x09) || (bytes[0] === 0x06 && bytes[3] === 0x09);
}

/** The reports that a device says it has; for a HID POS gun also where their fields are. */
export function descriptorExplained(bytes: Uint8Array): Explanation {
  const parsed = parseHidDescriptor(bytes);
  if ('problem' in parsed) return { fields: parsed, lines: [`no descriptor: ${parsed.problem}`], ok: false };
  const { descriptor } = parsed;
  const lengths = Object.fromEntries(
    (['input', 'output', 'feature'] as const).flatMap((kind) => {
      const longest = Math.max(
        0,
        ...descriptor.reports.filter((report) => report.kind === kind).map((report) => report.bytes),
      );
      return longest > 0 ? [[`${kind}_report_bytes`, longest]] : [];
    }),
  );
  const layout = layoutOf(descriptor);
  const fields = {
    ...lengths,
    reports: descriptor.reports.map(({ kind, id, bytes }) => ({ kind, id, bytes })),
    ...(layout && { layout }),
  };
  return { fields, lines: descriptorLines(descriptor, layout?.name), ok: true };
}

function descriptorLines(descriptor: HidDescriptor, layout: string | undefined): string[] {
  const usages = descriptor.applications.map((usage) => usage.toString(16).toUpperCase().padStart(8, '0'));
  return [
    `application usage ${usages.join(', ')}`,
    ...descriptor.reports.map(({ kind, id, bytes }) => `${kind} report ${id}: ${bytes} bytes`),
    ...(layout === undefined ? [] : [`HID POS layout: ${layout}`]),
  ];
}
