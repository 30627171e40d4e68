import { init, use } from 'echarts/core';
import { BarChart } from 'echarts/charts';
import { GridComponent, LegendComponent, TitleComponent } from 'echarts/components';
import { SVGRenderer } from 'echarts/renderers';
import type { Results, Row } from './results.js';

use([BarChart, GridComponent, LegendComponent, TitleComponent, SVGRenderer]);

/** Fonts that a system without the first has. */
const textStyle = { fontFamily: 'DejaVu Sans, Verdana, Arial, sans-serif' };
const colours = ['#2f6f9f', '#e0913a', '#5f8f4e', '#8a5a9e'];

/** Bars of how many times faster than real time each contender is, as SVG; undefined without any. */
export function speedChart({ rows, machine }: Results): string | undefined {
  const measured = rows.filter((row) => row.case.startsWith('transcribe') && speedOf(row) > 0);
  const series = [...new Set(measured.map(seriesOf))];
  // From the bottom up, as the axis counts.
  const names = [...new Set(measured.map(({ contender }) => contender))].toReversed();
  if (names.length === 0) return undefined;
  const height = 110 + names.length * (14 + 22 * series.length);
  const chart = init(null, null, { renderer: 'svg', ssr: true, width: 860, height });
  chart.setOption({
    animation: false,
    backgroundColor: '#ffffff',
    color: colours,
    textStyle,
    title: {
      text: 'Speech recognition, times real time (longer is faster)',
      subtext: `${machine.cpu}, ${machine.cores} cores`,
      left: 12,
      top: 8,
      textStyle: { ...textStyle, fontSize: 15 },
      subtextStyle: { ...textStyle, fontSize: 12 },
    },
    legend: { bottom: 6, left: 'center', data: series },
    grid: { left: 180, right: 60, top: 62, bottom: 56 },
    xAxis: { type: 'value' },
    yAxis: { type: 'category', data: names, axisTick: { show: false } },
    series: series.toReversed().map((name) => ({
      name,
      type: 'bar',
      barGap: '10%',
      barMaxWidth: 20,
      itemStyle: { color: colours[series.indexOf(name) % colours.length] },
      label: { show: true, position: 'right', color: '#333333' },
      data: names.map((contender) => valueOf(measured, contender, name)),
    })),
  });
  const svg = chart.renderToSVGString();
  chart.dispose();
  return `${svg}\n`;
}

function seriesOf({ case: of, model }: Row): string {
  return of === 'transcribe' ? model : `${model}, word times`;
}

function valueOf(rows: readonly Row[], contender: string, series: string): number | null {
  const row = rows.find((one) => one.contender === contender && seriesOf(one) === series);
  return row === undefined ? null : Math.round(speedOf(row) * 10) / 10;
}

function speedOf({ figures }: Row): number {
  return figures['rtfx']?.max ?? 0;
}
