import type { Registration } from '../../protocols/backend/enrolment.ts';
import type { AgentInfo } from '../../protocols/backend/presence.ts';
import { DEVICE_TYPES, type TerminalInfo, terminalInfoProblems } from '../../protocols/terminal/terminal-info.ts';

// The registration as the technician sees it and as payments name it. It is the acquirer's: the till mirrors it.

/** As it is kept and shown: names and accounts masked, should the backend have sent them whole. */
export function masked(registration: Registration): Registration {
  const { legalName, settlementAccount } = registration;
  return {
    ...registration,
    ...(legalName === undefined ? {} : { legalName: maskedName(legalName) }),
    ...(settlementAccount === undefined ? {} : { settlementAccount: maskedAccount(settlementAccount) }),
  };
}

/** The first character of a name stays. */
export function maskedName(name: string): string {
  const [first = '', ...rest] = name;
  return first + '*'.repeat(rest.length);
}

/** PCI: at most first six and last four. */
export function maskedAccount(account: string): string {
  if (account.length <= 10) return '*'.repeat(account.length);
  return account.slice(0, 6) + '*'.repeat(account.length - 10) + account.slice(-4);
}

/** A registration of which parts may be missing. */
type Declared = { readonly [K in keyof Registration]?: Registration[K] | undefined };

/** terminal_info without what belongs to one payment. `version`: of this agent; it changes with every release. */
export function terminalInfoOf(registration: Declared, version: string): NonNullable<AgentInfo['terminal']> {
  const { deviceType, deviceId, serialNum, networkLicense, location, countryNo, areaNo } = registration;
  const info = {
    device_type: deviceType,
    device_id: deviceId,
    serial_num: serialNum,
    network_license: networkLicense,
    location,
    country_no: countryNo,
    area_no: areaNo,
    app_version: version.slice(0, 8).padEnd(8),
  };
  return Object.fromEntries(Object.entries(info).filter(([, value]) => value !== undefined));
}

/** What the acquirers would refuse, by their names of the fields. */
export function registrationProblems(registration: Registration, version: string): readonly string[] {
  return terminalInfoProblems(terminalInfoOf(registration, version) as TerminalInfo, false);
}

/** What the technician and the merchant are shown. */
export function registrationLines(registration: Registration): string[] {
  const { acquirer, model, deviceType, deviceId, serialNum, place, location, legalName, settlementAccount } =
    registration;
  const type = DEVICE_TYPES[deviceType];
  const rows: readonly (readonly [string, string | undefined])[] = [
    ['收单机构 acquirer', acquirer],
    ['终端 terminal', `${deviceId}  ${model}  ${deviceType} ${type ? `${type.zh} / ${type.en}` : ''}`.trim()],
    ['序列号 serial', serialNum],
    ['布放地点 place', [place, location].filter(Boolean).join('  ') || undefined],
    ['负责人 legal person', legalName],
    ['结算账户 account', settlementAccount],
    ['费率 rate', `${registration.ratePercent}%`],
    ['结算周期 settlement', `T+${registration.settlementDays}`],
  ];
  return rows.flatMap(([name, value]) => (value === undefined ? [] : [`${name}: ${value}`]));
}
