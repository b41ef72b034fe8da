// Copying, also what is still to come: the browser wants the promise itself, or the press is forgotten.

/** Copy what `text()` gives, or its promise; whether the browser let it happen. */
export async function copied(text) {
  try {
    const coming = Promise.resolve(text());
    if (!navigator.clipboard) return copiedTheOldWay(await coming);
    if (globalThis.ClipboardItem) {
      const blob = coming.then((whole) => new Blob([whole], { type: "text/plain" }));
      await navigator.clipboard.write([new ClipboardItem({ "text/plain": blob })]);
    } else await navigator.clipboard.writeText(await coming);
    return true;
  } catch {
    return false;
  }
}

// On a plain http address the browser offers only this.
function copiedTheOldWay(text) {
  const focused = document.activeElement;
  const box = Object.assign(document.createElement("textarea"), { value: text });
  document.body.append(box);
  box.select();
  const done = document.execCommand("copy");
  box.remove();
  focused?.focus({ preventScroll: true });
  return done;
}
