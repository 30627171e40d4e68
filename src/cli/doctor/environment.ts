import type { DoctorReport } from './report-schema.js';

const proxyNames = ['HTTP_PROXY', 'HTTPS_PROXY', 'ALL_PROXY', 'NO_PROXY'];
const others = ['XDG_CACHE_HOME', 'XDG_CONFIG_HOME', 'CUDA_VISIBLE_DEVICES', 'LD_LIBRARY_PATH'];

type Environment = Readonly<Record<string, string | undefined>>;

/** The variables that change what is done. Values may be secret: only proxies' hosts are shown. */
export function reportEnvironment(environment: Environment): DoctorReport['environment'] {
  const set = Object.entries(environment).filter(([, value]) => value !== '');
  const proxies = set
    .filter(([name]) => proxyNames.includes(name.toUpperCase()))
    .map(([name, value = '']) => ({
      name,
      value: name.toUpperCase() === 'NO_PROXY' ? value : withoutCredentials(value),
    }));
  const variables = set
    .map(([name]) => name)
    .filter((name) => name.startsWith('CPW_') || others.includes(name))
    .sort();
  return { proxies, variables };
}

/** Scheme and host of a proxy: `user:word@host:1` is one without a scheme. */
export function withoutCredentials(proxy: string): string {
  try {
    const { protocol, host } = new URL(proxy.includes('://') ? proxy : `http://${proxy}`);
    return host === '' ? '(no host)' : `${protocol}//${host}`;
  } catch {
    return '(not a URL)';
  }
}
