import { dirname, join } from 'node:path';
import type { TillAddress } from '../protocols/backend/topics.ts';
import type { Config } from './config.ts';

// Training: the same till, the same devices, nothing real. Its topics are others (training/v1/...), its data folder is its
// own, every paper says so, and no command that was signed for the shop is believed.

/** Where this till is in the contract's topics. */
export function addressOf({ address, training }: Pick<Config, 'address' | 'training'>): TillAddress {
  return training ? { ...address, training: true } : address;
}

/** Practice must not stand in the journal of the shop. */
export function inTraining(config: Config): Config {
  return config.training ? config : { ...config, training: true, dataDir: join(config.dataDir, 'training') };
}

/** Those who practise are those who sell. */
export function peopleFolder({ dataDir, training }: Pick<Config, 'dataDir' | 'training'>): string {
  return training ? dirname(dataDir) : dataDir;
}
