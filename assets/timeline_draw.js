// Paints a timeline on its two canvases. A status is told by shape too: what failed is high and has a mark, what
// is open is striped, what is to come is hollow.
import { extent, totalOf } from "./timeline_cells.js";
import { marks } from "./timeline_time.js";

export const LOAD_PX = 56;
export const AXIS_PX = 22;
const NAMES = ["ink", "ink-2", "ink-3", "line", "line-strong", "ok", "bad", "run", "accent", "warn", "surface", "wait"];

/** The colours of the page's mode. */
export function coloursOf(element) {
  const style = getComputedStyle(element);
  return { ...Object.fromEntries(NAMES.map((name) => [name, style.getPropertyValue(`--${name}`).trim()])), font: style.fontFamily };
}

/** A canvas of this size, empty, measured in px of the page; null where there is none yet. */
export function cleared(canvas, width, height) {
  const ratio = window.devicePixelRatio || 1;
  const [wide, high] = [Math.round(width * ratio), Math.round(height * ratio)];
  if (canvas.width !== wide || canvas.height !== high) Object.assign(canvas, { width: wide, height: high });
  const pen = canvas.getContext("2d");
  pen.setTransform(ratio, 0, 0, ratio, 0, 0);
  pen.clearRect(0, 0, width, height);
  return pen;
}

function lines(pen, scale, colours, top, bottom) {
  for (const { at, strong } of scale.marks) {
    pen.fillStyle = strong ? colours["line-strong"] : colours.line;
    pen.fillRect(Math.round(scale.x(at)), top, 1, bottom - top);
  }
}

function present(pen, scale, colours, top, bottom) {
  const x = Math.round(scale.x(scale.now));
  if (x < scale.left || x > scale.width) return;
  pen.fillStyle = colours.accent;
  pen.fillRect(x - 1, top, 2, bottom - top);
}

/** Where instants are on the screen: `left` px are kept for names. */
export function scaleOf(view, left, width, now) {
  const perSecond = Math.max(1, width - left) / view.span;
  return { ...view, left, width, now, perSecond, marks: marks(view, width - left), x: (at) => left + (at - view.from) * perSecond, at: (x) => view.from + (x - left) / perSecond };
}

/** The load by bucket, and the axis below it. */
export function drawLoad(pen, { load, start, bucket }, scale, colours, picked) {
  const { left, width } = scale;
  const bottom = LOAD_PX;
  pen.save();
  pen.beginPath();
  pen.rect(left, 0, width - left, LOAD_PX + AXIS_PX);
  pen.clip();
  lines(pen, scale, colours, 0, LOAD_PX);
  const seen = [];
  for (let place = Math.max(0, Math.floor((scale.from - start) / bucket)); place < load.length && start + place * bucket < scale.from + scale.span; place += 1) seen.push(place);
  const most = Math.max(1, ...seen.map((place) => totalOf(load[place])));
  const tall = (n) => (n ? Math.max(2, (n / most) * (LOAD_PX - 16)) : 0);
  let top = null;
  for (const place of seen) {
    const sum = load[place];
    if (!totalOf(sum)) continue;
    const x = scale.x(start + place * bucket);
    const wide = Math.max(1, bucket * scale.perSecond - 1);
    const [bad, good, due] = [tall(sum.failed), tall(sum.ran - sum.failed), tall(sum.due)];
    pen.fillStyle = colours.bad;
    pen.fillRect(x, bottom - bad, wide, bad);
    pen.fillStyle = colours["ink-3"];
    pen.fillRect(x, bottom - bad - good, wide, good);
    if (due) {
      pen.fillStyle = colours.accent;
      pen.globalAlpha = 0.35;
      pen.fillRect(x, bottom - bad - good - due, wide, due);
      pen.globalAlpha = 1;
    }
    if (sum.busy) {
      pen.fillStyle = colours.warn;
      pen.fillRect(x, bottom - bad - good - due - 4, wide, 3);
    }
    if (place === picked) {
      pen.strokeStyle = colours.accent;
      pen.lineWidth = 2;
      pen.strokeRect(x - 1, 1, wide + 2, LOAD_PX - 2);
    }
    if (!top || totalOf(sum) > totalOf(load[top.place])) top = { place, x: x + wide / 2 };
  }
  present(pen, scale, colours, 0, LOAD_PX);
  pen.fillStyle = colours["line-strong"];
  pen.fillRect(left, LOAD_PX - 1, width - left, 1);
  label(pen, top && { ...top, text: totalOf(load[top.place]).toLocaleString("en") }, scale, colours);
  axis(pen, scale, colours);
  pen.restore();
}

function label(pen, top, { left, width }, colours) {
  if (!top) return;
  pen.font = `600 11px ${colours.font}`;
  pen.textAlign = "center";
  pen.textBaseline = "top";
  pen.fillStyle = colours.ink;
  pen.fillText(top.text, Math.max(left + 12, Math.min(width - 12, top.x)), 0);
}

function axis(pen, scale, colours) {
  pen.textAlign = "left";
  pen.textBaseline = "middle";
  for (const { at, text, strong } of scale.marks) {
    pen.font = `${strong ? 600 : 400} 11.5px ${colours.font}`;
    pen.fillStyle = strong ? colours.ink : colours["ink-3"];
    const x = scale.x(at) + 4;
    if (x + pen.measureText(text).width <= scale.width) pen.fillText(text, x, LOAD_PX + AXIS_PX / 2 + 1);
  }
}

/** The numbers of the lanes that a window of `height` px shows. */
function rowsIn(lanes, scrolled, height, lanePx) {
  const first = Math.floor(scrolled / lanePx);
  const end = Math.min(lanes.length, Math.ceil((scrolled + height) / lanePx));
  return Array.from({ length: Math.max(0, end - first) }, (_, i) => first + i);
}

/** The lanes that a window of `height` px shows, from `scrolled` px on; `head` px of each are for its name. */
export function drawLanes(pen, lanes, scale, colours, { scrolled, height, lanePx, head, focus }) {
  const { left, width } = scale;
  pen.save();
  pen.beginPath();
  pen.rect(left, 0, width - left, height);
  pen.clip();
  // Where names stand above their runs, nothing crosses them.
  const stretches = head ? rowsIn(lanes, scrolled, height, lanePx).map((row) => [row * lanePx - scrolled + head, (row + 1) * lanePx - scrolled]) : [[0, height]];
  for (const [top, bottom] of stretches) lines(pen, scale, colours, top, bottom);
  for (const row of rowsIn(lanes, scrolled, height, lanePx)) {
    const y = row * lanePx - scrolled;
    pen.fillStyle = colours.line;
    pen.fillRect(left, y + lanePx - 1, width - left, 1);
    const box = { top: y + head + 3, tall: lanePx - head - 7 };
    for (const cell of lanes[row].cells) {
      const [from, to] = extent(cell, scale.from, scale.perSecond);
      if (to < 0 || from > width - left) continue;
      const x = Math.max(-4, from);
      paint(pen, cell, left + x, Math.min(to, width - left + 4) - x, box, colours);
      if (cell === focus) ring(pen, left + x, to - x, box, colours);
    }
  }
  for (const [top, bottom] of stretches) present(pen, scale, colours, top, bottom);
  pen.restore();
}

function paint(pen, cell, x, wide, { top, tall }, colours) {
  const low = top + tall * 0.28;
  const high = tall * 0.72;
  if (cell.coming) {
    pen.strokeStyle = colours.accent;
    pen.lineWidth = 1.5;
    pen.strokeRect(x + 0.75, low + 0.75, Math.max(2, wide - 1.5), high - 1.5);
  } else if (cell.failed) {
    const good = cell.n - cell.failed;
    pen.fillStyle = colours.ok;
    if (good) pen.fillRect(x, low, wide, high);
    pen.fillStyle = colours.bad;
    const bad = good ? Math.max(4, high * Math.min(0.75, cell.failed / cell.n)) : high;
    pen.fillRect(x, low + high - bad, wide, bad);
    flag(pen, x + wide / 2, top, low - 1);
  } else if (cell.open) {
    pen.fillStyle = colours.run;
    for (let at = 0; at < wide; at += 5) pen.fillRect(x + at, low, Math.min(3, wide - at), high);
  } else {
    pen.fillStyle = colours.ok;
    pen.fillRect(x, low, wide, high);
  }
  if (cell.n > 1) number(pen, cell, x, wide, low + high / 2, colours);
}

/** The mark of what failed: a point above it. */
function flag(pen, x, top, bottom) {
  pen.beginPath();
  pen.moveTo(x - 4, top);
  pen.lineTo(x + 4, top);
  pen.lineTo(x, bottom);
  pen.fill();
}

function number(pen, cell, x, wide, y, colours) {
  const text = cell.n > 9999 ? `${Math.floor(cell.n / 1000)}k` : String(cell.n);
  if (wide < 8 + 7 * text.length) return;
  pen.font = `600 11px ${colours.font}`;
  pen.textAlign = "center";
  pen.textBaseline = "middle";
  pen.fillStyle = cell.coming ? colours.accent : colours.surface;
  pen.fillText(text, x + wide / 2, y + 0.5);
}

function ring(pen, x, wide, { top, tall }, colours) {
  pen.strokeStyle = colours.ink;
  pen.lineWidth = 2;
  pen.strokeRect(x - 2, top - 2, wide + 4, tall + 4);
}
