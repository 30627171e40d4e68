import t from 'tap';
import { spawnSync } from 'node:child_process';
import { existsSync, readFileSync } from 'node:fs';
import { homedir } from 'node:os';
import { join } from 'node:path';
import { fileURLToPath } from 'node:url';
import { parse } from 'yaml';
import { z } from 'zod';
import { startTestServer } from '../helpers/server.js';

const deploy = fileURLToPath(new URL('../../deploy', import.meta.url));
const cwd = join(deploy, 'prometheus');
// Where scripts/bring-promtool.mjs puts it.
const caches = process.env['XDG_CACHE_HOME'] || join(homedir(), '.cache');
const cached = join(caches, 'cpw-native/tools/promtool');
const promtool = existsSync(cached) ? cached : 'promtool';
const missing =
  spawnSync(promtool, ['--version']).status !== 0 &&
  'promtool is not there: node scripts/bring-promtool.mjs brings it';

const rulesSchema = z.object({
  groups: z.tuple([
    z.object({
      name: z.literal('pipeline_alerts'),
      rules: z.array(
        z.object({
          alert: z.string(),
          expr: z.string(),
          for: z.string(),
          labels: z.object({ severity: z.enum(['critical', 'warning']) }),
        }),
      ),
    }),
  ]),
});

function rules(): z.output<typeof rulesSchema>['groups'][0]['rules'] {
  return rulesSchema.parse(parse(readFileSync(join(cwd, 'alerts.yml'), 'utf8'))).groups[0].rules;
}

const dashboardSchema = z.object({
  uid: z.literal('cpw-native'),
  panels: z.array(
    z.object({ title: z.string(), targets: z.array(z.object({ expr: z.string() })).min(1) }),
  ),
});

/** The metrics that an expression asks for. */
function metricsOf(expression: string): readonly string[] {
  return expression.match(/\b(?:pipeline|process|nodejs)_[a-z0-9_]+/gu) ?? [];
}

t.test('when the rules are read, the three that others rely on are as they were promised', (t) => {
  const byName = new Map(rules().map((rule) => [rule.alert, rule]));
  t.match(byName.get('HighStageFailureRate'), {
    expr: 'rate(pipeline_stages_completed_total{status="failed"}[5m]) > 0.1',
    for: '5m',
    labels: { severity: 'critical' },
  });
  t.match(byName.get('SlowStageProcessing'), {
    expr: /> 600$/u,
    for: '10m',
    labels: { severity: 'warning' },
  });
  t.match(byName.get('HighMemoryUsage'), {
    expr: /^process_resident_memory_bytes.* > 8589934592$/u,
    for: '5m',
    labels: { severity: 'warning' },
  });
  t.end();
});

t.test('when a rule or a panel asks for a metric, a server has it', async (t) => {
  const { url } = await startTestServer(t);
  const text = await (await fetch(`${url}/metrics`)).text();
  const known = new Set(
    [...text.matchAll(/^# TYPE (\S+) (\S+)$/gmu)].flatMap(([, name = '', type]) => {
      const parts = ['_sum', '_count', ...(type === 'histogram' ? ['_bucket'] : [])];
      const many = type === 'histogram' || type === 'summary';
      return many ? [name, ...parts.map((part) => name + part)] : [name];
    }),
  );
  // A batch run's own.
  known.add('pipeline_run_end_timestamp_seconds');
  const file = join(deploy, 'grafana/dashboard.json');
  const { panels } = dashboardSchema.parse(JSON.parse(readFileSync(file, 'utf8')));
  const asked = [
    ...rules().map(({ alert, expr }) => [alert, expr] as const),
    ...panels.flatMap(({ title, targets }) => targets.map(({ expr }) => [title, expr] as const)),
  ];
  t.ok(asked.length > 25);
  for (const [title, expr] of asked) {
    const names = metricsOf(expr).filter((name) => name !== 'pipeline_alerts');
    const strange = names.filter((name) => !known.has(name));
    t.strictSame(strange, [], title);
    t.ok(names.length > 0 || expr.startsWith('up{'), title);
  }
});

t.test('when things go wrong, each alert fires, and else it is silent', { skip: missing }, (t) => {
  const told = (...args: readonly string[]): string => {
    const { status, stdout, stderr } = spawnSync(promtool, args, { cwd, encoding: 'utf8' });
    t.equal(status, 0, `${stdout}${stderr}`);
    return stdout;
  };
  t.match(told('check', 'rules', 'alerts.yml'), 'SUCCESS');
  t.match(told('test', 'rules', 'alerts_test.yml'), 'SUCCESS');
  t.match(told('check', 'config', '--syntax-only', 'prometheus.yml'), 'SUCCESS');
  const tests = readFileSync(join(cwd, 'alerts_test.yml'), 'utf8');
  for (const { alert } of rules()) {
    const cases = tests.split(`alertname: ${alert}\n`).length + tests.split(`: ${alert},`).length;
    t.ok(cases >= 4, `${alert} is tried firing and silent`);
  }
  t.end();
});
