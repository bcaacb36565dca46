import { expect, it } from 'vitest';
import { type TerminalInfo, terminalInfoProblems } from '../../protocols/terminal/terminal-info.ts';

const INFO: TerminalInfo = {
  device_type: '04',
  device_id: 'T0000001',
  serial_num: '00000902KS8312000000000001',
  location: '+37.12/-121.213',
};

it.each([
  ['a smart POS that says where it is', {}, false, []],
  ['or its address', { location: '', device_ip: '10.0.0.7' }, false, []],
  ['neither', { location: '' }, false, ['location']],
  ['without its serial number', { serial_num: '' }, false, ['serial_num']],
  ['a MIS terminal needs none', { device_type: '13', serial_num: '', location: '' }, false, []],
  ['a scanned code needs the MAC too', {}, true, ['encrypt_rand_num', 'secret_text']],
  ['a type that does not exist', { device_type: '99' }, false, ['device_type']],
  ['a place in the sky', { location: '+91.0/+10.0' }, false, ['location']],
  ['a name that is too long', { device_id: 'T00000012' }, false, ['device_id']],
] as const)('%s', (_, change, customerPresented, problems) => {
  expect(terminalInfoProblems({ ...INFO, ...change }, customerPresented)).toEqual(problems);
});
