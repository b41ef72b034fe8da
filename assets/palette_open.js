// Who wants the command palette to open says it here; the palette is mounted once, in the frame.

const palettes = new Set();

/** Open the palette. */
export const openPalette = () => palettes.forEach((open) => open());

/** Let this open the palette; returns the way to stop. */
export function onPalette(open) {
  palettes.add(open);
  return () => palettes.delete(open);
}
