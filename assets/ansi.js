// Terminal codes in a line of text, as styled pieces. Never HTML: what a task prints is shown, not run.

// One match is one escape sequence (CSI, OSC up to its end, or a short one) or one control character.
// Tab (\x09) and line feed (\x0a) are text. What turns the direction of writing would let a line lie about itself.
const CODE = /\x1b(?:\[([0-?]*)[ -/]*([@-~])|\][^\x07\x1b]*(?:\x07|\x1b\\)?|[ -~])?|[\x00-\x08\x0b-\x1a\x1c-\x1f\x7f-\x9f\u202a-\u202e\u2066-\u2069]/g;
const MOST_PIECES = 200; // of one line; what follows is plain

const ATTRIBUTES = { 1: "bold", 2: "dim", 3: "italic", 4: "underline", 7: "inverse", 9: "strike" };
const RESETS = { 22: ["bold", "dim"], 23: ["italic"], 24: ["underline"], 27: ["inverse"], 29: ["strike"] };

/**
 * The pieces of a line: `{text, className, style}`, the last two only where a code asked for them.
 * Colours 0-15 are classes (`ansi-fg1`), so that each colour mode gives them readable shades.
 */
export function pieces(line) {
  const shown = line.includes("\r") ? lastWrite(line) : line;
  if (!CODE_START.test(shown)) return [{ text: shown }];
  const out = [];
  const pen = { attributes: new Set(), fg: null, bg: null };
  let at = 0;
  for (const code of shown.matchAll(CODE)) {
    push(out, shown.slice(at, code.index), pen);
    at = code.index + code[0].length;
    if (out.length >= MOST_PIECES) {
      out.push({ text: shown.slice(at).replace(CODE, "") });
      return out;
    }
    if (code[2] === "m") turn(pen, (code[1] || "0").split(/[;:]/).map(Number));
  }
  push(out, shown.slice(at), pen);
  return out;
}

const CODE_START = /[\x00-\x08\x0b-\x1f\x7f-\x9f\u202a-\u202e\u2066-\u2069]/;

/** What a terminal would still show of a line that went back to its start, as progress bars do. */
function lastWrite(line) {
  return line.split("\n").map((part) => {
    const text = part.replace(/\r+$/, "");
    return text.slice(text.lastIndexOf("\r") + 1);
  }).join("\n");
}

function push(out, text, pen) {
  if (!text) return;
  const names = [...pen.attributes];
  const style = {};
  if (typeof pen.fg === "number") names.push(`fg${pen.fg}`);
  else if (pen.fg) style.color = `color-mix(in srgb, ${pen.fg} 40%, var(--ink))`; // readable in both modes
  if (typeof pen.bg === "number") names.push(`bg${pen.bg}`);
  else if (pen.bg) style.backgroundColor = `color-mix(in srgb, ${pen.bg} 20%, transparent)`;
  const piece = { text };
  if (names.length) piece.className = names.map((name) => `ansi-${name}`).join(" ");
  if (style.color || style.backgroundColor) piece.style = style;
  out.push(piece);
}

/** Apply one "select graphic rendition" sequence (ECMA-48, 8.3.117) to the pen. */
function turn(pen, codes) {
  for (let i = 0; i < codes.length; i++) {
    const code = codes[i];
    if (!code) {
      pen.attributes.clear();
      pen.fg = pen.bg = null;
    } else if (ATTRIBUTES[code]) pen.attributes.add(ATTRIBUTES[code]);
    else if (RESETS[code]) RESETS[code].forEach((name) => pen.attributes.delete(name));
    else if (code === 39) pen.fg = null;
    else if (code === 49) pen.bg = null;
    else if (code === 38 || code === 48) i += extended(pen, code === 38 ? "fg" : "bg", codes, i);
    else if (code >= 30 && code < 38) pen.fg = code - 30;
    else if (code >= 40 && code < 48) pen.bg = code - 40;
    else if (code >= 90 && code < 98) pen.fg = code - 82;
    else if (code >= 100 && code < 108) pen.bg = code - 92;
  }
}

/** `38;5;n` (256 colours) or `38;2;r;g;b`; the answer is how many further codes it took. */
function extended(pen, side, codes, i) {
  if (codes[i + 1] === 5) {
    pen[side] = color256(codes[i + 2] & 255);
    return 2;
  }
  if (codes[i + 1] !== 2) return 0;
  pen[side] = rgb(...[2, 3, 4].map((offset) => (codes[i + offset] || 0) & 255));
  return 4;
}

/** xterm's palette: 16 named colours, a cube of 6 x 6 x 6, 24 greys. */
function color256(n) {
  if (n < 16) return n;
  if (n >= 232) return rgb(...Array(3).fill(8 + (n - 232) * 10));
  const level = (divisor) => {
    const step = Math.floor((n - 16) / divisor) % 6;
    return step ? 55 + step * 40 : 0;
  };
  return rgb(level(36), level(6), level(1));
}

const rgb = (r, g, b) => `rgb(${r},${g},${b})`;
