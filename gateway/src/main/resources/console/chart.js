// Charts that are opened on demand. A chart has bars over time, and a summary in words that says the same to who does not see the bars.

import { html, svg } from "./lit/lit-html.js";
import { number, t, time } from "./i18n.js";

const WIDTH = 720;
const HEIGHT = 120;

/**
 * Makes a chart that reads its data when it is opened.
 * @param read reads the data. Gets a function that tells whether the chart is still open since then
 * @param drawing renders the data that were read so far
 */
export function chart(app, id, title, read, drawing) {
  let run = 0;
  const load = async () => {
    const mine = ++run;
    try {
      await read(() => mine === run);
    } catch (error) {
      app.fail(error);
    }
    app.update();
  };
  return {
    view: () => html`<details class="card-flat" id=${id} @toggle=${(event) => (event.target.open ? load() : run++)}><summary>${t(title)}</summary>${drawing()}</details>`,
    leave: () => { run++; },
  };
}

/**
 * Draws rows as bars over a range of time.
 * @param range from, to and step in milliseconds
 * @param rows each with the time at which its step begins
 * @param parts pairs of a class and a function from a row to a number. The bars of a row's parts stand side by side
 * @param most the number that a bar of full height stands for
 * @param label what the chart shows, in words
 * @param titleOf the words for one row
 */
export function bars(range, rows, parts, most, label, titleOf) {
  const slot = (range.step / (range.to - range.from)) * WIDTH;
  const width = slot / parts.length;
  const gap = width > 8 ? 1.5 : 0;
  const part = (row, left, [kind, valueOf], index) => {
    const value = valueOf(row);
    const height = value > 0 ? Math.min(HEIGHT, Math.max(2, (value / most) * (HEIGHT - 4))) : 0;
    return svg`<rect class=${kind} x=${left + index * width + gap} y=${HEIGHT - height} width=${width - 2 * gap} height=${height}></rect>`;
  };
  const group = (row) => {
    const left = ((row.time - range.from) / (range.to - range.from)) * WIDTH;
    return svg`<g><title>${titleOf(row)}</title><rect class="space" x=${left} y="0" width=${slot} height=${HEIGHT}></rect>
      ${parts.map((each, index) => part(row, left, each, index))}</g>`;
  };
  return html`<svg class="chart" role="img" aria-label=${label} viewBox="0 0 ${WIDTH} ${HEIGHT}" preserveAspectRatio="none">${rows.map(group)}</svg>`;
}

/** Renders the ends of a chart's range of time, in the viewer's zone. */
export const axis = (range) => html`<p class="axis"><span>${time(range.from)}</span><span>${time(range.to)}</span></p>`;

export const sum = (rows, key) => rows.reduce((total, row) => total + row[key], 0);

/** Returns a number with its unit. */
export const amount = (value, unit) => `${number(value)} ${t(unit)}`;

/** Renders what a chart shows when it has no data. */
export const empty = () => html`<p class="hint" role="status">${t("noSamples")}</p>`;

