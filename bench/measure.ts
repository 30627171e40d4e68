import { cpus, loadavg, totalmem, type } from 'node:os';
import type { Arguments } from './arguments.js';
import { cases, type Case, type Entry } from './cases.js';
import { cores } from './environment.js';
import { runProcess } from './process.js';
import { caseText } from './report.js';
import {
  rooflineSchema,
  summarise,
  type Figures,
  type Results,
  type Roofline,
  type Row,
} from './results.js';
import { nativeProgram } from './tools.js';

/** Measures what was asked for; tables appear as cases end. */
export async function measure(args: Arguments): Promise<Results> {
  const { short, models } = args;
  const loadBefore = load();
  const before = await roofline();
  const rows: Row[] = [];
  for (const one of chosenCases(args)) {
    process.stdout.write(`\n== ${one.name}: ${one.about}\n`);
    const all = await one.entries({ models, short });
    const entries = all.filter(({ contender }) => args.contenders?.includes(contender) ?? true);
    const found = await runCase(one, entries, Math.min(args.trials, one.mostTrials ?? Infinity));
    process.stdout.write(caseText(found));
    rows.push(...found);
  }
  const after = await roofline();
  return {
    version: 1,
    at: new Date().toISOString(),
    short,
    machine: { ...machine(), loadBefore, loadAfter: load() },
    roofline: { ...before, one: higher(before.one, after.one), all: higher(before.all, after.all) },
    rows,
  };
}

function chosenCases({ cases: named, short }: Arguments): readonly Case[] {
  if (named !== undefined) return cases.filter(({ name }) => named.includes(name));
  return cases.filter((one) => !short || one.short === true);
}

/** Trials in turns, A B A B: what slows the machine for a while slows all of them. */
async function runCase(
  one: Case,
  entries: readonly Entry[],
  trials: number,
): Promise<readonly Row[]> {
  const states = await Promise.all(
    entries.map(async (entry) => ({ entry, done: noFigures(), skipped: await entry.unable() })),
  );
  const failed = new Map<Entry, string>();
  for (let trial = 1; trial <= trials; trial += 1) {
    for (const { entry, done, skipped } of states) {
      if (skipped !== undefined || failed.has(entry)) continue;
      const name = [entry.contender, entry.model].filter(Boolean).join(' ');
      process.stderr.write(`${one.name}: ${name}, trial ${trial} of ${trials}\n`);
      try {
        done.push(await entry.trial());
      } catch (error) {
        failed.set(entry, error instanceof Error ? error.message : String(error));
      }
    }
  }
  return states.map(({ entry, done, skipped }) => {
    const failure = failed.get(entry);
    return {
      case: one.name,
      contender: entry.contender,
      model: entry.model,
      trials: done.length,
      figures: summarise(done),
      ...(skipped === undefined ? {} : { skipped }),
      ...(failure === undefined ? {} : { failed: failure }),
    };
  });
}

const noFigures = (): Figures[] => [];

/** What the machine can do; measured before and after, since others may be at work. */
async function roofline(): Promise<Roofline> {
  const { stdout } = await runProcess([await nativeProgram('roofline'), String(cores)]);
  return rooflineSchema.parse(JSON.parse(stdout));
}

function higher(a: Roofline['one'], b: Roofline['one']): Roofline['one'] {
  return {
    gflopsF32: Math.max(a.gflopsF32, b.gflopsF32),
    gopsInt8: Math.max(a.gopsInt8, b.gopsInt8),
    copyGbS: Math.max(a.copyGbS, b.copyGbS),
  };
}

function machine(): Omit<Results['machine'], 'loadBefore' | 'loadAfter'> {
  return {
    cpu: cpus()[0]?.model.trim() ?? 'unknown',
    cores,
    memoryGb: Math.round(totalmem() / 2 ** 30),
    system: `${type()} ${process.arch}`,
    node: process.versions.node,
  };
}

function load(): number {
  return Math.round((loadavg()[0] ?? 0) * 100) / 100;
}
