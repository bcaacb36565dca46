// terminal_info: what a payment request says of the terminal it was made on (payment.md; Alipay, Huifu, Allinpay, CMB). The
// acquirers' names are kept. `secret_text` is made by the certified terminal, whose key never leaves it.

export interface DeviceType {
  readonly zh: string;
  readonly en: string;
  readonly serialRequired: boolean;
}

export const DEVICE_TYPES: Readonly<Record<string, DeviceType>> = {
  '01': {
    zh: '自动柜员机(含ATM和CDM)和多媒体自助终端',
    en: 'ATM/CDM and multimedia self-service terminal',
    serialRequired: false,
  },
  '02': { zh: '传统POS', en: 'traditional POS', serialRequired: true },
  '03': { zh: 'mPOS', en: 'mPOS', serialRequired: true },
  '04': { zh: '智能POS', en: 'smart POS', serialRequired: true },
  '05': { zh: 'II型固定电话', en: 'type II fixed phone', serialRequired: true },
  '06': { zh: '云闪付终端', en: 'QuickPass terminal', serialRequired: true },
  '07': { zh: '保留使用', en: 'reserved', serialRequired: false },
  '08': { zh: '手机POS', en: 'phone POS', serialRequired: true },
  '09': { zh: '刷脸付终端', en: 'face-pay terminal', serialRequired: true },
  '10': { zh: '条码支付受理终端', en: 'bar-code payment acceptance terminal', serialRequired: true },
  '11': {
    zh: '条码支付辅助受理终端',
    en: 'bar-code payment auxiliary acceptance terminal (e.g. printed stand code)',
    serialRequired: false,
  },
  '12': { zh: '行业终端(公交、地铁用于指定行业的终端)', en: 'industry terminal (bus, metro)', serialRequired: false },
  '13': { zh: 'MIS终端', en: 'MIS terminal (integrated with a cash-register system)', serialRequired: false },
};

/** Types that must say where they are, by place or by address. */
const LOCATED = ['04', '09', '10'];

interface InfoField {
  /** characters at most */
  readonly max: number;
  /** as the acquirers' tables word it; absent: never */
  readonly required?: boolean | string;
}

export const TERMINAL_INFO_FIELDS = {
  device_type: { max: 2, required: true },
  device_id: { max: 8, required: true },
  serial_num: { max: 50, required: 'device_type in 02,03,04,05,06,08,09,10' },
  network_license: { max: 5, required: false },
  encrypt_rand_num: { max: 10, required: 'only in customer-presented requests' },
  secret_text: { max: 16, required: 'only in customer-presented requests' },
  app_version: { max: 8, required: false },
  location: { max: 32, required: 'device_type 04,09,10 (or device_ip)' },
  device_ip: { max: 40, required: 'if location is missing (04,09,10)' },
  mobile_country_cd: { max: 3 },
  mobile_net_num: { max: 2 },
  icc_id: { max: 20 },
  country_no: { max: 2 },
  area_no: { max: 6 },
} as const satisfies Record<string, InfoField>;

export type TerminalInfoField = keyof typeof TERMINAL_INFO_FIELDS;
export const TERMINAL_INFO_NAMES = Object.keys(TERMINAL_INFO_FIELDS) as [TerminalInfoField, ...TerminalInfoField[]];
export type TerminalInfo = Readonly<Partial<Record<TerminalInfoField, string>>>;

export const LOCATION_PATTERN = '^[+-]\\d{1,2}\\.\\d{1,6}/[+-]\\d{1,3}\\.\\d{1,5}$';

export interface Location {
  /** degrees */
  readonly latitude: number;
  readonly longitude: number;
}

/** `+37.12/-121.213`: latitude first, both signs written; `undefined` for anything else or anywhere off this globe. */
export function parseLocation(text: string): Location | undefined {
  if (!new RegExp(LOCATION_PATTERN).test(text)) return undefined;
  const [latitude = 0, longitude = 0] = text.split('/').map(Number);
  return Math.abs(latitude) <= 90 && Math.abs(longitude) <= 180 ? { latitude, longitude } : undefined;
}

/** The fields that are missing, too long or wrong, in the order of the table. */
export function terminalInfoProblems(info: TerminalInfo, customerPresented: boolean): readonly TerminalInfoField[] {
  return (Object.keys(TERMINAL_INFO_FIELDS) as TerminalInfoField[]).filter((field) => {
    const value = info[field];
    if (value === undefined || value === '') return isRequired(field, info, customerPresented);
    return value.length > TERMINAL_INFO_FIELDS[field].max || !isGood(field, value);
  });
}

function isRequired(field: TerminalInfoField, info: TerminalInfo, customerPresented: boolean): boolean {
  const type = info.device_type ?? '';
  switch (field) {
    case 'device_type':
    case 'device_id':
      return true;
    case 'serial_num':
      return DEVICE_TYPES[type]?.serialRequired === true;
    case 'encrypt_rand_num':
    case 'secret_text':
      return customerPresented && DEVICE_TYPES[type]?.serialRequired === true;
    case 'location':
      return LOCATED.includes(type) && !info.device_ip;
    default:
      return false;
  }
}

function isGood(field: TerminalInfoField, value: string): boolean {
  if (field === 'device_type') return Object.hasOwn(DEVICE_TYPES, value);
  return field !== 'location' || parseLocation(value) !== undefined;
}

/** Marks of a terminal's life, four characters each. */
export const LIFECYCLE = {
  UpSn: 'serial number written at the factory',
  Aply: 'serial number reported',
  Work: 'serial-number key downloaded',
  Over: 'destroyed',
} as const;
