// Copying what is still to come: the browser wants the promise itself, or the press is forgotten.

/** Copy what the promise of `text()` gives; whether the browser let it happen. */
export async function copied(text) {
  try {
    const coming = text();
    if (globalThis.ClipboardItem) {
      const blob = coming.then((whole) => new Blob([whole], { type: "text/plain" }));
      await navigator.clipboard.write([new ClipboardItem({ "text/plain": blob })]);
    } else await navigator.clipboard.writeText(await coming);
    return true;
  } catch {
    return false;
  }
}
