import type { Advice } from '../errors.ts';

/** One thing that is left to do before anybody can sell here. */
export interface SetupStep {
  readonly title: Advice;
  readonly text: Advice;
  /** to be typed by the technician */
  readonly command?: string;
}

const PEOPLE: SetupStep = {
  title: { zh: '登记人员', en: 'Add the people' },
  text: {
    zh: '每人一条命令，打印一次性代码；本人在此页面用代码设置自己的 PIN。至少要有一名收银员和一名店长',
    en: 'One command each prints a one-time code, with which they choose their own PIN here. At least a clerk and a manager',
  },
  command: 'tillwire person add --config till.json --name 小李 --role clerk',
};

/** A till that is set up, and nobody works there yet. */
export const ADD_PEOPLE: readonly SetupStep[] = [PEOPLE];

/** An agent without a configuration. */
export const FIRST_RUN: readonly SetupStep[] = [
  {
    title: { zh: '插好设备并查看', en: 'Plug the devices in and look' },
    text: {
      zh: '扫码枪和小票打印机接好电源与数据线，命令会列出找到的设备和建议的配置',
      en: 'Connect gun and printer; the command lists what it finds and what to write into the configuration',
    },
    command: 'tillwire devices',
  },
  {
    title: { zh: '开通本收银台', en: 'Join the till to its shop' },
    text: {
      zh: '输入后台打印或显示的开通码：核对商户、终端和费率，在本机生成密钥，写好 till.json（没有开通码时见 README 的样例）',
      en: 'With the code from the back office: merchant, terminal and rate are confirmed, the key is made here, till.json is written (without a code: README has an example)',
    },
    command: 'tillwire provision --code <code>',
  },
  {
    title: { zh: '启动收款程序', en: 'Start the agent' },
    text: { zh: '启动后本页面会显示登录界面', en: 'Then this page shows the sign-in screen' },
    command: 'tillwire agent --config till.json',
  },
  PEOPLE,
];
