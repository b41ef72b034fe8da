// Mouse and fingers on a canvas of time: drag moves, two fingers or the wheel with ctrl zoom, a press is a press.
import { useEffect, useRef } from "react";

const DRAWN_PX = 4; // less is a press
const TOUCH_PX = 10;

/** The handlers of the canvas; `moves` are `pan(px)`, `zoom(factor, x)`; `tell` are `press`, `point` and `leave`. */
export function usePointers(canvas, moves, tell) {
  const latest = useRef({});
  latest.current = { moves, tell };
  const down = useRef(new Map()); // where each finger is
  const drag = useRef(null);

  useEffect(() => {
    const element = canvas.current;
    const wheel = (event) => {
      const { pan, zoom } = latest.current.moves;
      const sideways = Math.abs(event.deltaX) > Math.abs(event.deltaY) || event.shiftKey;
      if (event.ctrlKey || event.metaKey) zoom(Math.exp(event.deltaY / 300), placeIn(element, event)[0]);
      else if (sideways) pan(event.deltaX || event.deltaY);
      else return;
      event.preventDefault();
    };
    // React's own listener could not keep the page from zooming.
    element.addEventListener("wheel", wheel, { passive: false });
    return () => element.removeEventListener("wheel", wheel);
  }, [canvas]);

  const end = (event, pressed) => {
    const was = drag.current;
    down.current.delete(event.pointerId);
    if (down.current.size) return;
    drag.current = null;
    if (pressed && was && was.moved < was.least) latest.current.tell.press(...placeIn(canvas.current, event));
  };
  return {
    onPointerDown: (event) => {
      if (event.button) return;
      event.currentTarget.setPointerCapture(event.pointerId);
      down.current.set(event.pointerId, event.clientX);
      drag.current = { moved: down.current.size > 1 ? Infinity : 0, least: event.pointerType === "touch" ? TOUCH_PX : DRAWN_PX };
    },
    onPointerMove: (event) => {
      const before = down.current.get(event.pointerId);
      if (before === undefined) return latest.current.tell.point(...placeIn(canvas.current, event));
      down.current.set(event.pointerId, event.clientX);
      if (down.current.size === 2) {
        const [a, b] = down.current.values();
        const other = a === event.clientX ? b : a;
        const { left } = canvas.current.getBoundingClientRect();
        return latest.current.moves.zoom(Math.max(1, Math.abs(before - other)) / Math.max(1, Math.abs(event.clientX - other)), (a + b) / 2 - left);
      }
      if (!drag.current) return undefined;
      drag.current.moved += Math.abs(event.clientX - before);
      if (drag.current.moved >= drag.current.least) latest.current.moves.pan(before - event.clientX);
      return undefined;
    },
    onPointerUp: (event) => end(event, true),
    onPointerCancel: (event) => end(event, false),
    onPointerLeave: () => latest.current.tell.leave(),
  };
}

function placeIn(element, { clientX, clientY }) {
  const { left, top } = element.getBoundingClientRect();
  return [clientX - left, clientY - top];
}
