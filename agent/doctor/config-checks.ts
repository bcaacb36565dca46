import { stat } from 'node:fs/promises';
import { ERRORS } from '../errors.ts';
import { type Check, check, fail, NO_CONFIGURATION, NOT_LINUX, warn, well } from './check.ts';

export const configSchema: Check = check({
  code: 'CONFIG_SCHEMA',
  title: { zh: '配置文件', en: 'configuration' },
  probe: ({ parts: { configFile, config, configProblem } }) => ({ configFile, config, configProblem }),
  judge: ({ configFile, config, configProblem }) => {
    if (config) return well(`${configFile} 可以使用`, `${configFile} can be used`);
    if (!configProblem)
      return fail(
        { zh: '没有配置文件：本机还不能收款', en: 'there is no configuration: this till cannot take payments yet' },
        {
          zh: '运行 tillwire provision，或用 --config 指定配置文件',
          en: 'run tillwire provision, or name the file with --config',
        },
      );
    const { cause, remedy } = ERRORS[configProblem.code];
    return fail({ zh: `${cause.zh}：${configProblem.message}`, en: `${cause.en}: ${configProblem.message}` }, remedy);
  },
});

/** group and others: read, write, execute */
const OTHERS = 0o077;

export const configSecrets: Check = check({
  code: 'CONFIG_SECRETS',
  title: { zh: '密码和私钥的权限', en: 'who can read passwords and keys' },
  probe: async ({ parts: { config, configFile, account } }) => {
    if (!config || configFile === undefined) return NO_CONFIGURATION;
    if (!account) return NOT_LINUX;
    const { password, keyFile } = config.broker;
    const files = [...(password === undefined ? [] : [configFile]), ...(keyFile === undefined ? [] : [keyFile])];
    const modes = await Promise.all(
      files.map(async (file) => ({ file, mode: (await stat(file).catch(() => undefined))?.mode ?? 0 })),
    );
    return modes.filter(({ mode }) => (mode & OTHERS) !== 0).map(({ file }) => file);
  },
  judge: (open) => {
    if (open.length === 0) return well('只有本用户可读', 'only their owner can');
    return warn(
      { zh: `其他用户能读 ${open.join('、')}`, en: `other users can read ${open.join(', ')}` },
      { zh: `运行 chmod 600 ${open.join(' ')}`, en: `run chmod 600 ${open.join(' ')}` },
    );
  },
});
