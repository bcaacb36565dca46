import { cpSync, mkdirSync, mkdtempSync, readFileSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { systemClock } from '../../../agent/clock.ts';
import { CHECKS, type Examined, examine } from '../../../agent/doctor/examination.ts';
import { openSite } from '../../../agent/doctor/open-site.ts';
import type { Roots, SiteParts } from '../../../agent/doctor/site.ts';
import { Shop, type ShopOptions } from '../../../simulator/shop.ts';
import { tillFolder } from '../../e2e/agent-process.ts';
import { MachineTree } from '../machine-tree.ts';

const TILL = { tenant: 'demo', store: 'store-1', agent: 'till-1' } as const;
const CERTIFICATES = new URL('../backend/tls/', import.meta.url);

/** A till with its gun, its printer and its backend, on a machine of its own, where everything is well. Until it is not. */
export class ExaminedTill {
  readonly shop: Shop;
  readonly tree = new MachineTree();
  readonly roots: Roots;
  readonly folder: string;
  readonly configFile: string;
  readonly #machine = mkdtempSync(join(tmpdir(), 'tillwire-machine-'));
  readonly #remove: () => void;

  static async open(options: Partial<ShopOptions> = {}): Promise<ExaminedTill> {
    return new ExaminedTill(await Shop.open({ till: TILL, clock: systemClock, paper: 58, ...options }));
  }

  private constructor(shop: Shop) {
    this.shop = shop;
    const { folder, configFile, remove } = tillFolder(shop);
    this.folder = folder;
    this.configFile = configFile;
    this.#remove = remove;
    const at = (name: string) => join(this.#machine, name);
    this.roots = { dev: this.tree.dev, sys: this.tree.sys, proc: '/proc', etc: at('etc'), lib: at('lib') };
    mkdirSync(join(this.roots.etc, 'udev', 'rules.d'), { recursive: true });
    writeFileSync(join(this.roots.etc, 'group'), 'root:x:0:\ndialout:x:20:\nplugdev:x:46:\ninput:x:104:\nlp:x:7:\n');
  }

  get dataDir(): string {
    return join(this.folder, 'data');
  }

  /** Changes the configuration; sections are merged. */
  configure(change: Record<string, unknown>): void {
    const config = JSON.parse(readFileSync(this.configFile, 'utf8')) as Record<string, unknown>;
    for (const [name, value] of Object.entries(change))
      config[name] = isSection(value) && isSection(config[name]) ? { ...config[name], ...value } : value;
    writeFileSync(this.configFile, JSON.stringify(config));
  }

  udevRule(text: string): void {
    writeFileSync(join(this.roots.etc, 'udev', 'rules.d', '60-tillwire.rules'), text);
  }

  /** A file in the till's folder. */
  file(name: string, text = ''): string {
    const path = join(this.folder, name);
    writeFileSync(path, text, { mode: 0o600 });
    return path;
  }

  /** the certificate of the tests' TLS broker */
  certificate(): string {
    const path = join(this.folder, 'localhost.crt');
    cpSync(new URL('localhost.crt', CERTIFICATES), path);
    return path;
  }

  /** All checks, or the one that is named. */
  async examined(change: Partial<SiteParts> = {}, code?: string): Promise<Map<string, Examined>> {
    const { scanWithinMs = 0 } = change;
    const account = { uid: 1000, gids: [20, 46, 104, 7] };
    const site = await openSite(this.configFile, scanWithinMs, { roots: this.roots, account, ...change });
    const wanted = CHECKS.filter((one) => code === undefined || one.code === code);
    return new Map((await examine(site, undefined, wanted)).map((one) => [one.code, one]));
  }

  async close(): Promise<void> {
    await this.shop.close();
    this.tree.remove();
    this.#remove();
    rmSync(this.#machine, { recursive: true, force: true });
  }
}

function isSection(value: unknown): value is Record<string, unknown> {
  return typeof value === 'object' && value !== null && !Array.isArray(value);
}
